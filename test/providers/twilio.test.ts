import { twilio } from '../../providers/twilio/twilio';
import { serve } from '../stand-ins/stand-in';
import { openTwilio } from '../stand-ins/twilio';
import { CONTENT_SID } from '../stand-ins/twilio-content';
import { type AdapterUnderTest, describeAdapter } from './adapter-suite';
import { requestFor, useTwilio } from './twilio-in-use';

const common: AdapterUnderTest = {
  kind: twilio,
  open: openTwilio,
  signs: true,
  refusals: [
    ['21211', 'invalid_address'],
    ['21635', 'landline'],
    ['21610', 'opted_out'],
    ['20003', 'auth_failed'],
    ['20429', 'rate_limited'],
    ['21617', 'content_rejected'],
    ['21606', 'provider_rejected'],
  ],
  receipts: [
    { status: 'accepted' },
    { status: 'sent' },
    { status: 'delivered' },
    { status: 'undelivered', code: '30003', reason: 'unreachable' },
    { status: 'failed', code: '30007', reason: 'spam_filtered' },
  ],
  lookups: [
    { status: 'sent' },
    { status: 'delivered' },
    { status: 'undelivered', code: '30005', reason: 'invalid_address' },
    { status: 'failed', code: '30036', reason: 'expired' },
  ],
};

