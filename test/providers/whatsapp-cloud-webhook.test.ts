import { createHmac } from 'node:crypto';
import { createReferences } from '../../receipts/reference';
import { receiptSchema } from '../../schemas/receipt';
import { validator } from '../../schemas/validate';
import { VERIFY_TOKEN, webhookOf } from '../stand-ins/whatsapp-cloud';
import { call, type Opened, openAdapter } from './whatsapp-cloud-adapter';

const references = createReferences('a-secret-for-whatsapp');
const REF = references.sign({ invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH', step: 999, attempt: 9999 });

let standIn: Opened['standIn'];
let adapter: Opened['adapter'];
let open: Opened['open'];
const unknownCodes: string[] = [];

beforeAll(async () => {
  ({ standIn, adapter, open } = await openAdapter(unknownCodes));
});
beforeEach(() => {
  unknownCodes.length = 0;
});
afterAll(() => standIn.close());

const normalise = (body: unknown) => adapter.normalise?.(call(Buffer.from(JSON.stringify(body)))) ?? [];
const status = (more: object) => ({
  id: 'wamid.A',
  status: 'sent',
  timestamp: '1790000000',
  recipient_id: '393351234567',
  ...more,
});

describe('the webhook', () => {
  test('the signature of an SDK’s documentation is right, and one flipped byte of it or of the body is wrong', () => {
    // hexdocs.pm/whatsapp_sdk, WhatsApp.Webhook.compute_signature("test", "secret")
    const signature = '0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914';
    const known = open({}, { appSecret: 'secret' });
    const verdict = (body: string, header: string) =>
      known.verify?.(call(Buffer.from(body), { 'x-hub-signature-256': header }));
    expect(verdict('test', `sha256=${signature}`)).toBe('genuine');
    expect(verdict('tesu', `sha256=${signature}`)).toBe('forged');
    expect(verdict('test', `sha256=1${signature.slice(1)}`)).toBe('forged');
    expect(verdict('test', signature)).toBe('forged');
    expect(verdict('test', '')).toBe('forged');
  });

  test('the bytes are verified as they came, escapes and all', () => {
    const body = Buffer.from('{"entry":[ ],"name":"\\u00e4\\u00f6\\u00e5"}');
    const known = open({}, { appSecret: 'secret' });
    const signature = createHmac('sha256', 'secret').update(body).digest('hex');
    expect(known.verify?.(call(body, { 'x-hub-signature-256': `sha256=${signature}` }))).toBe('genuine');
  });

  test('an account without an app secret takes nothing for genuine', () => {
    const body = Buffer.from('test');
    const signature = createHmac('sha256', '').update(body).digest('hex');
    const known = open({}, { appSecret: '' });
    expect(known.verify?.(call(body, { 'x-hub-signature-256': `sha256=${signature}` }))).toBe('forged');
  });

  test.each([
    ['the right token', VERIFY_TOKEN, 'subscribe', '1158201444', 200, '1158201444'],
    ['a wrong token', 'another', 'subscribe', '1158201444', 403, 'forbidden'],
    ['no token', '', 'subscribe', '1158201444', 403, 'forbidden'],
    ['another mode', VERIFY_TOKEN, 'unsubscribe', '1158201444', 403, 'forbidden'],
    ['a challenge that could be read as a page', VERIFY_TOKEN, 'subscribe', '<script>', 403, 'forbidden'],
  ])('a challenge with %s', (_, token, mode, word, expected, body) => {
    const query = new URLSearchParams({ 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': word });
    expect(adapter.challenge?.(call(Buffer.alloc(0), {}, `?${query}`))).toEqual({ status: expected, body });
  });

  test('an account without a verify token answers no challenge, not even an empty one', () => {
    const query = '?hub.mode=subscribe&hub.verify_token=&hub.challenge=1';
    expect(open({}, { verifyToken: '' }).challenge?.(call(Buffer.alloc(0), {}, query))?.status).toBe(403);
  });

  test('a batch of entries, changes and statuses becomes as many receipts, in their order', () => {
    const one = webhookOf({ statuses: [status({ id: 'wamid.A' }), status({ id: 'wamid.B', status: 'delivered' })] });
    const two = webhookOf({ statuses: [status({ id: 'wamid.C', status: 'read' })] });
    const { entry } = one as { entry: { changes: unknown[] }[] };
    const other = (two as { entry: { changes: unknown[] }[] }).entry[0];
    entry[0]?.changes.push(...(other?.changes ?? []));
    const receipts = normalise({ ...one, entry: [...entry, other] });
    expect(receipts.map(({ providerMessageId, status: word }) => [providerMessageId, word])).toEqual([
      ['wamid.A', 'sent'],
      ['wamid.B', 'delivered'],
      ['wamid.C', 'read'],
      ['wamid.C', 'read'],
    ]);
  });

  test('the reference, the time and the price are kept; the recipient is not', () => {
    const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' };
    const [receipt] = normalise(webhookOf({ statuses: [status({ biz_opaque_callback_data: REF, pricing })] }));
    expect(receipt).toEqual({
      ref: REF,
      provider: 'whatsapp-cloud',
      providerMessageId: 'wamid.A',
      status: 'sent',
      at: new Date(1_790_000_000_000).toISOString(),
      raw: { status: 'sent', timestamp: '1790000000', pricing },
    });
  });

  test('without a reference the message’s ID names the attempt; with somebody else’s it is none of ours', () => {
    const [receipt] = normalise(webhookOf({ statuses: [status({})] }));
    expect(receipt).toMatchObject({ provider: 'whatsapp-cloud', providerMessageId: 'wamid.A' });
    expect(receipt).not.toHaveProperty('ref');
    expect(normalise(webhookOf({ statuses: [status({ biz_opaque_callback_data: 'order-77' })] }))).toEqual([]);
  });

  test('what was deleted or warned of makes no receipt; a status that nobody knows is counted', () => {
    const unheardOf = ['teleported', 'constructor', 'toString', '__proto__'];
    const statuses = ['deleted', 'warning', ...unheardOf].map((word) => status({ status: word }));
    expect(normalise(webhookOf({ statuses }))).toEqual([]);
    expect(unknownCodes).toEqual(unheardOf);
  });

  test('the status of a payment is none of a message', () => {
    expect(normalise(webhookOf({ statuses: [status({ type: 'payment', status: 'failed' })] }))).toEqual([]);
    expect(unknownCodes).toEqual([]);
  });

  test('a failure with a code that no table has keeps the code, is unknown, and is counted', () => {
    const [receipt] = normalise(webhookOf({ statuses: [status({ status: 'failed', errors: [{ code: 99987 }] })] }));
    expect(receipt).toMatchObject({ status: 'failed', code: '99987', reason: 'unknown' });
    expect(unknownCodes).toEqual(['99987']);
  });

  test.each(['text', 'button', 'interactive', 'image'])('an answer of type %s to our message is a reply', (type) => {
    const message = {
      from: '393351234567',
      id: 'wamid.Z',
      timestamp: '1790000000',
      type,
      [type]: { body: 'my answer' },
    };
    const [receipt, ...more] = normalise(
      webhookOf({ messages: [{ ...message, context: { from: '1555', id: 'wamid.A' } }] }),
    );
    expect(more).toEqual([]);
    expect(validator(receiptSchema, 'a receipt')(receipt)).toMatchObject({ ok: true });
    expect(receipt).toEqual({
      provider: 'whatsapp-cloud',
      providerMessageId: 'wamid.A',
      status: 'replied',
      at: new Date(1_790_000_000_000).toISOString(),
      raw: { type, timestamp: '1790000000' },
    });
  });

  test('a message that answers nothing, is forwarded, or quotes the person’s own makes no receipt', () => {
    const message = {
      from: '393351234567',
      id: 'wamid.Z',
      timestamp: '1790000000',
      type: 'text',
      text: { body: 'Hi' },
    };
    const contexts = [undefined, { forwarded: true }, { from: '393351234567', id: 'wamid.Y' }];
    expect(normalise(webhookOf({ messages: contexts.map((context) => ({ ...message, context })) }))).toEqual([]);
  });

  test('other fields of the account make no receipts; what is no webhook of Meta’s is refused', () => {
    expect(normalise(webhookOf({ event: 'APPROVED' }, 'message_template_status_update'))).toEqual([]);
    expect(() => adapter.normalise?.(call(Buffer.from('no JSON')))).toThrow(SyntaxError);
    expect(() => normalise({ events: [] })).toThrow(TypeError);
  });
});
