import { createHash } from 'node:crypto';
import type { ProviderAdapter, ProviderWorld, SendRequest, WebhookRequest } from '../../providers/contract';
import { ProviderRefused } from '../../providers/provider-refused';
import { twilio } from '../../providers/twilio/twilio';
import type { Template } from '../../schemas/template';
import { validator } from '../../schemas/validate';
import { deliver, serve } from '../stand-ins/stand-in';
import { openTwilio, signature, type TwilioStandIn } from '../stand-ins/twilio';
import { CONTENT_SID } from '../stand-ins/twilio-content';
import { type AdapterUnderTest, describeAdapter } from './adapter-suite';

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
  let standIn: TwilioStandIn;
  let adapter: ProviderAdapter;
  const unknownCodes: string[] = [];

  beforeEach(async () => {
    standIn = await openTwilio({ webhookUrl: 'http://onward.test/v1/receipts/twilio' });
    adapter = opened();
    unknownCodes.length = 0;
  });
  afterEach(async () => {
    await standIn.close();
    expect(standIn.complaints).toEqual([]);
  });

  const world: ProviderWorld = {
    callbackUrl: (ref) => `http://onward.test/v1/receipts/twilio?ref=${ref}`,
    secretUrl: () => '',
    receive: async () => {},
    unknownCode: (code) => void unknownCodes.push(code),
    onFault: () => {},
    clock: Date.now,
  };
  const opened = (settings: object = {}, credentials: Record<string, string> = {}) =>
    twilio.open(
      {
        id: 'pac_test',
        settings: { ...standIn.account.settings, ...settings },
        credentials: { ...standIn.account.credentials, ...credentials },
      },
      world,
    );
  const requestFor = (differently: Partial<SendRequest> = {}): SendRequest => ({
    ref: 'a-reference',
    invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH',
    step: 'first',
    attempt: 1,
    mode: 'live',
    purpose: 'otp',
    channel: 'sms',
    address: '+393351234567',
    recipient: {},
    template: 'tpl_test',
    content: { text: 'Your code is 493021.' },
    validitySeconds: 60,
    script: null,
    signal: new AbortController().signal,
    ...differently,
  });
  const sent = async (differently: Partial<SendRequest> = {}, by = adapter) => {
    await by.send(requestFor(differently));
    const message = standIn.carried.at(-1);
    if (!message) throw new Error('nothing was carried');
    return { message, fields: message.raw as Record<string, string> };
  };

  test('a template goes out by its SID and variables, never beside a text', async () => {
    const content = { text: 'unused', twilio: { contentSid: CONTENT_SID, variables: { 1: 'Ann', 2: '493021' } } };
    const { fields } = await sent({ channel: 'whatsapp', content });
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
    expect((await sent({ validitySeconds })).fields.ValidityPeriod).toBe(expected);
  });

  test('the webhook is to be tried five more times; what is called and signed is the address without that', async () => {
    const { message, fields } = await sent();
    expect(fields.StatusCallback).toBe('http://onward.test/v1/receipts/twilio?ref=a-reference#rc=5&rp=all');
    const webhook = standIn.webhook(message, { status: 'delivered' });
    expect(webhook.url).toBe('http://onward.test/v1/receipts/twilio?ref=a-reference');
  });

  test('connections are kept: ten sends open two at most', async () => {
    for (let count = 0; count < 10; count++) await sent();
    expect(standIn.connections).toBeLessThanOrEqual(2);
  });

  test('an answer that cannot be read leaves it uncertain, and stands in no error', async () => {
    const garbled = await serve(async () => ({ status: 201, body: '{"to":"+393351234567","body":"Your code' }));
    const fault = await opened({ apiUrl: garbled.url })
      .send(requestFor())
      .catch((error: unknown) => error);
    await garbled.close();
    expect(fault).toBeInstanceOf(TypeError);
    expect(String(fault)).not.toContain('3351234567');
  });

  test('a busy Twilio is not asked again by the SDK itself', async () => {
    standIn.meets('busy', 'well');
    expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', retryAfterMs: 1_000, code: '20429' });
    expect(standIn.carried).toEqual([]);
  });

  test('senders: the messaging service alone, or with a number; a channel’s own before it; none: not even asked', async () => {
    const messagingServiceSid = `MG${'0'.repeat(32)}`;
    const none = { from: '', whatsappFrom: '', rcsFrom: '' };
    const service = opened({ ...none, messagingServiceSid });
    expect((await sent({}, service)).fields).toMatchObject({ MessagingServiceSid: messagingServiceSid });
    expect((await sent({ channel: 'rcs' }, service)).fields).toMatchObject({
      MessagingServiceSid: messagingServiceSid,
    });
    const both = (await sent({}, opened({ messagingServiceSid }))).fields;
    expect(both).toMatchObject({ From: '+15005550006', MessagingServiceSid: messagingServiceSid });
    const whatsapp = (await sent({ channel: 'whatsapp' }, opened({ messagingServiceSid }))).fields;
    expect(whatsapp).toMatchObject({ From: 'whatsapp:+14155238886' });
    expect(whatsapp).not.toHaveProperty('MessagingServiceSid');
    const before = standIn.carried.length;
    const refused = { outcome: 'rejected', reason: 'provider_rejected', code: '21603' };
    expect(await opened(none).send(requestFor())).toMatchObject(refused);
    expect(await opened(none).send(requestFor({ channel: 'whatsapp' }))).toMatchObject(refused);
    expect(standIn.carried.length).toBe(before);
  });

  test('nothing to say: template_invalid, and not even asked', async () => {
    const answer = await adapter.send(requestFor({ content: {} }));
    expect(answer).toMatchObject({ outcome: 'rejected', reason: 'template_invalid', code: '21619' });
    expect(standIn.carried).toEqual([]);
  });

  test('a message that has failed by the time of the answer was refused', async () => {
    standIn.answersWith = { status: 'failed', code: '21610' };
    expect(await adapter.send(requestFor())).toEqual({
      outcome: 'rejected',
      reason: 'opted_out',
      code: '21610',
      retryAfterMs: null,
    });
  });

  test('an API key sends in place of the auth token, and both are tried', async () => {
    const key = `SK${'1'.repeat(32)}`;
    standIn.apiKey = `${key}:s3cret`;
    const byKey = opened({}, { apiKeySid: key, apiKeySecret: 's3cret' });
    expect((await sent({}, byKey)).message.to).toBe('+393351234567');
    expect(await byKey.test?.()).toEqual({ ok: true, detail: 'The account is active.' });
    const wrong = opened({}, { apiKeySid: key, apiKeySecret: 'another' });
    expect(await wrong.test?.()).toMatchObject({ ok: false, code: '20003' });
    expect(complaintsTaken()).toHaveLength(1);
  });

  test('the trial of an account says what is wrong, and no secret', async () => {
    standIn.accountStatus = 'suspended';
    expect(await adapter.test?.()).toEqual({ ok: false, code: 'suspended', detail: 'The account is suspended.' });
    const wrong = await opened({}, { authToken: 'not-the-token' }).test?.();
    expect(wrong).toMatchObject({ ok: false, code: '20003' });
    expect(JSON.stringify(wrong)).not.toContain('not-the-token');
    complaintsTaken();
    const gone = await openTwilio(standIn);
    await gone.close();
    const { apiUrl } = gone.account.settings;
    expect(await opened({ apiUrl }).test?.()).toMatchObject({ ok: false, code: 'ECONNREFUSED' });
  });

  const complaintsTaken = () => (standIn.complaints as string[]).splice(0);

  describe('asked about a message', () => {
    const ask = (providerMessageId: string | null) =>
      adapter.lookup?.({ ref: 'a-reference', channel: 'sms', providerMessageId });

    test.each(['accepted', 'scheduled', 'queued', 'sending'])('“%s” is known, and no news', async (status) => {
      const { message } = await sent();
      standIn.says(message, { status });
      const { providerMessageId } = message;
      expect(await ask(providerMessageId)).toEqual({ known: 'yes', providerMessageId, costMicros: null });
    });

    test('its time is that of the last change', async () => {
      const { message } = await sent();
      standIn.says(message, { status: 'delivered' });
      const outcome = await ask(message.providerMessageId);
      const at = outcome?.known === 'yes' ? outcome.news?.at : null;
      expect(Math.abs(Date.now() - (at ?? 0))).toBeLessThan(5_000);
    });

    test.each([
      ['-0.0075', 'EUR', 7_500],
      ['-0.35500', 'eur', 355_000],
      ['-0.0075', 'USD', null],
      [null, 'EUR', null],
    ])('charged %s %s it cost %s micros', async (price, priceUnit, costMicros) => {
      const { message } = await sent();
      standIn.says(message, { status: 'delivered', price, priceUnit });
      expect(await ask(message.providerMessageId)).toMatchObject({ known: 'yes', costMicros });
    });

    test('Twilio does not have it: not known; without an SID, or without an answer, it cannot tell', async () => {
      expect(await ask(`SM${'0'.repeat(32)}`)).toEqual({ known: 'no' });
      expect(await ask(null)).toEqual({ known: 'unknown' });
      const wrong = opened({}, { authToken: 'another' });
      const asked = { ref: 'a-reference', channel: 'sms', providerMessageId: `SM${'0'.repeat(32)}` } as const;
      expect(await wrong.lookup?.(asked)).toEqual({ known: 'unknown' });
      complaintsTaken();
      await standIn.close();
      expect(await ask(`SM${'0'.repeat(32)}`)).toEqual({ known: 'unknown' });
    });
  });

  describe('signatures', () => {
    // From Twilio's page on the security of webhooks and from the tests of its SDKs.
    const URL_OF_THE_PAGE = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const form = (caller: string) =>
      `CallSid=CA1234567890ABCDE&Caller=${caller}&Digits=1234&From=${caller}&To=%2B18005551212`;
    const page = form('%2B12349013030');
    const sdks = form('%2B14158675309');
    const json = '{"property": "value", "boolean": true}';
    const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
    const verdict = (url: string, body: string | Buffer, given: string | undefined, method: 'GET' | 'POST' = 'POST') =>
      opened({}, { authToken: '12345' }).verify?.({
        method,
        url,
        query: new URL(url).searchParams,
        headers: { 'x-twilio-signature': given },
        body: Buffer.from(body),
      });

    test.each([
      ['the documentation’s own example', URL_OF_THE_PAGE, page, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='],
      ['the SDKs’ example', URL_OF_THE_PAGE, sdks, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
      [
        'several values of one name',
        URL_OF_THE_PAGE,
        'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234',
        'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
      ],
      ['upper case in the host', 'https://MyCompany.com/myapp.php?foo=1&bar=2', sdks, 'g9IN/x4Cft2g517EjYvEvM/W7LU='],
      [
        'a port that was not signed',
        'https://mycompany.com:1234/myapp.php?foo=1&bar=2',
        sdks,
        'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
      ],
      ['port 443, signed and not in the address', URL_OF_THE_PAGE, sdks, 'kvajT1Ptam85bY51eRf/AJRuM3w='],
      [
        'port 80, signed and not in the address',
        URL_OF_THE_PAGE.replace('https', 'http'),
        sdks,
        '0ZXoZLH/DfblKGATFgpif+LLRf4=',
      ],
      ['a port over http', 'http://mycompany.com:1234/myapp.php?foo=1&bar=2', sdks, 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
      ['JSON, beside other parameters', `${URL_OF_THE_PAGE}&bodySHA256=${hash}`, json, 'a9nBmqA0ju/hNViExpshrM61xv4='],
      [
        'JSON, by its hash alone',
        `https://mycompany.com/myapp.php?bodySHA256=${hash}`,
        json,
        'y77kIzt2vzLz71DgmJGsen2scGs=',
      ],
    ])('%s is genuine', (_name, url, body, given) => {
      expect(verdict(url, body, given)).toBe('genuine');
      expect(verdict(url, `${body} `, given)).toBe('forged');
      expect(verdict(`${url}&more=1`, body, given)).toBe('forged');
      expect(verdict(url, body, `${given.slice(0, -2)}x=`)).toBe('forged');
      expect(verdict(url, body, undefined)).toBe('unsigned');
    });

    test('the stand-in signs as the documentation’s example is signed', () => {
      const parameters = Object.fromEntries(new URLSearchParams(page));
      expect(signature('12345', URL_OF_THE_PAGE, parameters)).toBe('0/KCTR6DLpKmkAf8muzZqo1nDgQ=');
    });

    test('a GET is signed by its address alone', () => {
      expect(verdict(URL_OF_THE_PAGE, '', signature('12345', URL_OF_THE_PAGE, {}), 'GET')).toBe('genuine');
      expect(verdict(`${URL_OF_THE_PAGE}1`, '', signature('12345', URL_OF_THE_PAGE, {}), 'GET')).toBe('forged');
    });

    test('bytes that are no text do not stand for the text that replaces them', () => {
      const said = Buffer.from('{"a":"\ufffd"}', 'utf8');
      const url = `https://mycompany.com/?bodySHA256=${createHash('sha256').update(said).digest('hex')}`;
      const given = signature('12345', url, {});
      expect(verdict(url, said, given)).toBe('genuine');
      expect(verdict(url, Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]), given)).toBe('forged');
    });

    test('an address that is none is forged, and not an error', () => {
      const request: WebhookRequest = {
        method: 'POST',
        url: 'no address',
        query: new URLSearchParams(),
        headers: { 'x-twilio-signature': 'x' },
        body: Buffer.from('a=1'),
      };
      expect(adapter.verify?.(request)).toBe('forged');
    });
  });

  describe('webhooks', () => {
    const normalised = (body: string, query = 'ref=a-reference') =>
      adapter.normalise?.({
        method: 'POST',
        url: `http://onward.test/?${query}`,
        query: new URLSearchParams(query),
        headers: {},
        body: Buffer.from(body),
      });

    test('a receipt keeps what support needs, and neither addresses nor texts nor a made-up time', () => {
      const body =
        'MessageSid=SM1&SmsSid=SM1&MessageStatus=undelivered&ErrorCode=30005&AccountSid=AC1&ApiVersion=2010-04-01&To=%2B393351234567&From=%2B15005550006&Body=secret&ChannelStatusMessage=for+393351234567&RawDlrDoneDate=2611261210&ToCity=Rome';
      expect(normalised(body)).toEqual([
        {
          ref: 'a-reference',
          provider: 'twilio',
          providerMessageId: 'SM1',
          status: 'undelivered',
          reason: 'invalid_address',
          code: '30005',
          raw: {
            MessageSid: 'SM1',
            MessageStatus: 'undelivered',
            ErrorCode: '30005',
            AccountSid: 'AC1',
            ApiVersion: '2010-04-01',
            RawDlrDoneDate: '2611261210',
          },
        },
      ]);
    });

    test('without a reference the SID names the message', () => {
      expect(normalised('MessageSid=SM1&MessageStatus=sent', '')?.[0]).not.toHaveProperty('ref');
    });

    test('a failure without a code is unknown; a code that no table has is kept and counted', () => {
      expect(normalised('MessageSid=SM1&MessageStatus=failed')).toMatchObject([{ reason: 'unknown', code: null }]);
      expect(unknownCodes).toEqual([]);
      const newer = normalised('MessageSid=SM1&MessageStatus=failed&ErrorCode=99987');
      expect(newer).toMatchObject([{ reason: 'unknown', code: '99987' }]);
      expect(unknownCodes).toEqual(['99987']);
    });

    test('a status that no table has is no receipt, and is counted', () => {
      expect(normalised('MessageSid=SM1&MessageStatus=teleported')).toEqual([]);
      expect(unknownCodes).toEqual(['teleported']);
    });

    test.each(['', 'MessageSid=SM1', 'MessageStatus=sent', '{"MessageSid":"SM1"}'])(
      '“%s” is no status callback',
      (body) => {
        expect(() => normalised(body)).toThrow(TypeError);
      },
    );

    test('the signature holds for what comes over the wire', async () => {
      const { message } = await sent();
      const webhook = standIn.webhook(message, { status: 'delivered' });
      const told: Buffer[] = [];

      const receiver = await serve(async ({ body }) => {
        told.push(body);
        return { status: 202 };
      });
      const url = `${receiver.url}/v1/receipts/twilio?ref=a-reference`;
      const parameters = Object.fromEntries(new URLSearchParams(webhook.body.toString()));
      const given = signature(standIn.account.credentials.authToken ?? '', url, parameters);
      expect(await deliver({ ...webhook, url, headers: { ...webhook.headers, 'x-twilio-signature': given } })).toBe(
        202,
      );
      await receiver.close();
      const query = new URL(url).searchParams;
      const headers = { 'x-twilio-signature': given };
      const request: WebhookRequest = { method: 'POST', url, query, headers, body: told[0] ?? Buffer.alloc(0) };
      expect(adapter.verify?.(request)).toBe('genuine');
      expect(adapter.normalise?.(request)).toMatchObject([{ ref: 'a-reference', status: 'delivered' }]);
    });
  });

  describe('approvals', () => {
    const OTHER_SID = 'HX00000000000000000000000000000002';
    const template = (differently: Partial<Template> = {}): Template => ({
      id: 'tpl_otp-WA',
      name: 'Your code',
      channel: 'whatsapp',
      content: { twilio: { contentSid: CONTENT_SID } },
      status: 'draft',
      createdAt: '2026-11-21T10:00:00.000Z',
      updatedAt: '2026-11-21T10:00:00.000Z',
      ...differently,
    });
    const has = (sid: string, status: string, rejectionReason = '') =>
      standIn.contents.set(sid, { status, rejectionReason, submitted: null });

    test.each([
      ['unsubmitted', 'draft'],
      ['received', 'submitted'],
      ['pending', 'submitted'],
      ['approved', 'approved'],
      ['rejected', 'rejected'],
      ['paused', 'paused'],
      ['disabled', 'rejected'],
    ])('“%s” at Twilio is %s', async (said, status) => {
      has(CONTENT_SID, said, status === 'rejected' ? 'INVALID_FORMAT' : '');
      expect(await adapter.approvals?.fetch(template())).toEqual({
        status,
        reason: status === 'rejected' ? 'INVALID_FORMAT' : null,
        providerTemplateId: CONTENT_SID,
      });
    });

    test('a word that nobody knows is not sent with, and is counted', async () => {
      has(CONTENT_SID, 'in_limbo');
      expect(await adapter.approvals?.fetch(template())).toMatchObject({ status: 'paused' });
      expect(unknownCodes).toEqual(['in_limbo']);
    });

    test('a template is submitted under its name and category, and once', async () => {
      has(CONTENT_SID, 'unsubmitted');
      const submitted = { status: 'submitted', reason: null, providerTemplateId: CONTENT_SID };
      expect(await adapter.approvals?.submit(template())).toEqual(submitted);
      expect(standIn.contents.get(CONTENT_SID)?.submitted).toEqual({ name: 'tpl_otp_wa', category: 'UTILITY' });
      expect(await adapter.approvals?.submit(template())).toEqual(submitted);
    });

    test('what the template says of WhatsApp is its name and category there', async () => {
      has(CONTENT_SID, 'unsubmitted');
      const whatsapp = { name: 'login_code', language: 'en', category: 'AUTHENTICATION' } as const;
      await adapter.approvals?.submit(template({ content: { whatsapp, twilio: { contentSid: CONTENT_SID } } }));
      expect(standIn.contents.get(CONTENT_SID)?.submitted).toEqual({ name: 'login_code', category: 'AUTHENTICATION' });
    });

    test('of several languages the one that is furthest from being sent stands for all', async () => {
      has(CONTENT_SID, 'approved');
      has(OTHER_SID, 'rejected', 'ABUSIVE_CONTENT');
      const locales = { it: { twilio: { contentSid: OTHER_SID } } };
      expect(await adapter.approvals?.fetch(template({ locales }))).toEqual({
        status: 'rejected',
        reason: 'ABUSIVE_CONTENT',
        providerTemplateId: CONTENT_SID,
      });
    });

    test('what Twilio does not have is not known, and cannot be submitted', async () => {
      expect(await adapter.approvals?.fetch(template())).toBeNull();
      expect(await adapter.approvals?.fetch(template({ content: { text: 'free' } }))).toBeNull();
      await expect(adapter.approvals?.submit(template())).rejects.toThrow(ProviderRefused);
      await expect(adapter.approvals?.submit(template({ content: { text: 'free' } }))).rejects.toThrow(ProviderRefused);
    });

    test('RCS needs no approval: a content that is there is approved', async () => {
      expect(await adapter.approvals?.fetch(template({ channel: 'rcs' }))).toBeNull();
      has(CONTENT_SID, 'unsubmitted');
      const approved = { status: 'approved', reason: null, providerTemplateId: CONTENT_SID };
      expect(await adapter.approvals?.fetch(template({ channel: 'rcs' }))).toEqual(approved);
      expect(await adapter.approvals?.submit(template({ channel: 'rcs' }))).toEqual(approved);
    });

    test('content has an address of its own where it is set', async () => {
      has(CONTENT_SID, 'approved');
      const { apiUrl } = standIn.account.settings;
      const apart = opened({ apiUrl: 'http://127.0.0.1:9', contentUrl: apiUrl });
      expect(await apart.approvals?.fetch(template())).toMatchObject({ status: 'approved' });
    });
  });
});

