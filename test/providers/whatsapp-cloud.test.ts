import { createHmac } from 'node:crypto';
import type { ProviderAdapter, SendRequest, WebhookRequest } from '../../providers/contract';
import { CODES } from '../../providers/whatsapp-cloud/codes';
import { STATUSES, TEMPLATE_STATUSES } from '../../providers/whatsapp-cloud/statuses';
import { whatsappCloud } from '../../providers/whatsapp-cloud/whatsapp-cloud';
import { createReferences } from '../../receipts/reference';
import { receiptSchema } from '../../schemas/receipt';
import type { Template, TemplateContent } from '../../schemas/template';
import { validator } from '../../schemas/validate';
import { DEFAULT_ACTIONS } from '../../schemas/vocabulary';
import { openWhatsappCloud, VERIFY_TOKEN, type WhatsappCloudStandIn, webhookOf } from '../stand-ins/whatsapp-cloud';
import { describeAdapter } from './adapter-suite';

const WEBHOOK_URL = 'http://onward.test/v1/receipts/whatsapp-cloud';
const PHONE = '+393351234567';
const references = createReferences('a-secret-for-whatsapp');
const REF = references.sign({ invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH', step: 999, attempt: 9999 });

describeAdapter('whatsapp-cloud', {
  kind: whatsappCloud,
  open: openWhatsappCloud,
  request: { channel: 'whatsapp' },
  to: '393351234567',
  refusals: [
    ['190', 'auth_failed'],
    ['131026', 'not_on_channel'],
    ['131047', 'outside_session_window'],
    ['131050', 'opted_out'],
    ['131056', 'rate_limited'],
    ['131042', 'insufficient_funds'],
    ['132001', 'template_not_approved'],
    ['132000', 'template_invalid'],
    ['132007', 'content_rejected'],
    ['131049', 'spam_filtered'],
    ['100', 'provider_rejected'],
    ['299', 'auth_failed'],
    // Documented with 500 or 503, and yet they say why the message was not sent.
    ['3', 'auth_failed'],
    ['2', 'provider_unavailable'],
    ['131016', 'provider_unavailable'],
    ['131045', 'auth_failed'],
    ['131057', 'provider_unavailable'],
    ['133004', 'provider_unavailable'],
  ],
  receipts: [
    { status: 'sent' },
    { status: 'delivered' },
    { status: 'read' },
    { status: 'replied' },
    { status: 'failed', code: '131026', reason: 'not_on_channel' },
    { status: 'failed', code: '131049', reason: 'spam_filtered' },
  ],
  signs: true,
});

/** The error page of May 2026, row by row. */
const PAGE = `0 1 2 3 4 10 33 100 190 368 80007 130429 130472 130497 131000 131005 131008 131009 131016 131021 131026
  131031 131037 131042 131045 131047 131048 131049 131050 131051 131052 131053 131055 131056 131057 131063 131064 132000
  132001 132005 132007 132012 132015 132016 132018 132068 132069 133000 133004 133005 133006 133008 133009 133010 133015
  133016 134011 134100 134101 134102 135000 200005 200006 200007 1752041 2388012 2388019 2388040 2388047 2388072 2388073
  2388091 2388093 2388103 2388293 2388299 2494100 2593079 2593085 2593107 2593108`.split(/\s+/);
/** Of the test numbers, by https://developers.facebook.com/docs/whatsapp/cloud-api/get-started. */
const BESIDES = ['131030'];
const RANGE = Array.from({ length: 100 }, (_, index) => String(200 + index));

let standIn: WhatsappCloudStandIn;
let adapter: ProviderAdapter;
const unknownCodes: string[] = [];

beforeAll(async () => {
  standIn = await openWhatsappCloud({ webhookUrl: WEBHOOK_URL });
  adapter = open();
});
beforeEach(() => {
  unknownCodes.length = 0;
  standIn.templates.length = 0;
});
afterAll(() => standIn.close());

function open(settings = {}, credentials = {}): ProviderAdapter {
  const { account } = standIn;
  return whatsappCloud.open(
    {
      id: 'pac_test',
      settings: { ...account.settings, ...settings },
      credentials: { ...account.credentials, ...credentials },
    },
    {
      callbackUrl: () => WEBHOOK_URL,
      secretUrl: () => WEBHOOK_URL,
      receive: async () => {},
      unknownCode: (code) => unknownCodes.push(code),
      onFault: () => {},
      clock: Date.now,
    },
  );
}

const request = (content: SendRequest['content']): SendRequest => ({
  ref: REF,
  invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH',
  step: 'whatsapp',
  attempt: 1,
  mode: 'live',
  purpose: 'otp',
  channel: 'whatsapp',
  address: PHONE,
  recipient: { phone: PHONE },
  template: 'tpl_test',
  content,
  validitySeconds: 60,
  script: null,
  signal: new AbortController().signal,
});

const call = (body: Buffer, headers: WebhookRequest['headers'] = {}, query = ''): WebhookRequest => ({
  method: query ? 'GET' : 'POST',
  url: `${WEBHOOK_URL}${query}`,
  query: new URLSearchParams(query),
  headers,
  body,
});
const normalise = (body: unknown) => adapter.normalise?.(call(Buffer.from(JSON.stringify(body)))) ?? [];
const status = (more: object) => ({
  id: 'wamid.A',
  status: 'sent',
  timestamp: '1790000000',
  recipient_id: '393351234567',
  ...more,
});

describe('codes and statuses', () => {
  test('every code of the error page has a row, and there is no row that the page does not have', () => {
    expect(Object.keys(CODES).sort()).toEqual([...PAGE, ...BESIDES, ...RANGE].sort());
  });

  test('every row has a reason of ours and the page’s title', () => {
    for (const { reason, title } of Object.values(CODES)) {
      expect(Object.keys(DEFAULT_ACTIONS)).toContain(reason);
      expect(title).not.toBe('');
    }
  });

  test('no row says what only a gate, or nobody, can say', () => {
    const reasons = Object.values(CODES).map(({ reason }) => reason);
    for (const never of ['unknown', 'timeout', 'uncertain', 'suppressed', 'quiet_hours', 'budget', 'online'] as const) {
      expect(reasons).not.toContain(never);
    }
  });

  test('every documented status means something, or nothing on purpose', () => {
    expect(STATUSES).toEqual({
      sent: 'sent',
      delivered: 'delivered',
      read: 'read',
      played: 'read',
      failed: 'failed',
      deleted: null,
      warning: null,
    });
  });

  test.each(['1', '131000'])(
    '%s with 500 leaves open whether the message was taken; in a receipt it failed',
    async (code) => {
      const answer = { status: 500, headers: new Headers(), text: JSON.stringify({ error: { code: Number(code) } }) };
      const fetched = jest.spyOn(globalThis, 'fetch').mockResolvedValueOnce(new Response(answer.text, { status: 500 }));
      expect(await adapter.send(request({ text: 'Hello' }))).toEqual({ outcome: 'uncertain' });
      fetched.mockRestore();
      const [receipt] = normalise(
        webhookOf({ statuses: [status({ status: 'failed', errors: [{ code: Number(code) }] })] }),
      );
      expect(receipt).toMatchObject({ status: 'failed', code, reason: CODES[code]?.reason });
    },
  );
});

describe('sending', () => {
  test('a template goes out by its name, in its language, with its parameters filled in', async () => {
    const components = [{ type: 'body', parameters: [{ type: 'text', text: '493021' }] }];
    const content = { text: 'Your code is 493021.', whatsapp: { name: 'otp', language: 'it', components } };
    expect(await adapter.send(request(content))).toMatchObject({ outcome: 'accepted' });
    expect(standIn.carried.at(-1)?.raw).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '393351234567',
      type: 'template',
      template: { name: 'otp', language: { code: 'it' }, components },
      biz_opaque_callback_data: REF,
    });
  });

  test('a content with neither a template nor a text is not sent', async () => {
    const before = standIn.carried.length;
    expect(await adapter.send(request({ title: 'Hello' }))).toMatchObject({
      outcome: 'rejected',
      reason: 'template_invalid',
    });
    expect(standIn.carried.length).toBe(before);
  });

  test('a wrong token is told as such, and no message goes out', async () => {
    const stranger = open({}, { accessToken: 'another' });
    const before = standIn.carried.length;
    expect(await stranger.send(request({ text: 'Hello' }))).toMatchObject({ reason: 'auth_failed', code: '190' });
    expect(await stranger.test?.()).toEqual({
      ok: false,
      code: '190',
      detail: 'Meta answered with 401: Access token has expired.',
    });
    expect(standIn.carried.length).toBe(before);
  });

  test('a trial of the account tells the quality of the number, and neither number nor name', async () => {
    expect(await adapter.test?.()).toEqual({
      ok: true,
      detail: 'The phone number answers; its quality rating is GREEN.',
    });
  });
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
    const statuses = ['deleted', 'warning', 'teleported'].map((word) => status({ status: word }));
    expect(normalise(webhookOf({ statuses }))).toEqual([]);
    expect(unknownCodes).toEqual(['teleported']);
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

describe('approvals', () => {
  const template = (content: TemplateContent, more: Partial<Template> = {}): Template => ({
    id: 'tpl_test',
    name: 'test',
    channel: 'whatsapp',
    content,
    status: 'draft',
    createdAt: '2026-11-21T10:00:00.000Z',
    updatedAt: '2026-11-21T10:00:00.000Z',
    ...more,
  });
  const body = (...variables: string[]) => ({
    type: 'body',
    parameters: variables.map((name) => ({ type: 'text', text: `{{${name}}}` })),
  });
  const order: TemplateContent = {
    title: 'Order {{number}}',
    text: 'Dear {{name}}, order {{number}} is on its way, {{ name }}.',
    whatsapp: {
      name: 'order_sent',
      language: 'en_US',
      category: 'UTILITY',
      ttlSeconds: 120,
      components: [{ type: 'header', parameters: [{ type: 'text', text: '{{number}}' }] }, body('name', 'number')],
    },
  };
  const submit = (one: Template) => adapter.approvals?.submit(one);
  const fetch = (one: Template) => adapter.approvals?.fetch(one);

  test('a template is submitted with its words, its parameters in their places, an example each, and its time to live', async () => {
    expect(await submit(template(order))).toEqual({
      status: 'submitted',
      reason: null,
      providerTemplateId: expect.any(String),
    });
    expect(standIn.templates).toMatchObject([
      {
        name: 'order_sent',
        language: 'en_US',
        category: 'UTILITY',
        message_send_ttl_seconds: 120,
        components: [
          { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['number'] } },
          {
            type: 'BODY',
            text: 'Dear {{1}}, order {{2}} is on its way, {{1}}.',
            example: { body_text: [['name', 'number']] },
          },
        ],
      },
    ]);
  });

  test('named parameters stay named', async () => {
    const parameters = [{ type: 'text', parameter_name: 'first_name', text: '{{name}}' }];
    const whatsapp = {
      name: 'named',
      language: 'en',
      category: 'UTILITY' as const,
      components: [{ type: 'body', parameters }],
    };
    await submit(template({ text: 'Dear {{name}}!', whatsapp }));
    expect(standIn.templates[0]).toMatchObject({
      parameter_format: 'NAMED',
      components: [
        {
          text: 'Dear {{first_name}}!',
          example: { body_text_named_params: [{ param_name: 'first_name', example: 'name' }] },
        },
      ],
    });
  });

  test('of an authentication template Meta has the words, and the button copies the code', async () => {
    const button = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '{{code}}' }] };
    const whatsapp = {
      name: 'otp',
      language: 'it',
      category: 'AUTHENTICATION' as const,
      components: [body('code'), button],
    };
    await submit(template({ text: '{{code}} è il tuo codice.', whatsapp }));
    expect(standIn.templates[0]?.components).toEqual([
      { type: 'BODY', add_security_recommendation: true },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ]);
  });

  test.each<[string, TemplateContent, RegExp]>([
    ['no category', { text: 'Hi', whatsapp: { name: 'a', language: 'en' } }, /category/],
    ['no words', { whatsapp: { name: 'a', language: 'en', category: 'UTILITY' } }, /`text`/],
    ['no content for WhatsApp', { text: 'Hi' }, /no content for WhatsApp/],
    [
      'a variable without a parameter',
      { text: 'Hi {{name}}', whatsapp: { name: 'a', language: 'en', category: 'UTILITY' } },
      /\{\{name\}\}/,
    ],
    [
      'a time to live that Meta does not take',
      { text: 'Hi', whatsapp: { name: 'a', language: 'en', category: 'MARKETING', ttlSeconds: 60 } },
      /43200/,
    ],
    [
      'buttons, whose words it does not have',
      { text: 'Hi', whatsapp: { name: 'a', language: 'en', category: 'UTILITY', components: [{ type: 'button' }] } },
      /WhatsApp Manager/,
    ],
  ])('%s: refused before Meta is asked', async (_, content, words) => {
    await expect(submit(template(content))).rejects.toThrow(words);
    expect(standIn.templates).toEqual([]);
  });

  test('submitted twice it is the same template', async () => {
    const first = await submit(template(order));
    expect(await submit(template(order))).toEqual(first);
    expect(standIn.templates.length).toBe(1);
  });

  test('what Meta refuses is told in its words', async () => {
    const stranger = open({}, { accessToken: 'another' });
    await expect(stranger.approvals?.submit(template(order))).rejects.toMatchObject({
      name: 'ProviderRefused',
      code: '190',
      message: 'As the documentation has it.',
    });
    await expect(stranger.approvals?.fetch(template(order))).rejects.toMatchObject({
      name: 'ProviderRefused',
      code: '190',
    });
    await expect(open({ businessAccountId: '' }).approvals?.fetch(template(order))).rejects.toThrow(
      /businessAccountId/,
    );
  });

  test.each([
    ['APPROVED', 'NONE', 'approved', null],
    ['PENDING', 'NONE', 'submitted', null],
    ['IN_APPEAL', 'NONE', 'submitted', 'IN_APPEAL'],
    ['REJECTED', 'INVALID_FORMAT', 'rejected', 'INVALID_FORMAT'],
    ['PAUSED', undefined, 'paused', 'PAUSED'],
    ['ARCHIVED', undefined, 'paused', 'ARCHIVED'],
    ['DISABLED', undefined, 'rejected', 'DISABLED'],
    ['PENDING_DELETION', undefined, 'rejected', 'PENDING_DELETION'],
    ['DELETED', undefined, 'rejected', 'DELETED'],
    ['LIMIT_EXCEEDED', undefined, 'rejected', 'LIMIT_EXCEEDED'],
    ['SOMETHING_NEW', undefined, 'submitted', 'SOMETHING_NEW'],
  ])('%s (%s) is %s', async (word, why, expected, reason) => {
    await submit(template(order));
    Object.assign(standIn.templates[0] as object, { status: word, rejected_reason: why });
    expect(await fetch(template(order))).toMatchObject({ status: expected, reason });
    expect(Object.hasOwn(TEMPLATE_STATUSES, word)).toBe(unknownCodes.length === 0);
  });

  test('a template that Meta does not know is null, however alike the names are', async () => {
    await submit(
      template({
        ...order,
        whatsapp: { ...order.whatsapp, name: 'order_sent_again', language: 'en_US', category: 'UTILITY' },
      }),
    );
    expect(await fetch(template(order))).toBeNull();
  });

  test('in several languages it is approved when all are, and else what the worst of them is', async () => {
    const italian = {
      ...order,
      whatsapp: { ...order.whatsapp, name: 'order_sent', language: 'it', category: 'UTILITY' as const },
    };
    const both = template(order, { locales: { it: italian } });
    await submit(both);
    const [english, other] = standIn.templates as [object, object];
    Object.assign(english, { status: 'APPROVED' });
    expect(await fetch(both)).toMatchObject({ status: 'submitted' });
    Object.assign(other, { status: 'REJECTED', rejected_reason: 'SCAM' });
    expect(await fetch(both)).toMatchObject({ status: 'rejected', reason: 'SCAM' });
    Object.assign(other, { status: 'APPROVED', rejected_reason: 'NONE' });
    expect(await fetch(both)).toMatchObject({ status: 'approved', reason: null });
    standIn.templates.pop();
    expect(await fetch(both)).toMatchObject({ status: 'draft' });
  });
});

