import { generateKeyPairSync, sign } from 'node:crypto';
import type { ProviderAdapter, ProviderWorld, SendRequest, WebhookRequest } from '../../providers/contract';
import { causeOf } from '../../providers/sendgrid/bounce';
import {
  accountErrors,
  bounceClassifications,
  dropReasons,
  fieldErrors,
  statusErrors,
} from '../../providers/sendgrid/codes';
import { sendgrid } from '../../providers/sendgrid/sendgrid';
import { enhancedStatuses, smtpReplies } from '../../providers/sendgrid/smtp-statuses';
import { eventStatuses } from '../../providers/sendgrid/statuses';
import { createReferences } from '../../receipts/reference';
import { receiptSchema } from '../../schemas/receipt';
import { validator } from '../../schemas/validate';
import { openSendgrid, type SendgridStandIn } from '../stand-ins/sendgrid';
import type { Webhook } from '../stand-ins/stand-in';
import { describeAdapter } from './adapter-suite';
import * as documented from './sendgrid-documented';

const INVOCATION = 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH';
const references = createReferences('a-secret-for-the-tests-of-sendgrid');
const judgeReceipt = validator<unknown>(receiptSchema, 'a receipt');
const content = {
  subject: 'Your code',
  text: 'Your code is 493021. It costs < 1 € & nothing more.',
  html: '<p>Your code is <b>493021</b>. <a href="https://shop.example/?a=1&amp;b=2">Use it</a></p>',
};
const mail: Partial<SendRequest> = { channel: 'email', address: 'ann@example.com', content };

describeAdapter('sendgrid', {
  kind: sendgrid,
  open: openSendgrid,
  request: mail,
  refusals: [
    ['personalizations.0.to.0.email', 'invalid_address'],
    ['subject', 'template_invalid'],
    ['content.0.value', 'template_invalid'],
    ['from', 'provider_rejected'],
    ['413', 'content_rejected'],
    ['401', 'auth_failed'],
    ['Maximum credits exceeded', 'insufficient_funds'],
  ],
  receipts: [
    { status: 'accepted' },
    { status: 'delivered' },
    { status: 'read' },
    { status: 'clicked' },
    { status: 'undelivered', code: 'Invalid Address', reason: 'invalid_address' },
    { status: 'undelivered', code: '5.2.2', reason: 'unreachable' },
    { status: 'undelivered', code: '550', reason: 'invalid_address' },
    { status: 'failed', code: 'Bounced Address', reason: 'invalid_address' },
    { status: 'failed', code: 'Unsubscribed Address', reason: 'opted_out' },
  ],
  signs: true,
});

let standIn: SendgridStandIn;
let adapter: ProviderAdapter;
let nowMs = Date.now();
const unknownCodes: string[] = [];
const world: ProviderWorld = {
  callbackUrl: () => 'http://onward.test/v1/receipts/sendgrid',
  secretUrl: () => 'http://onward.test/v1/receipts/sendgrid/token',
  receive: async () => {},
  unknownCode: (code) => unknownCodes.push(code),
  onFault: () => {},
  clock: () => nowMs,
};
let attempt = 0;

beforeAll(async () => {
  standIn = await openSendgrid({ webhookUrl: 'http://onward.test/v1/receipts/sendgrid' });
  adapter = sendgrid.open({ id: 'pac_test', ...standIn.account }, world);
});
beforeEach(() => {
  nowMs = Date.now();
  unknownCodes.length = 0;
});
afterEach(() => {
  expect(standIn.complaints).toEqual([]);
});
afterAll(async () => {
  await adapter.close?.();
  await standIn.close();
});

function requestFor(changes: Partial<SendRequest> = {}): SendRequest {
  attempt++;
  return {
    ref: references.sign({ invocationId: INVOCATION, step: 0, attempt }),
    invocationId: INVOCATION,
    step: 'first',
    attempt,
    mode: 'live',
    purpose: 'otp',
    channel: 'email',
    address: 'ann@example.com',
    recipient: { email: 'ann@example.com' },
    template: 'tpl_test',
    content,
    validitySeconds: 60,
    script: null,
    signal: new AbortController().signal,
    ...changes,
  };
}