describe('an account of Twilio', () => {
  const judgeSettings = validator<unknown>(twilio.settings, 'settings');
  const judgeCredentials = validator<unknown>(twilio.credentials, 'credentials');
  const sid = `AC${'0'.repeat(32)}`;

  test('is what the environment says', () => {
    expect(twilio.fromEnvironment({})).toBeNull();
    expect(twilio.fromEnvironment({ TWILIO_ACCOUNT_SID: sid })).toBeNull();
    const account = twilio.fromEnvironment({
      TWILIO_ACCOUNT_SID: sid,
      TWILIO_AUTH_TOKEN: 't0ken',
      TWILIO_FROM: '+15005550006',
      TWILIO_WHATSAPP_FROM: 'whatsapp:+14155238886',
      TWILIO_RCS_FROM: 'rcs:agent',
      TWILIO_MESSAGING_SERVICE_SID: `MG${'0'.repeat(32)}`,
      TWILIO_API_URL: 'http://127.0.0.1:1',
      TWILIO_CONTENT_URL: 'http://127.0.0.1:2',
    });
    expect(account).toEqual({
      settings: {
        from: '+15005550006',
        whatsappFrom: 'whatsapp:+14155238886',
        rcsFrom: 'rcs:agent',
        messagingServiceSid: `MG${'0'.repeat(32)}`,
        apiUrl: 'http://127.0.0.1:1',
        contentUrl: 'http://127.0.0.1:2',
      },
      credentials: { accountSid: sid, authToken: 't0ken' },
    });
    expect(judgeSettings(account?.settings)).toMatchObject({ ok: true });
    expect(judgeCredentials(account?.credentials)).toMatchObject({ ok: true });
  });

  test.each(['+393351234567', '12345', 'Onward', 'My Shop 24'])('“%s” may be a sender', (from) => {
    expect(judgeSettings({ from })).toMatchObject({ ok: true });
  });

  test.each([
    { from: '' },
    { from: '0039335' + '1234567' },
    { from: 'TwelveLetters' },
    { messagingServiceSid: 'AC1' },
    { whatsappFrom: 'Onward' },
    { apiUrl: 'ftp://x' },
    { colour: 'red' },
  ])('%j is refused', (settings) => {
    expect(judgeSettings(settings)).toMatchObject({ ok: false });
  });

  test('a key has its secret', () => {
    const key = { accountSid: sid, authToken: 't', apiKeySid: `SK${'0'.repeat(32)}` };
    expect(judgeCredentials(key)).toMatchObject({ ok: false });
    expect(judgeCredentials({ ...key, apiKeySecret: 's' })).toMatchObject({ ok: true });
    expect(judgeCredentials({ accountSid: sid })).toMatchObject({ ok: false });
  });
});
