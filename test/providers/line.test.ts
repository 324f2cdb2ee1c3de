import type { ProviderAdapter, SendRequest, WebhookRequest } from '../../providers/contract';
import { CODES } from '../../providers/line/codes';
import { line } from '../../providers/line/line';
import { createReferences } from '../../receipts/reference';
import { receiptSchema } from '../../schemas/receipt';
import { validator } from '../../schemas/validate';
import { deliveryOf, hashed, type LineStandIn, openLine } from '../stand-ins/line';
import { describeAdapter } from './adapter-suite';

const WEBHOOK_URL = 'http://onward.test/v1/receipts/line';
const PHONE = '+818000001234';
const USER = 'U4af4980629f2bd1b7a0e5bd4dbf0e8ac';
const references = createReferences('a-secret-for-line');
const refOf = (step: number, attempt: number) =>
  references.sign({ invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH', step, attempt });

describeAdapter('line, to a phone number', {
  kind: line,
  open: openLine,
  request: { channel: 'messenger' },
  to: hashed('+393351234567'),
  refusals: [
    ['422', 'not_on_channel'],
    ['400', 'template_invalid'],
    ['401', 'auth_failed'],
    ['403', 'auth_failed'],
    ['413', 'content_rejected'],
  ],
  unheardOf: '418',
  receipts: [{ status: 'delivered' }],
  signs: true,
});

describeAdapter('line, to a LINE user', {
  kind: line,
  open: openLine,
  request: { channel: 'messenger', address: USER, recipient: { messengerId: USER } },
  refusals: [
    ['400', 'template_invalid'],
    ['401', 'auth_failed'],
    ['404', 'provider_rejected'],
    ['410', 'provider_rejected'],
    ['415', 'content_rejected'],
  ],
  unheardOf: '418',
  // A push has no receipt at all.
  receipts: [],
  signs: false,
});

let standIn: LineStandIn;
let adapter: ProviderAdapter;

beforeAll(async () => {
  standIn = await openLine({ webhookUrl: WEBHOOK_URL });
  adapter = open();
});
afterEach(() => expect(standIn.complaints).toEqual([]));
afterAll(() => standIn.close());

function open(credentials = {}): ProviderAdapter {
  const { account } = standIn;
  return line.open(
    { id: 'pac_test', settings: account.settings, credentials: { ...account.credentials, ...credentials } },
    {
      callbackUrl: () => WEBHOOK_URL,
      secretUrl: () => WEBHOOK_URL,
      receive: async () => {},
      unknownCode: () => {},
      onFault: () => {},
      clock: Date.now,
    },
  );
}

const request = (more: Partial<SendRequest>): SendRequest => ({
  ref: refOf(0, 1),
  invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH',
  step: 'line',
  attempt: 1,
  mode: 'live',
  purpose: 'transactional',
  channel: 'messenger',
  address: PHONE,
  recipient: { phone: PHONE },
  template: 'tpl_test',
  content: { text: 'Your parcel comes tomorrow.' },
  validitySeconds: 60,
  script: null,
  signal: new AbortController().signal,
  ...more,
});
const call = (body: Buffer, headers: WebhookRequest['headers'] = {}): WebhookRequest => ({
  method: 'POST',
  url: WEBHOOK_URL,
  query: new URLSearchParams(),
  headers,
  body,
});

describe('sending', () => {
  test('a phone number goes out hashed, as LINE’s documentation hashes it', async () => {
    await adapter.send(request({}));
    const carried = standIn.carried.at(-1);
    // developers.line.biz, technical specifications of LINE notification messages, "Phone number hashing".
    expect(carried?.to).toBe('d41e0ad70dddfeb68f149ad6fc61574b9c5780ab7bcb2fba5517771ffbb2409c');
    expect(JSON.stringify(carried?.raw)).not.toContain('8000001234');
  });

  test.each([
    ['shortest', refOf(0, 1)],
    ['longest', refOf(999, 9999)],
  ])('the %s reference is a delivery tag as it is', async (_, ref) => {
    expect(ref.length).toBeGreaterThanOrEqual(16);
    expect(ref.length).toBeLessThanOrEqual(100);
    expect(await adapter.send(request({ ref }))).toMatchObject({ outcome: 'accepted' });
    expect(standIn.carried.at(-1)?.ref).toBe(ref);
  });

  test('message objects of LINE’s own go out as they are', async () => {
    const messages = [
      { type: 'flex', altText: 'Parcel', contents: { type: 'bubble' } },
      { type: 'text', text: 'Bye' },
    ];
    await adapter.send(request({ content: { text: 'Parcel', line: { messages } } }));
    expect(standIn.carried.at(-1)?.raw).toMatchObject({ messages });
  });

  test('the same attempt to a LINE user, sent again, is carried once and answered as the first time', async () => {
    const again = request({ address: USER, ref: refOf(3, 1) });
    const before = standIn.carried.length;
    standIn.meets('broken');
    expect(await adapter.send(again)).toEqual({ outcome: 'uncertain' });
    const { providerMessageId } = standIn.carried[before] as { providerMessageId: string };
    expect(await adapter.send(again)).toEqual({ outcome: 'accepted', providerMessageId, costMicros: null });
    expect(await adapter.send(again)).toMatchObject({ outcome: 'accepted', providerMessageId });
    expect(standIn.carried.length).toBe(before + 1);
    // Another attempt is another message.
    await adapter.send({ ...again, ref: refOf(3, 2) });
    expect(standIn.carried.length).toBe(before + 2);
  });

  test.each([
    ['429:monthly', '429', 'insufficient_funds'],
    ['400:user', '400', 'not_on_channel'],
    ['400:to', '400', 'invalid_address'],
    ['400:digest', '400', 'invalid_address'],
  ])('a status of several causes is told apart by its message: %s', async (refuses, code, reason) => {
    standIn.meets({ refuses });
    expect(await adapter.send(request({}))).toMatchObject({ outcome: 'rejected', code, reason });
  });

  test.each([
    ['a Kakao user', { address: 'kakao-user-77' }, 'not_on_channel', 'not_a_line_address'],
    ['no content', { content: { title: 'Hello' } }, 'template_invalid', 'no_content'],
  ])('%s: nothing is sent', async (_, more, reason, code) => {
    const before = standIn.carried.length;
    expect(await adapter.send(request(more))).toMatchObject({ outcome: 'rejected', reason, code });
    expect(standIn.carried.length).toBe(before);
  });

  test('a wrong token is told as such', async () => {
    const stranger = open({ channelAccessToken: 'another' });
    expect(await stranger.send(request({}))).toMatchObject({ outcome: 'rejected', reason: 'auth_failed', code: '401' });
    expect(await stranger.test?.()).toMatchObject({ ok: false, code: '401' });
  });

  test('every status that LINE refuses a send with has a row', () => {
    // Of its status codes 200 is none, 409 means accepted before, and 500 leaves it open.
    expect(Object.keys(CODES)).toEqual(['400', '401', '403', '404', '410', '413', '415', '422', '429']);
  });
});

describe('the webhook', () => {
  test('the signature of LINE’s own SDK is right, and one flipped byte of it or of the body is wrong', () => {
    // line/line-bot-sdk-nodejs, test/validate-signature.spec.ts
    const known = open({ channelSecret: 'test_secret' });
    const verdict = (body: string, signature: string) =>
      known.verify?.(call(Buffer.from(body), { 'x-line-signature': signature }));
    expect(verdict('{"hello":"world"}', 't7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=')).toBe('genuine');
    expect(verdict('{"hello":"world"}', 't7Hn4ZDHqs6e+wdvi5TyQivzie0DmMUmuXEBqyyE/tM=')).toBe('forged');
    expect(verdict('{"hello":"worle"}', 't7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=')).toBe('forged');
    expect(verdict('{"hello":"world"}', '')).toBe('forged');
    expect(open({ channelSecret: '' }).verify?.(call(Buffer.from(''), { 'x-line-signature': 'x' }))).toBe('forged');
  });

  test('a batch gives a receipt for each delivery of ours, and none for anything else', () => {
    const other = {
      type: 'message',
      message: { type: 'text', id: '1', text: 'my answer' },
      timestamp: 1,
      mode: 'active',
    };
    const theirs = deliveryOf('15034552939884E28681A7D668CEA94C147C716C0EC9DFE8B80B44EF3B57F6BD0602366BC3menu01');
    const events = [deliveryOf(refOf(0, 1)), other, theirs, deliveryOf(hashed(PHONE)), deliveryOf(refOf(1, 1))];
    const receipts = adapter.normalise?.(call(standIn.signed(events).body)) ?? [];
    expect(receipts.map(({ ref }) => ref)).toEqual([refOf(0, 1), refOf(1, 1)]);
    for (const receipt of receipts) {
      expect(validator(receiptSchema, 'a receipt')(receipt)).toMatchObject({ ok: true });
      expect(receipt).toMatchObject({ provider: 'line', status: 'delivered', at: '2022-04-22T01:35:46.705Z' });
    }
    expect(JSON.stringify(receipts)).not.toContain('my answer');
    expect(JSON.stringify(receipts)).not.toContain(hashed(PHONE));
  });

  test('LINE’s trial of the address has no events; what is no webhook of LINE’s is refused', () => {
    expect(adapter.normalise?.(call(standIn.signed([]).body))).toEqual([]);
    expect(() => adapter.normalise?.(call(Buffer.from('no JSON')))).toThrow(SyntaxError);
    expect(() => adapter.normalise?.(call(Buffer.from('{"entry":[]}')))).toThrow(TypeError);
  });
});

describe('the account', () => {
  test('it is described by the environment, where the token is set', () => {
    expect(line.fromEnvironment({})).toBeNull();
    const env = { LINE_CHANNEL_ACCESS_TOKEN: 'a', LINE_CHANNEL_SECRET: 'b', LINE_API_URL: 'https://line.test' };
    const account = line.fromEnvironment(env);
    expect(account).toEqual({
      settings: { apiUrl: 'https://line.test' },
      credentials: { channelAccessToken: 'a', channelSecret: 'b' },
    });
    expect(validator(line.settings, 'settings')(account?.settings)).toMatchObject({ ok: true });
    expect(validator(line.credentials, 'credentials')(account?.credentials)).toMatchObject({ ok: true });
    expect(validator(line.credentials, 'credentials')({ channelAccessToken: 'a' })).toMatchObject({ ok: false });
  });
});