async function carriedMail(changes: Partial<SendRequest> = {}) {
  await adapter.send(requestFor(changes));
  const message = standIn.carried.at(-1);
  if (!message) throw new Error('nothing was carried');
  return message;
}

function asRequest({ method, url, headers, body }: Webhook): WebhookRequest {
  return { method, url, query: new URL(url).searchParams, headers, body };
}

const receiptsOf = (webhook: Webhook) => {
  const receipts = adapter.normalise?.(asRequest(webhook)) ?? [];
  for (const receipt of receipts) expect(judgeReceipt(receipt)).toMatchObject({ ok: true });
  return receipts;
};
const verdictOn = (webhook: Webhook) => adapter.verify?.(asRequest(webhook));

describe('the mail', () => {
  test('subject, text and HTML arrive as they were rendered, text first, with the reference and the sender’s name', async () => {
    const message = await carriedMail();
    expect(message.raw).toEqual({
      from: { email: 'orders@shop.example', name: 'Onward' },
      personalizations: [{ to: [{ email: 'ann@example.com' }], custom_args: { ref: message.ref } }],
      subject: 'Your code',
      content: [
        { type: 'text/plain', value: content.text },
        { type: 'text/html', value: content.html },
      ],
      tracking_settings: { click_tracking: { enable: true, enable_text: false }, open_tracking: { enable: true } },
    });
    expect(references.verify(message.ref ?? '')).toMatchObject({ invocationId: INVOCATION });
  });

  test('twenty sends, one after the other, go over one connection', async () => {
    const own = await openSendgrid({ webhookUrl: standIn.webhookUrl });
    const account = sendgrid.open({ id: 'pac_own', ...own.account }, world);
    for (let n = 0; n < 20; n++) await account.send(requestFor());
    expect(own.carried).toHaveLength(20);
    expect(own.connections()).toBe(1);
    await account.close?.();
    await own.close();
  });

  test('two accounts never mix: each has its own key, sender and address of the interface', async () => {
    const other = await openSendgrid({ webhookUrl: standIn.webhookUrl });
    const { settings, credentials } = other.account;
    const second = sendgrid.open(
      { id: 'pac_2', settings: { ...settings, from: 'two@shop.example' }, credentials },
      world,
    );
    const before = standIn.carried.length;
    await Promise.all([adapter.send(requestFor()), second.send(requestFor())]);
    expect(standIn.carried).toHaveLength(before + 1);
    expect(other.carried.map(({ raw }) => (raw as { from: unknown }).from)).toEqual([{ email: 'two@shop.example' }]);
    expect(other.complaints).toEqual([]);
    await second.close?.();
    await other.close();
  });

  test('a send that is given up closes its connection and is not made again', async () => {
    const patience = new AbortController();
    standIn.meets('hangs');
    const before = standIn.carried.length;
    const sending = adapter.send(requestFor({ signal: patience.signal }));
    while (standIn.carried.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    patience.abort();
    await expect(sending).rejects.toThrow();
    expect(standIn.carried).toHaveLength(before + 1);
  });

  test('without Retry-After, a busy SendGrid is obeyed by the time at which its limit is lifted', async () => {
    const at = Math.floor(nowMs / 1000) * 1000;
    nowMs = at;
    const busy = await openSendgrid({ webhookUrl: standIn.webhookUrl });
    const { serve } = await import('../stand-ins/stand-in');
    const limited = await serve(async () => ({
      status: 429,
      headers: { 'x-ratelimit-reset': String(at / 1000 + 7) },
      body: { errors: [{ field: null, message: 'too many requests' }] },
    }));
    const { settings, credentials } = busy.account;
    const account = sendgrid.open({ id: 'pac_3', settings: { ...settings, apiUrl: limited.url }, credentials }, world);
    expect(await account.send(requestFor())).toMatchObject({ reason: 'rate_limited', retryAfterMs: 7_000 });
    await account.close?.();
    await limited.close();
    await busy.close();
  });

  test('a redirect is not followed: the key goes nowhere else', async () => {
    const { serve } = await import('../stand-ins/stand-in');
    let elsewhere = 0;
    const trap = await serve(async () => {
      elsewhere++;
      return { status: 202 };
    });
    const redirecting = await serve(async () => ({ status: 307, headers: { location: trap.url }, body: '' }));
    const { settings, credentials } = standIn.account;
    const account = sendgrid.open(
      { id: 'pac_4', settings: { ...settings, apiUrl: redirecting.url }, credentials },
      world,
    );
    expect(await account.send(requestFor())).toMatchObject({ outcome: 'rejected', reason: 'unknown', code: '307' });
    expect(elsewhere).toBe(0);
    await account.close?.();
    await redirecting.close();
    await trap.close();
  });
});

describe('the tables, each against a list of its own', () => {
  test.each(documented.fields)('a send refused for %s is %s', async (field, reason) => {
    standIn.meets({ refuses: field });
    expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason, code: field });
    expect(unknownCodes).toEqual([]);
  });

  test.each(documented.statuses)('a send refused with status %s is %s', async (status, reason) => {
    standIn.meets({ refuses: status });
    expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason, code: status });
    expect(unknownCodes).toEqual([]);
  });

  test.each(documented.drops)('a mail dropped for “%s” is %s', async (code, reason) => {
    const message = await carriedMail();
    const [receipt] = receiptsOf(standIn.batch([{ ...standIn.about(message), event: 'dropped', reason: code }]));
    expect(receipt).toMatchObject({ status: 'failed', reason, code });
    expect(unknownCodes).toEqual([]);
  });

  const bounce = (changes: object) => ({
    type: 'bounce',
    bounce_classification: '',
    status: '',
    reason: '',
    ...changes,
  });
  const cause = (changes: object) => causeOf(bounce(changes), world.unknownCode);

  test.each(documented.classifications)('a bounce classified as “%s” is %s', (code, reason) => {
    expect(cause({ bounce_classification: code })).toEqual({ reason, code });
    expect(unknownCodes).toEqual([]);
  });

  test.each(documented.replies)('a bounce answered with %s is %s', (code, reason) => {
    expect(cause({ reason: `${code} no` })).toEqual({ reason, code });
    expect(unknownCodes).toEqual([]);
  });

  test.each(documented.enhanced)('a bounce with status %s is %s', (code, reason) => {
    expect(cause({ status: code })).toEqual({ reason, code });
    expect(unknownCodes).toEqual([]);
  });

  test.each(documented.events)('the event %s says %s', async (event, status) => {
    const message = await carriedMail();
    const said = receiptsOf(standIn.batch([{ ...standIn.about(message), event }]));
    expect(said.map((receipt) => receipt.status)).toEqual(status === null ? [] : [status]);
    expect(unknownCodes).toEqual([]);
  });

  test('no table has a row that the lists do not have', () => {
    const bare = (field: string) => field.replace(/\.\d+(?=\.|$)/g, '');
    const firsts = (rows: readonly (readonly [string, unknown])[]) => rows.map(([code]) => code).sort();
    expect(Object.keys(fieldErrors).sort()).toEqual(documented.fields.map(([field]) => bare(field)).sort());
    expect([...Object.keys(statusErrors), '401', '403', '429', '503'].sort()).toEqual(firsts(documented.statuses));
    expect(Object.keys(accountErrors)).toEqual(['Maximum credits exceeded']);
    expect(Object.keys(dropReasons).sort()).toEqual(firsts(documented.drops));
    expect(Object.keys(bounceClassifications).sort()).toEqual(firsts(documented.classifications));
    expect(Object.keys(smtpReplies).sort()).toEqual(firsts(documented.replies));
    expect(Object.keys(enhancedStatuses).sort()).toEqual(
      documented.enhanced.map(([code]) => `X${code.slice(1)}`).sort(),
    );
    expect(Object.keys(eventStatuses).sort()).toEqual(firsts(documented.events));
  });
});