describeAdapter('Twilio, SMS', common);
describeAdapter('Twilio, WhatsApp by a template', {
  ...common,
  to: 'whatsapp:+393351234567',
  request: {
    channel: 'whatsapp',
    content: { twilio: { contentSid: CONTENT_SID, variables: { 1: '493021' } } },
  },
  refusals: [
    ['63016', 'outside_session_window'],
    ['63018', 'rate_limited'],
    ['21655', 'template_invalid'],
  ],
  receipts: [
    { status: 'delivered' },
    { status: 'read' },
    { status: 'undelivered', code: '63024', reason: 'not_on_channel' },
    { status: 'failed', code: '63016', reason: 'outside_session_window' },
  ],
});
describeAdapter('Twilio, RCS', {
  ...common,
  to: 'rcs:+393351234567',
  request: { channel: 'rcs' },
  refusals: [['63036', 'not_on_channel']],
  receipts: [
    { status: 'delivered' },
    { status: 'read' },
    { status: 'undelivered', code: '63036', reason: 'not_on_channel' },
  ],
});
describe('Twilio', () => {
  const at = useTwilio();

  test('a template goes out by its SID and variables, never beside a text', async () => {
    const content = { text: 'unused', twilio: { contentSid: CONTENT_SID, variables: { 1: 'Ann', 2: '493021' } } };
    const { fields } = await at.sent({ channel: 'whatsapp', content });
    expect(fields).toMatchObject({ ContentSid: CONTENT_SID, From: 'whatsapp:+14155238886' });
    expect(JSON.parse(fields.ContentVariables ?? '')).toEqual({ 1: 'Ann', 2: '493021' });
    expect(fields).not.toHaveProperty('Body');
  });

  test.each([
    [0.2, '1'],
    [59.9, '59'],
    [36_000, '36000'],
    [604_800, '36000'],
  ])('a step of %d seconds is valid for %s at Twilio', async (validitySeconds, expected) => {
    expect((await at.sent({ validitySeconds })).fields.ValidityPeriod).toBe(expected);
  });

  test('the webhook is to be tried five more times; what is called and signed is the address without that', async () => {
    const { message, fields } = await at.sent();
    expect(fields.StatusCallback).toBe('http://onward.test/v1/receipts/twilio?ref=a-reference#rc=5&rp=all');
    const webhook = at.standIn.webhook(message, { status: 'delivered' });
    expect(webhook.url).toBe('http://onward.test/v1/receipts/twilio?ref=a-reference');
  });

  test('connections are kept: ten sends open two at most', async () => {
    for (let count = 0; count < 10; count++) await at.sent();
    expect(at.standIn.connections).toBeLessThanOrEqual(2);
  });

  test('an answer that cannot be read leaves it uncertain, and stands in no error', async () => {
    const garbled = await serve(async () => ({ status: 201, body: '{"to":"+393351234567","body":"Your code' }));
    const fault = await at
      .opened({ apiUrl: garbled.url })
      .send(requestFor())
      .catch((error: unknown) => error);
    await garbled.close();
    expect(fault).toBeInstanceOf(TypeError);
    expect(String(fault)).not.toContain('3351234567');
  });

  test('a busy Twilio is not asked again by the SDK itself', async () => {
    at.standIn.meets('busy', 'well');
    expect(await at.adapter.send(requestFor())).toMatchObject({
      outcome: 'rejected',
      retryAfterMs: 1_000,
      code: '20429',
    });
    expect(at.standIn.carried).toEqual([]);
  });

  test('senders: the messaging service alone, or with a number; a channel’s own before it; none: not even asked', async () => {
    const messagingServiceSid = `MG${'0'.repeat(32)}`;
    const none = { from: '', whatsappFrom: '', rcsFrom: '' };
    const service = at.opened({ ...none, messagingServiceSid });
    expect((await at.sent({}, service)).fields).toMatchObject({ MessagingServiceSid: messagingServiceSid });
    expect((await at.sent({ channel: 'rcs' }, service)).fields).toMatchObject({
      MessagingServiceSid: messagingServiceSid,
    });
    const both = (await at.sent({}, at.opened({ messagingServiceSid }))).fields;
    expect(both).toMatchObject({ From: '+15005550006', MessagingServiceSid: messagingServiceSid });
    const whatsapp = (await at.sent({ channel: 'whatsapp' }, at.opened({ messagingServiceSid }))).fields;
    expect(whatsapp).toMatchObject({ From: 'whatsapp:+14155238886' });
    expect(whatsapp).not.toHaveProperty('MessagingServiceSid');
    const before = at.standIn.carried.length;
    const refused = { outcome: 'rejected', reason: 'provider_rejected', code: '21603' };
    expect(await at.opened(none).send(requestFor())).toMatchObject(refused);
    expect(await at.opened(none).send(requestFor({ channel: 'whatsapp' }))).toMatchObject(refused);
    expect(at.standIn.carried.length).toBe(before);
  });

  test('nothing to say: template_invalid, and not even asked', async () => {
    const answer = await at.adapter.send(requestFor({ content: {} }));
    expect(answer).toMatchObject({ outcome: 'rejected', reason: 'template_invalid', code: '21619' });
    expect(at.standIn.carried).toEqual([]);
  });

  test('a message that has failed by the time of the answer was refused', async () => {
    at.standIn.answersWith = { status: 'failed', code: '21610' };
    expect(await at.adapter.send(requestFor())).toEqual({
      outcome: 'rejected',
      reason: 'opted_out',
      code: '21610',
      retryAfterMs: null,
    });
  });

  test('an API key sends in place of the auth token, and both are tried', async () => {
    const key = `SK${'1'.repeat(32)}`;
    at.standIn.apiKey = `${key}:s3cret`;
    const byKey = at.opened({}, { apiKeySid: key, apiKeySecret: 's3cret' });
    expect((await at.sent({}, byKey)).message.to).toBe('+393351234567');
    expect(await byKey.test?.()).toEqual({ ok: true, detail: 'The account is active.' });
    const wrong = at.opened({}, { apiKeySid: key, apiKeySecret: 'another' });
    expect(await wrong.test?.()).toMatchObject({ ok: false, code: '20003' });
    expect(at.complaintsTaken()).toHaveLength(1);
  });

  test('the trial of an account says what is wrong, and no secret', async () => {
    at.standIn.accountStatus = 'suspended';
    expect(await at.adapter.test?.()).toEqual({ ok: false, code: 'suspended', detail: 'The account is suspended.' });
    const wrong = await at.opened({}, { authToken: 'not-the-token' }).test?.();
    expect(wrong).toMatchObject({ ok: false, code: '20003' });
    expect(JSON.stringify(wrong)).not.toContain('not-the-token');
    at.complaintsTaken();
    const gone = await openTwilio(at.standIn);
    await gone.close();
    const { apiUrl } = gone.account.settings;
    expect(await at.opened({ apiUrl }).test?.()).toMatchObject({ ok: false, code: 'ECONNREFUSED' });
  });

  describe('asked about a message', () => {
    const ask = (providerMessageId: string | null) =>
      at.adapter.lookup?.({ ref: 'a-reference', channel: 'sms', providerMessageId });

    test.each(['accepted', 'scheduled', 'queued', 'sending'])('“%s” is known, and no news', async (status) => {
      const { message } = await at.sent();
      at.standIn.says(message, { status });
      const { providerMessageId } = message;
      expect(await ask(providerMessageId)).toEqual({ known: 'yes', providerMessageId, costMicros: null });
    });

    test('its time is that of the last change', async () => {
      const { message } = await at.sent();
      at.standIn.says(message, { status: 'delivered' });
      const outcome = await ask(message.providerMessageId);
      const changedAt = outcome?.known === 'yes' ? outcome.news?.at : null;
      expect(Math.abs(Date.now() - (changedAt ?? 0))).toBeLessThan(5_000);
    });

    test.each([
      ['-0.0075', 'EUR', 7_500],
      ['-0.35500', 'eur', 355_000],
      ['-0.0075', 'USD', null],
      [null, 'EUR', null],
    ])('charged %s %s it cost %s micros', async (price, priceUnit, costMicros) => {
      const { message } = await at.sent();
      at.standIn.says(message, { status: 'delivered', price, priceUnit });
      expect(await ask(message.providerMessageId)).toMatchObject({ known: 'yes', costMicros });
    });

    test('Twilio does not have it: not known; without an SID, or without an answer, it cannot tell', async () => {
      expect(await ask(`SM${'0'.repeat(32)}`)).toEqual({ known: 'no' });
      expect(await ask(null)).toEqual({ known: 'unknown' });
      const wrong = at.opened({}, { authToken: 'another' });
      const asked = { ref: 'a-reference', channel: 'sms', providerMessageId: `SM${'0'.repeat(32)}` } as const;
      expect(await wrong.lookup?.(asked)).toEqual({ known: 'unknown' });
      at.complaintsTaken();
      await at.standIn.close();
      expect(await ask(`SM${'0'.repeat(32)}`)).toEqual({ known: 'unknown' });
    });
  });
});
