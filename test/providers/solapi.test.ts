import type { ProviderWorld, SendRequest } from '../../providers/contract';
import { CODES, ERRORS, STATUSES, statusOf } from '../../providers/solapi/codes';
import { authorization, solapi } from '../../providers/solapi/solapi';
import { validator } from '../../schemas/validate';
import type { Reason } from '../../schemas/vocabulary';
import { openSolapi } from '../stand-ins/solapi';
import type { StandIn } from '../stand-ins/stand-in';
import { describeAdapter } from './adapter-suite';

/** By reason, from https://docs.solapi.com/api-reference/message-status-codes. */
const BY_REASON: Partial<Record<Reason, string>> = {
  provider_rejected: '1010 1011 1021 1022 1025 1026 1032 1035 2011 2160 3011 3013 3049 3052 3108',
  content_rejected: '1012 1013 1014 1023 1027 1028 1029 1031 1034 3060',
  auth_failed: '1020 1062 2062 2063 3059 3101 3106',
  provider_unavailable: '1024 2024 3012 3024 3053',
  insufficient_funds: '1030 2230',
  template_invalid: '1033 1041 1042 1043 1044 1045 1046 1047 1048 1049 1050 1051 1052 1053 3103',
  template_not_approved: '3105',
  unreachable: '1058 3031 3041 3042 3043 3044 3045 3046 3051 3056 3057 3058 3107',
  blocked: '1060 2060 3047',
  opted_out: '1061 2061',
  spam_filtered: '1064 2064 2254 3054 3055',
  invalid_address: '3010 3032',
  expired: '3040',
  not_on_channel: '3050 3104',
  not_subscribed: '3102',
  unknown: '3014 3048',
};
const DOCUMENTED = Object.entries(BY_REASON).flatMap(([reason, codes]) =>
  codes.split(' ').map((code) => [code, reason]),
);

const KOREAN = { address: '+821012345678', recipient: { phone: '+821012345678' } };
const common = { kind: solapi, open: openSolapi, signs: false, to: '01012345678' };

describeAdapter('solapi, SMS', {
  ...common,
  request: { ...KOREAN, channel: 'sms' },
  refusals: [
    ['1030', 'insufficient_funds'],
    ['1062', 'auth_failed'],
    ['1061', 'opted_out'],
    ['1029', 'content_rejected'],
  ],
  receipts: [
    { status: 'sent', code: '3000' },
    { status: 'delivered', code: '4000' },
    { status: 'undelivered', code: '3043', reason: 'unreachable' },
    { status: 'undelivered', code: '3999', reason: 'unknown' },
    { status: 'failed', code: '2230', reason: 'insufficient_funds' },
  ],
  lookups: [
    { status: 'accepted', code: '2000' },
    { status: 'delivered', code: '4000' },
    { status: 'undelivered', code: '3042', reason: 'unreachable' },
  ],
});

describeAdapter('solapi, AlimTalk', {
  ...common,
  request: {
    ...KOREAN,
    channel: 'messenger',
    content: { kakao: { pfId: 'KA01PF', templateId: 'KA01TP', variables: { code: '493021', '#{name}': 'Ann' } } },
  },
  refusals: [
    ['InvalidAPIKey', 'auth_failed'],
    ['NotEnoughBalance', 'insufficient_funds'],
    ['ValidationError', 'provider_rejected'],
  ],
  receipts: [
    { status: 'delivered', code: '4000' },
    { status: 'undelivered', code: '3104', reason: 'not_on_channel' },
  ],
});

const world: ProviderWorld = {
  callbackUrl: () => '',
  secretUrl: () => '',
  receive: async () => {},
  unknownCode: () => {},
  onFault: () => {},
  clock: Date.now,
};