describe('bounces', () => {
  const cause = (changes: object) =>
    causeOf(
      { type: 'bounce', bounce_classification: 'Unclassified', status: '', reason: '', ...changes },
      world.unknownCode,
    );

  test('SendGrid’s own classification goes first, then the status, then the reply', () => {
    const all = { bounce_classification: 'Reputation', status: '5.1.1', reason: '552 5.2.2 full' };
    expect(cause(all)).toEqual({ reason: 'spam_filtered', code: 'Reputation' });
    expect(cause({ ...all, bounce_classification: 'Unclassified' })).toEqual({
      reason: 'invalid_address',
      code: '5.1.1',
    });
    expect(cause({ status: '', reason: '552 5.2.2 full' })).toEqual({ reason: 'unreachable', code: '5.2.2' });
    expect(cause({ status: '5.0.0', reason: '551 no such user' })).toEqual({ reason: 'invalid_address', code: '551' });
    expect(cause({ status: '5.0.0', reason: 'refused' })).toEqual({ reason: 'unknown', code: '5.0.0' });
    expect(cause({})).toEqual({ reason: 'unknown', code: 'Unclassified' });
    expect(unknownCodes).toEqual([]);
  });

  test('an address is suppressed for good only where the failure is for good', () => {
    expect(cause({ status: '5.1.1' }).reason).toBe('invalid_address');
    expect(cause({ status: '4.1.1' }).reason).toBe('unreachable');
    expect(cause({ type: 'blocked', status: '5.1.1' }).reason).toBe('unreachable');
    expect(cause({ type: 'blocked', bounce_classification: 'Invalid Address' }).reason).toBe('unreachable');
    expect(cause({ type: 'blocked', bounce_classification: 'Reputation' }).reason).toBe('spam_filtered');
  });

  test('an unknown code is counted, and what else the event says is still used', () => {
    expect(cause({ bounce_classification: 'Solar Flare', status: '5.2.2' })).toEqual({
      reason: 'unreachable',
      code: '5.2.2',
    });
    expect(cause({ status: '5.9.99' })).toEqual({ reason: 'unknown', code: '5.9.99' });
    expect(unknownCodes).toEqual(['Solar Flare', '5.9.99']);
  });

  test('an address of a server in the answer is no status', () => {
    expect(cause({ reason: '550 5.7.1.9 is on a list' })).toEqual({ reason: 'invalid_address', code: '550' });
  });
});