describe('the account', () => {
  test('it is described by the environment, where number and token are set', () => {
    expect(whatsappCloud.fromEnvironment({})).toBeNull();
    expect(whatsappCloud.fromEnvironment({ WHATSAPP_CLOUD_PHONE_NUMBER_ID: '1' })).toBeNull();
    const env = {
      WHATSAPP_CLOUD_PHONE_NUMBER_ID: '1',
      WHATSAPP_CLOUD_BUSINESS_ACCOUNT_ID: '2',
      WHATSAPP_CLOUD_ACCESS_TOKEN: 'a',
      WHATSAPP_CLOUD_APP_SECRET: 'b',
      WHATSAPP_CLOUD_VERIFY_TOKEN: 'c',
      WHATSAPP_CLOUD_API_URL: 'https://graph.test',
      WHATSAPP_CLOUD_API_VERSION: 'v25.0',
    };
    const account = whatsappCloud.fromEnvironment(env);
    expect(account).toEqual({
      settings: { phoneNumberId: '1', businessAccountId: '2', apiUrl: 'https://graph.test', apiVersion: 'v25.0' },
      credentials: { accessToken: 'a', appSecret: 'b', verifyToken: 'c' },
    });
    expect(validator(whatsappCloud.settings, 'settings')(account?.settings)).toMatchObject({ ok: true });
    expect(validator(whatsappCloud.credentials, 'credentials')(account?.credentials)).toMatchObject({ ok: true });
  });

  test.each([
    ['settings', whatsappCloud.settings, {}],
    ['settings', whatsappCloud.settings, { phoneNumberId: '+39335' }],
    ['settings', whatsappCloud.settings, { phoneNumberId: '1', apiUrl: 'graph.facebook.com' }],
    ['credentials', whatsappCloud.credentials, { accessToken: 'a' }],
  ])('%s that cannot work are refused', (name, schema, value) => {
    expect(validator(schema, name)(value)).toMatchObject({ ok: false });
  });
});