describe('solapi', () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await openSolapi({ webhookUrl: 'https://onward.test/v1/receipts/solapi' });
  });
  afterAll(() => standIn.close());
  const adapter = (more = {}) => solapi.open({ id: 'pac_s', ...standIn.account, ...more }, world);
  const request = (more: Partial<SendRequest>): SendRequest => ({
    ...{ ref: 'r.1', invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH', step: 'first', attempt: 1, mode: 'live' },
    ...{ purpose: 'otp', channel: 'xms', template: 'tpl', validitySeconds: 60, script: null },
    ...{ ...KOREAN, content: { text: '안녕' }, signal: new AbortController().signal },
    ...more,
  });
  const carriedOf = async (more: Partial<SendRequest>) => {
    await adapter().send(request(more));
    return standIn.carried.at(-1)?.raw as Record<string, unknown>;
  };

  test.each(DOCUMENTED)('its status code %s is %s', (code, reason) => {
    expect(CODES[code as string]?.reason).toBe(reason);
  });

  test('the table has no code beside those, and each has a title', () => {
    expect(Object.keys(CODES).sort()).toEqual(DOCUMENTED.map(([code]) => code).sort());
    for (const { title } of [...Object.values(CODES), ...Object.values(ERRORS)]) expect(title).not.toBe('');
  });

  test('the codes that are no failure say how far it came', () => {
    expect(STATUSES).toEqual({ '2000': 'accepted', '2100': null, '3000': 'sent', '4000': 'delivered' });
    expect(['1030', '2230', '3043', '3999', '9999', 'TEST1000'].map(statusOf)).toEqual([
      'failed',
      'failed',
      'undelivered',
      'undelivered',
      null,
      null,
    ]);
  });

  test('the signature is the one of its documentation: HMAC-SHA256 of date and salt, in hex', () => {
    expect(authorization({ apiKey: 'K', apiSecret: 'S' }, Date.parse('2019-07-01T00:41:48Z'), 'jqsba2jxjnrjor')).toBe(
      'HMAC-SHA256 apiKey=K, date=2019-07-01T00:41:48.000Z, salt=jqsba2jxjnrjor, ' +
        'signature=c2da39aa98590e6e6cde1590c2bb3093e1d74853b455c11dfd5e0be03e6c41c6',
    );
  });

  test('SMS or LMS as the message was found to be; a subject for the long one only', async () => {
    const long = { as: 'lms', encoding: 'EUC-KR', parts: 1 } as const;
    expect(await carriedOf({ content: { text: 'a', subject: 's', message: long } })).toMatchObject({
      type: 'LMS',
      subject: 's',
      autoTypeDetect: false,
    });
    expect(await carriedOf({ content: { text: 'a', subject: 's' } })).toMatchObject({ type: 'SMS' });
    expect(await carriedOf({ channel: 'lms' })).toMatchObject({ type: 'LMS', to: '01012345678' });
    expect(standIn.complaints).toEqual([]);
  });

  test('a number abroad goes with the code of its country', async () => {
    const sent = await carriedOf({ address: '+14155550123' });
    expect(sent).toMatchObject({ to: '4155550123', country: '1' });
    expect(await carriedOf({})).not.toHaveProperty('country');
  });

  test('an AlimTalk never becomes an SMS by itself', async () => {
    const kakao = { pfId: 'P', templateId: 'T', variables: { code: '1' } };
    const sent = await carriedOf({ channel: 'messenger', content: { kakao } });
    expect(sent).toMatchObject({
      type: 'ATA',
      kakaoOptions: { pfId: 'P', templateId: 'T', variables: { '#{code}': '1' }, disableSms: true },
    });
    expect(sent).not.toHaveProperty('replacements');
  });

  test('what cannot be a message is not sent', async () => {
    const before = standIn.carried.length;
    const answers = [
      await adapter().send(request({ address: 'U4af4980629' })),
      await adapter().send(request({ channel: 'messenger' })),
      await adapter().send(request({ content: { html: 'x' } })),
    ];
    expect(answers.map((answer) => ('reason' in answer ? answer.reason : answer.outcome))).toEqual([
      'invalid_address',
      'template_invalid',
      'template_invalid',
    ]);
    expect(standIn.carried.length).toBe(before);
  });

  test('a webhook has the SHA-1 of its secret; without one the secret path protects it', async () => {
    await adapter().send(request({}));
    const message = standIn.carried.at(-1);
    if (!message || !standIn.webhook) throw new Error('nothing was carried');
    const { url, body, headers } = standIn.webhook(message, { status: 'delivered' });
    const verdict = (given: string | undefined) =>
      adapter().verify?.({
        method: 'POST',
        url,
        body,
        query: new URLSearchParams(),
        headers: { 'x-solapi-secret': given },
      });
    const right = headers['X-Solapi-Secret'];
    expect(verdict(right)).toBe('genuine');
    expect(verdict('solapi-webhook-secret')).toBe('forged');
    expect(verdict(right?.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toBe('forged');
    expect(verdict(undefined)).toBe('unsigned');
    const { webhookSecret: _, ...credentials } = standIn.account.credentials;
    expect(adapter({ credentials }).verify).toBeUndefined();
  });

  test('a report of a group is none of a message; what is no report is refused', () => {
    const normalise = (value: unknown) =>
      adapter().normalise?.({
        ...{ method: 'POST', url: 'https://onward.test/', query: new URLSearchParams(), headers: {} },
        body: Buffer.from(JSON.stringify(value)),
      });
    expect(normalise([{ groupId: 'G4V', count: { total: 1 } }])).toEqual([]);
    expect(normalise([{ messageId: 'M', statusCode: '2100' }])).toEqual([]);
    expect(normalise([{ data: { messageId: 'M', statusCode: '4000' } }])).toMatchObject([{ status: 'delivered' }]);
    expect(() => normalise([null])).toThrow(TypeError);
    expect(() => normalise({})).toThrow(TypeError);
  });

  test('wrong credentials fail its trial, with its own code', async () => {
    const wrong = adapter({ credentials: { apiKey: 'NCSAYU7YDBXYORXC', apiSecret: 'wrong' } });
    expect(await wrong.test?.()).toMatchObject({ ok: false, code: 'SignatureDoesNotMatch' });
    expect(await wrong.send(request({}))).toMatchObject({ reason: 'auth_failed', code: 'SignatureDoesNotMatch' });
  });

  test('the environment describes one', () => {
    const env = { SOLAPI_API_KEY: 'k', SOLAPI_API_SECRET: 's', SOLAPI_FROM: '02-1234-5678' };
    const found = solapi.fromEnvironment(env);
    expect(found).toEqual({ settings: { from: '0212345678' }, credentials: { apiKey: 'k', apiSecret: 's' } });
    expect(validator(solapi.settings, 'the settings of solapi')(found?.settings)).toMatchObject({ ok: true });
    expect(validator(solapi.credentials, 'the credentials of solapi')(found?.credentials)).toMatchObject({ ok: true });
    expect(solapi.fromEnvironment({ SOLAPI_API_KEY: 'k' })).toBeNull();
  });
});