describe('events', () => {
  test('a batch of several mails becomes a receipt each, in order, with the provider’s own times', async () => {
    const [first, second] = [await carriedMail(), await carriedMail({ address: 'bob@example.com' })];
    const seconds = 1_790_000_000;
    const receipts = receiptsOf(
      standIn.batch([
        { ...standIn.about(first), event: 'processed', timestamp: seconds },
        { ...standIn.about(second), event: 'deferred', timestamp: seconds + 1, attempt: '1', response: '451 later' },
        {
          ...standIn.about(second),
          event: 'bounce',
          type: 'bounce',
          timestamp: seconds + 2,
          bounce_classification: 'Content',
        },
        { ...standIn.about(first), event: 'delivered', timestamp: seconds + 3 },
        { ...standIn.about(first), event: 'group_unsubscribe', timestamp: seconds + 4, asm_group_id: 1 },
      ]),
    );
    const { ref, providerMessageId } = first;
    expect(receipts).toMatchObject([
      { ref, providerMessageId, status: 'accepted', at: '2026-09-21T14:13:20.000Z' },
      { ref: second.ref, status: 'undelivered', reason: 'content_rejected', at: '2026-09-21T14:13:22.000Z' },
      { ref, providerMessageId, status: 'delivered', at: '2026-09-21T14:13:23.000Z' },
    ]);
    expect(unknownCodes).toEqual([]);
  });

  test('a machine that fetches the pictures is no person who reads', async () => {
    const about = standIn.about(await carriedMail());
    const open = (sg_machine_open?: boolean) =>
      receiptsOf(standIn.batch([{ ...about, event: 'open', sg_machine_open }]));
    expect(open(true)).toEqual([]);
    expect(open(false)).toMatchObject([{ status: 'read' }]);
    expect(open()).toMatchObject([{ status: 'read' }]);
  });

  test('a spam report proves delivery and fails nothing; an unsubscription says nothing of this mail', async () => {
    const about = standIn.about(await carriedMail());
    const [report, ...more] = receiptsOf(
      standIn.batch([
        { ...about, event: 'spamreport' },
        { ...about, event: 'unsubscribe' },
      ]),
    );
    expect(report).toMatchObject({ status: 'delivered' });
    expect(report?.reason).toBeUndefined();
    expect(more).toEqual([]);
  });

  test('the same event twice gives the same receipt twice, so that it counts once', async () => {
    const event = { ...standIn.about(await carriedMail()), event: 'delivered' };
    const [one, two] = receiptsOf(standIn.batch([event, event]));
    expect(one).toEqual(two);
  });

  test('no address, IP address or link is kept, also where the receiving server repeats it', async () => {
    const about = standIn.about(await carriedMail());
    const reason = '550 5.1.1 <ann@example.com>: mailto:ann@example.com unknown; see https://help.example';
    const [bounced, clicked] = receiptsOf(
      standIn.batch([
        { ...about, event: 'bounce', type: 'bounce', reason, status: '5.1.1' },
        { ...about, event: 'click', ip: '203.0.113.7', url: 'https://shop.example/u/secret', useragent: 'Mozilla' },
        { ...about, event: 'dropped', reason: 'Invalid ann@example.com' },
      ]),
    );
    const kept = JSON.stringify([bounced, clicked, unknownCodes]);
    for (const secret of ['ann@', 'example.com', '203.0.113.7', 'secret']) expect(kept).not.toContain(secret);
    expect(bounced?.raw).toMatchObject({ event: 'bounce', status: '5.1.1', sg_event_id: about.sg_event_id });
  });

  test('a mail that other software sent through the same account is not taken for one of ours', async () => {
    const about = { ...standIn.about(await carriedMail()), event: 'delivered' };
    const [foreign, ...none] = receiptsOf(
      standIn.batch([
        { ...about, ref: 'order-77', sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0' },
        { event: 'delivered', timestamp: 1_790_000_000 },
      ]),
    );
    expect(foreign?.ref).toBeUndefined();
    expect(foreign?.providerMessageId).toBe('14c5d75ce93.dfd.64b469');
    expect(none).toEqual([]);
  });

  test('an event that no table has is counted and left out', async () => {
    const about = standIn.about(await carriedMail());
    expect(receiptsOf(standIn.batch([{ ...about, event: 'teleported' }]))).toEqual([]);
    expect(unknownCodes).toEqual(['teleported']);
  });

  test('a body that is no batch of events is refused', () => {
    const body = (text: string) => ({ ...asRequest(standIn.batch([])), body: Buffer.from(text) });
    expect(() => adapter.normalise?.(body('{"event":"delivered"}'))).toThrow(TypeError);
    expect(() => adapter.normalise?.(body('[1]'))).toThrow(TypeError);
    expect(() => adapter.normalise?.(body('[{'))).toThrow(SyntaxError);
  });
});

describe('signatures', () => {
  /** The vector of the SDK’s own tests: packages/eventwebhook/src/eventwebhook.spec.js of sendgrid/sendgrid-nodejs. */
  const VECTOR = {
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==',
    signature: 'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=',
    timestamp: '1588788367',
    payload: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
  };
  const OTHER_KEY =
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==';
  const judge = (changes: Partial<typeof VECTOR> = {}) => {
    const { key, signature, timestamp, payload } = { ...VECTOR, ...changes };
    nowMs = Number(VECTOR.timestamp) * 1000 + 1_000;
    const { settings, credentials } = standIn.account;
    const account = sendgrid.open(
      { id: 'pac_v', settings: { ...settings, webhookPublicKey: key }, credentials },
      world,
    );
    const headers = {
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    };
    return account.verify?.({ ...asRequest(standIn.batch([])), headers, body: Buffer.from(payload) });
  };

  test('the SDK’s own vector is genuine; its wrong key, payload, signature and timestamp are forged', () => {
    expect(judge()).toBe('genuine');
    expect(judge({ key: OTHER_KEY })).toBe('forged');
    expect(judge({ payload: 'payload' })).toBe('forged');
    expect(judge({ signature: VECTOR.signature.replace('YNH2j', 'YNH3j') })).toBe('forged');
    expect(judge({ timestamp: 'timestamp' })).toBe('forged');
    expect(judge({ signature: 'no signature' })).toBe('forged');
    expect(judge({ signature: '' })).toBe('forged');
  });

  test('a key that was copied with the lines of its file is the same key', () => {
    expect(judge({ key: `-----BEGIN PUBLIC KEY-----\n${VECTOR.key}\n-----END PUBLIC KEY-----\n` })).toBe('genuine');
  });

  test('one flipped byte of the vector’s body, each in turn, is forged', () => {
    for (let at = 0; at < VECTOR.payload.length; at++) {
      const bytes = Buffer.from(VECTOR.payload);
      bytes[at] = (bytes[at] as number) ^ 1;
      expect(judge({ payload: bytes.toString('latin1') })).toBe('forged');
    }
  });

  test('what SendGrid repeats for a day is still taken; what is older, or from the future, is stale', () => {
    const hour = 3_600_000;
    const call = (agoMs: number) => standIn.batch([{ event: 'delivered' }], nowMs - agoMs);
    expect(verdictOn(call(0))).toBe('genuine');
    expect(verdictOn(call(24 * hour))).toBe('genuine');
    expect(verdictOn(call(26 * hour))).toBe('stale');
    expect(verdictOn(call(-26 * hour))).toBe('stale');
  });

  test('without a key nothing can be verified: unsigned', () => {
    const { webhookPublicKey: _, ...settings } = standIn.account.settings;
    const account = sendgrid.open({ id: 'pac_u', settings, credentials: standIn.account.credentials }, world);
    expect(account.verify?.(asRequest(standIn.batch([{ event: 'delivered' }])))).toBe('unsigned');
  });

  test('a key that is none, or of another curve, is told when the account is opened', () => {
    const { credentials, settings } = standIn.account;
    const open = (webhookPublicKey: string) =>
      sendgrid.open({ id: 'pac_b', settings: { ...settings, webhookPublicKey }, credentials }, world);
    expect(() => open('not a key')).toThrow();
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(sign('sha256', Buffer.from('x'), privateKey).length).toBeGreaterThan(0);
    expect(() => open(publicKey.export({ format: 'der', type: 'spki' }).toString('base64'))).toThrow('P-256');
  });
});

describe('the account', () => {
  test('a key without the permission to send does not pass its trial, nor does a wrong one', async () => {
    standIn.scopes = ['user.account.read'];
    expect(await adapter.test?.()).toMatchObject({ ok: false, code: 'mail.send' });
    standIn.scopes = ['mail.send'];
    const wrong = sendgrid.open(
      { id: 'pac_w', settings: standIn.account.settings, credentials: { apiKey: 'SG.wrong' } },
      world,
    );
    expect(await wrong.test?.()).toMatchObject({ ok: false, code: '401' });
    expect(standIn.complaints.splice(0)).toHaveLength(1);
    await wrong.close?.();
  });

  test('the environment describes it, and its schemas accept it', () => {
    const env = {
      SENDGRID_API_KEY: 'SG.a.b',
      SENDGRID_FROM: 'Shop <orders@shop.example>',
      SENDGRID_API_URL: 'http://127.0.0.1:1',
      SENDGRID_WEBHOOK_PUBLIC_KEY: standIn.publicKey,
    };
    const found = sendgrid.fromEnvironment(env);
    expect(found).toEqual({
      settings: { from: env.SENDGRID_FROM, apiUrl: env.SENDGRID_API_URL, webhookPublicKey: standIn.publicKey },
      credentials: { apiKey: 'SG.a.b' },
    });
    expect(validator(sendgrid.settings, 'settings')(found?.settings)).toMatchObject({ ok: true });
    expect(validator(sendgrid.credentials, 'credentials')(found?.credentials)).toMatchObject({ ok: true });
    expect(sendgrid.fromEnvironment({ SENDGRID_FROM: 'a@b.example' })).toBeNull();
    expect(validator(sendgrid.settings, 'settings')({ from: 'nobody' })).toMatchObject({ ok: false });
  });
});
