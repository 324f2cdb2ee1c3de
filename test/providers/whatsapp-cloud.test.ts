import type { SendRequest } from '../../providers/contract';
import { CODES } from '../../providers/whatsapp-cloud/codes';
import { STATUSES } from '../../providers/whatsapp-cloud/statuses';
import { whatsappCloud } from '../../providers/whatsapp-cloud/whatsapp-cloud';
import { createReferences } from '../../receipts/reference';
import { validator } from '../../schemas/validate';
import { DEFAULT_ACTIONS } from '../../schemas/vocabulary';
import { openWhatsappCloud } from '../stand-ins/whatsapp-cloud';
import { describeAdapter } from './adapter-suite';
import { type Opened, openAdapter } from './whatsapp-cloud-adapter';

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

let standIn: Opened['standIn'];
let adapter: Opened['adapter'];
let open: Opened['open'];

beforeAll(async () => {
  ({ standIn, adapter, open } = await openAdapter([]));
});
afterAll(() => standIn.close());

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

  test.each(['1', '2', '131000'])('%s with 500 leaves open whether the message was taken', async (code) => {
    standIn.meets({ refuses: `${code}@500` });
    expect(await adapter.send(request({ text: 'Hello' }))).toEqual({ outcome: 'uncertain' });
    standIn.meets({ refuses: `${code}@400` });
    expect(await adapter.send(request({ text: 'Hello' }))).toMatchObject({ outcome: 'rejected', code });
  });
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
