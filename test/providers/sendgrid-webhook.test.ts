import { generateKeyPairSync } from 'node:crypto';
import { sendgrid } from '../../providers/sendgrid/sendgrid';
import type { Webhook } from '../stand-ins/stand-in';
import { asRequest, carriedMail, receiptsOf, trySendgrid } from './sendgrid-trial';

const trial = trySendgrid();
const verdictOn = (webhook: Webhook) => trial.adapter.verify?.(asRequest(webhook));

describe('events', () => {
  test('a batch of several mails becomes a receipt each, in order, with the provider’s own times', async () => {
    const [first, second] = [await carriedMail(trial), await carriedMail(trial, { address: 'bob@example.com' })];
    const seconds = 1_790_000_000;
    const receipts = receiptsOf(
      trial,
      trial.standIn.batch([
        { ...trial.standIn.about(first), event: 'processed', timestamp: seconds },
        {
          ...trial.standIn.about(second),
          event: 'deferred',
          timestamp: seconds + 1,
          attempt: '1',
          response: '451 later',
        },
        {
          ...trial.standIn.about(second),
          event: 'bounce',
          type: 'bounce',
          timestamp: seconds + 2,
          bounce_classification: 'Content',
        },
        { ...trial.standIn.about(first), event: 'delivered', timestamp: seconds + 3 },
        { ...trial.standIn.about(first), event: 'group_unsubscribe', timestamp: seconds + 4, asm_group_id: 1 },
      ]),
    );
    const { ref, providerMessageId } = first;
    expect(receipts).toMatchObject([
      { ref, providerMessageId, status: 'accepted', at: '2026-09-21T14:13:20.000Z' },
      { ref: second.ref, status: 'undelivered', reason: 'content_rejected', at: '2026-09-21T14:13:22.000Z' },
      { ref, providerMessageId, status: 'delivered', at: '2026-09-21T14:13:23.000Z' },
    ]);
    expect(trial.unknownCodes).toEqual([]);
  });

  test('a machine that fetches the pictures is no person who reads', async () => {
    const about = trial.standIn.about(await carriedMail(trial));
    const open = (sg_machine_open?: boolean) =>
      receiptsOf(trial, trial.standIn.batch([{ ...about, event: 'open', sg_machine_open }]));
    expect(open(true)).toEqual([]);
    expect(open(false)).toMatchObject([{ status: 'read' }]);
    expect(open()).toMatchObject([{ status: 'read' }]);
  });

  test('a spam report proves delivery and fails nothing; an unsubscription says nothing of this mail', async () => {
    const about = trial.standIn.about(await carriedMail(trial));
    const [report, ...more] = receiptsOf(
      trial,
      trial.standIn.batch([
        { ...about, event: 'spamreport' },
        { ...about, event: 'unsubscribe' },
      ]),
    );
    expect(report).toMatchObject({ status: 'delivered' });
    expect(report?.reason).toBeUndefined();
    expect(more).toEqual([]);
  });

  test('the same event twice gives the same receipt twice, so that it counts once', async () => {
    const event = { ...trial.standIn.about(await carriedMail(trial)), event: 'delivered' };
    const [one, two] = receiptsOf(trial, trial.standIn.batch([event, event]));
    expect(one).toEqual(two);
  });

  test('no address, IP address or link is kept, also where the receiving server repeats it', async () => {
    const about = trial.standIn.about(await carriedMail(trial));
    const reason = '550 5.1.1 <ann@example.com>: mailto:ann@example.com unknown; see https://help.example';
    const [bounced, clicked] = receiptsOf(
      trial,
      trial.standIn.batch([
        { ...about, event: 'bounce', type: 'bounce', reason, status: '5.1.1' },
        { ...about, event: 'click', ip: '203.0.113.7', url: 'https://shop.example/u/secret', useragent: 'Mozilla' },
        { ...about, event: 'dropped', reason: 'Invalid ann@example.com' },
      ]),
    );
    const kept = JSON.stringify([bounced, clicked, trial.unknownCodes]);
    for (const secret of ['ann@', 'example.com', '203.0.113.7', 'secret']) expect(kept).not.toContain(secret);
    expect(bounced?.raw).toMatchObject({ event: 'bounce', status: '5.1.1', sg_event_id: about.sg_event_id });
  });

  test('a report of a megabyte is cut off at a word, and read through once', async () => {
    const about = { ...trial.standIn.about(await carriedMail(trial)), event: 'bounce', type: 'bounce' };
    const long = (text: string) => trial.standIn.batch([{ ...about, reason: `550 ${text}` }]);
    const before = performance.now();
    const [receipt] = receiptsOf(trial, long('a'.repeat(1_000_000)));
    expect(performance.now() - before).toBeLessThan(1000);
    expect(receipt?.raw).toMatchObject({ reason: '550 …' });
    const [cut] = receiptsOf(trial, long(`${'very '.repeat(198)}ann.smith@example.com`));
    expect(JSON.stringify(cut)).not.toContain('ann');
  });

  test('a mail that other software sent through the same account is not taken for one of ours', async () => {
    const about = { ...trial.standIn.about(await carriedMail(trial)), event: 'delivered' };
    const [foreign, ...none] = receiptsOf(
      trial,
      trial.standIn.batch([
        { ...about, ref: 'order-77', sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0' },
        { event: 'delivered', timestamp: 1_790_000_000 },
      ]),
    );
    expect(foreign?.ref).toBeUndefined();
    expect(foreign?.providerMessageId).toBe('14c5d75ce93.dfd.64b469');
    expect(none).toEqual([]);
  });

  test('an event that no table has is counted and left out', async () => {
    const about = trial.standIn.about(await carriedMail(trial));
    expect(receiptsOf(trial, trial.standIn.batch([{ ...about, event: 'teleported' }]))).toEqual([]);
    expect(trial.unknownCodes).toEqual(['teleported']);
  });

  test('a body that is no batch of events is refused', () => {
    const body = (text: string) => ({ ...asRequest(trial.standIn.batch([])), body: Buffer.from(text) });
    expect(() => trial.adapter.normalise?.(body('{"event":"delivered"}'))).toThrow(TypeError);
    expect(() => trial.adapter.normalise?.(body('[1]'))).toThrow(TypeError);
    expect(() => trial.adapter.normalise?.(body('[{'))).toThrow(SyntaxError);
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
    trial.nowMs = Number(VECTOR.timestamp) * 1000 + 1_000;
    const { settings, credentials } = trial.standIn.account;
    const account = sendgrid.open(
      { id: 'pac_v', settings: { ...settings, webhookPublicKey: key }, credentials },
      trial.world,
    );
    const headers = {
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    };
    return account.verify?.({ ...asRequest(trial.standIn.batch([])), headers, body: Buffer.from(payload) });
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
    const call = (agoMs: number) => trial.standIn.batch([{ event: 'delivered' }], trial.nowMs - agoMs);
    expect(verdictOn(call(0))).toBe('genuine');
    expect(verdictOn(call(24 * hour))).toBe('genuine');
    expect(verdictOn(call(26 * hour))).toBe('stale');
    expect(verdictOn(call(-26 * hour))).toBe('stale');
  });

  test('without a key nothing can be verified: unsigned', () => {
    const { webhookPublicKey: _, ...settings } = trial.standIn.account.settings;
    const account = sendgrid.open(
      { id: 'pac_u', settings, credentials: trial.standIn.account.credentials },
      trial.world,
    );
    expect(account.verify?.(asRequest(trial.standIn.batch([{ event: 'delivered' }])))).toBe('unsigned');
  });

  test('a key that is none, or of another curve, is told when the account is opened', () => {
    const { credentials, settings } = trial.standIn.account;
    const open = (webhookPublicKey: string) =>
      sendgrid.open({ id: 'pac_b', settings: { ...settings, webhookPublicKey }, credentials }, trial.world);
    expect(() => open('not a key')).toThrow();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(() => open(publicKey.export({ format: 'der', type: 'spki' }).toString('base64'))).toThrow('P-256');
  });
});
