import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountOptions, ProviderAdapter, ProviderWorld, SendRequest } from '../../providers/contract';
import { fcmErrors, fieldErrors, rpcStatuses, tokenErrors } from '../../providers/fcm/codes';
import { fcm } from '../../providers/fcm/fcm';
import { createReferences } from '../../receipts/reference';
import { validator } from '../../schemas/validate';
import type { Reason } from '../../schemas/vocabulary';
import { type FcmStandIn, openFcm, PROJECT } from '../stand-ins/fcm';
import { describeAdapter } from './adapter-suite';

const INVOCATION = 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH';
const TOKEN = 'dQw4w9WgXcQ-1:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx';
const references = createReferences('a-secret-for-the-tests-of-fcm');
const push: Partial<SendRequest> = {
  channel: 'push',
  address: TOKEN,
  recipient: { pushToken: TOKEN },
  content: { title: 'Your code', text: 'Your code is 493021.' },
};

describeAdapter('fcm', {
  kind: fcm,
  open: openFcm,
  request: push,
  refusals: [
    ['UNREGISTERED', 'unregistered'],
    ['INVALID_ARGUMENT', 'invalid_address'],
    ['SENDER_ID_MISMATCH', 'not_on_channel'],
    ['QUOTA_EXCEEDED', 'rate_limited'],
    ['UNAVAILABLE', 'provider_unavailable'],
    ['THIRD_PARTY_AUTH_ERROR', 'auth_failed'],
  ],
  receipts: [],
  signs: false,
});

let standIn: FcmStandIn;
let adapter: ProviderAdapter;
const nowMs = Date.parse('2026-11-26T12:00:00.400Z');
const unknownCodes: string[] = [];
const world: ProviderWorld = {
  callbackUrl: () => 'http://onward.test',
  secretUrl: () => 'http://onward.test',
  receive: async () => {},
  unknownCode: (code) => unknownCodes.push(code),
  onFault: () => {},
  clock: () => nowMs,
};
let attempt = 0;

beforeEach(async () => {
  standIn = await openFcm({ webhookUrl: 'http://onward.test' });
  adapter = opened();
  unknownCodes.length = 0;
});
afterEach(async () => {
  expect(standIn.complaints).toEqual([]);
  await standIn.close();
});

function opened(changes: Partial<AccountOptions> = {}): ProviderAdapter {
  return fcm.open({ id: 'pac_test', ...standIn.account, ...changes }, world);
}

function requestFor(changes: Partial<SendRequest> = {}): SendRequest {
  attempt++;
  return {
    ref: references.sign({ invocationId: INVOCATION, step: 0, attempt }),
    invocationId: INVOCATION,
    step: 'first',
    attempt,
    mode: 'live',
    purpose: 'otp',
    channel: 'push',
    address: TOKEN,
    recipient: { pushToken: TOKEN },
    template: 'tpl_test',
    content: { title: 'Your code', text: 'Your code is 493021.' },
    validitySeconds: 60,
    script: null,
    signal: new AbortController().signal,
    ...changes,
  };
}

describe('the message', () => {
  test('title, text, picture, link and data arrive, with the reference by which the app acknowledges', async () => {
    const request = requestFor({
      content: {
        title: 'Parcel',
        text: 'It is here.',
        push: { image: 'https://shop.example/p.png', link: 'https://shop.example/77', data: { order: '77' } },
      },
    });
    expect(await adapter.send(request)).toMatchObject({ outcome: 'accepted', costMicros: null });
    expect(standIn.carried[0]?.raw).toEqual({
      token: TOKEN,
      notification: { title: 'Parcel', body: 'It is here.', image: 'https://shop.example/p.png' },
      data: { order: '77', link: 'https://shop.example/77', onwardRef: request.ref },
      android: { ttl: '60s' },
      apns: { headers: { 'apns-expiration': String(Date.parse('2026-11-26T12:01:00Z') / 1000) } },
      webpush: { headers: { TTL: '60' }, fcm_options: { link: 'https://shop.example/77' } },
    });
  });

  test('its own data cannot take the place of the reference', async () => {
    const request = requestFor({ content: { text: 'Hello.', push: { data: { onwardRef: 'mine' } } } });
    await adapter.send(request);
    expect(standIn.carried[0]?.ref).toBe(request.ref);
  });

  test('a link into the app goes to the app alone, since web push takes none but HTTPS', async () => {
    await adapter.send(requestFor({ content: { text: 'Hello.', push: { link: 'shop://orders/77' } } }));
    expect(standIn.carried[0]?.raw).toMatchObject({ data: { link: 'shop://orders/77' }, webpush: { headers: {} } });
    expect(JSON.stringify(standIn.carried[0]?.raw)).not.toContain('fcm_options');
  });

  test.each([
    [0.1, '1s'],
    [90.5, '91s'],
    [604_800, '604800s'],
    [9_999_999, '2419200s'],
  ])('a step of %s s is of use for %s', async (validitySeconds, ttl) => {
    await adapter.send(requestFor({ validitySeconds }));
    const seconds = ttl.replace('s', '');
    expect(standIn.carried[0]?.raw).toMatchObject({ android: { ttl }, webpush: { headers: { TTL: seconds } } });
  });
});

describe('access tokens', () => {
  test('thirty sends at once and ten after them use one token', async () => {
    await Promise.all(Array.from({ length: 30 }, () => adapter.send(requestFor())));
    for (let n = 0; n < 10; n++) await adapter.send(requestFor());
    expect(standIn.carried).toHaveLength(40);
    expect(standIn.tokens).toHaveLength(1);
  });

  test('one that FCM no longer takes is not used again: the next send asks for another', async () => {
    await adapter.send(requestFor());
    standIn.revokeTokens();
    expect(await adapter.send(requestFor())).toMatchObject({ reason: 'auth_failed', code: 'UNAUTHENTICATED' });
    expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'accepted' });
    expect(standIn.tokens).toHaveLength(2);
  });

  test.each([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'access_denied',
    'admin_policy_enforced',
    'deleted_client',
    'disabled_client',
    'org_internal',
  ])('refused with %s, nothing was sent: auth_failed', async (code) => {
    standIn.refusesTokens(code);
    expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason: 'auth_failed', code });
    expect(standIn.carried).toEqual([]);
    expect(tokenErrors).toHaveProperty(code);
    expect(Object.keys(tokenErrors)).toHaveLength(11);
  });

  test.each([
    ['500', 'provider_unavailable'],
    ['503', 'provider_unavailable'],
    ['429', 'rate_limited'],
  ])('where Google answers %s there, nothing was sent either: %s, and it is asked once', async (status, reason) => {
    standIn.refusesTokens(status, 'must_not_be_asked_for');
    expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason });
    expect(standIn.tokens).toEqual([]);
    expect(await adapter.send(requestFor())).toMatchObject({ code: 'must_not_be_asked_for' });
  });

  test('a key of another account is refused by its signature', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const clientEmail = (JSON.parse(standIn.keyFile) as { client_email: string }).client_email;
    const credentials = { clientEmail, privateKey: String(privateKey.export({ format: 'pem', type: 'pkcs8' })) };
    const stranger = opened({ settings: { ...standIn.account.settings, projectId: PROJECT }, credentials });
    expect(await stranger.send(requestFor())).toMatchObject({ reason: 'auth_failed', code: 'invalid_grant' });
    expect(standIn.complaints.splice(0)).toEqual(['Invalid JWT Signature.']);
  });

  test('a key that is none sends nothing: auth_failed', async () => {
    const credentials = { clientEmail: 'a@b.example', privateKey: 'not a key' };
    const account = opened({ settings: { ...standIn.account.settings, projectId: PROJECT }, credentials });
    expect(await account.send(requestFor())).toMatchObject({ outcome: 'rejected', reason: 'auth_failed' });
    expect(await account.test?.()).toMatchObject({ ok: false });
  });
});

/** Apart from the tables, in the order of the pages. */
const OF_FCM: readonly (readonly [string, Reason])[] = [
  ['UNSPECIFIED_ERROR', 'unknown'],
  ['UNREGISTERED', 'unregistered'],
  ['SENDER_ID_MISMATCH', 'not_on_channel'],
  ['QUOTA_EXCEEDED', 'rate_limited'],
  ['UNAVAILABLE', 'provider_unavailable'],
  ['INTERNAL', 'uncertain'],
  ['THIRD_PARTY_AUTH_ERROR', 'auth_failed'],
];
const OF_RPC: readonly (readonly [string, Reason])[] = [
  ['CANCELLED', 'uncertain'],
  ['UNKNOWN', 'uncertain'],
  ['INVALID_ARGUMENT', 'content_rejected'],
  ['DEADLINE_EXCEEDED', 'uncertain'],
  ['NOT_FOUND', 'unreachable'],
  ['ALREADY_EXISTS', 'provider_rejected'],
  ['PERMISSION_DENIED', 'auth_failed'],
  ['UNAUTHENTICATED', 'auth_failed'],
  ['RESOURCE_EXHAUSTED', 'rate_limited'],
  ['FAILED_PRECONDITION', 'provider_rejected'],
  ['ABORTED', 'provider_unavailable'],
  ['OUT_OF_RANGE', 'provider_rejected'],
  ['UNIMPLEMENTED', 'uncertain'],
  ['INTERNAL', 'uncertain'],
  ['UNAVAILABLE', 'provider_unavailable'],
  ['DATA_LOSS', 'uncertain'],
];

describe('the tables, each against a list of its own', () => {
  const refused = async (refuses: string) => {
    standIn.meets({ refuses });
    return adapter.send(requestFor());
  };
  const expected = (code: string, reason: Reason) =>
    reason === 'uncertain' ? { outcome: 'uncertain' } : { outcome: 'rejected', reason, code };

  test.each(OF_FCM)('FCM’s %s is %s', async (code, reason) => {
    expect(await refused(code)).toMatchObject(expected(code, reason));
    expect(unknownCodes).toEqual([]);
  });

  test.each(OF_RPC)('the status %s without a code of FCM’s own is %s', async (code, reason) => {
    expect(await refused(`rpc:${code}`)).toMatchObject(expected(code, reason));
    expect(unknownCodes).toEqual([]);
  });

  test('an invalid argument suppresses the address only where it is the token', async () => {
    const code = 'INVALID_ARGUMENT';
    expect(await refused('INVALID_ARGUMENT')).toMatchObject({ reason: 'invalid_address', code });
    expect(await refused('field:message.token')).toMatchObject({ reason: 'invalid_address', code });
    expect(await refused('field:message.data[0].value')).toMatchObject({ reason: 'content_rejected', code });
  });

  test('no table has a row that the lists do not have', () => {
    const firsts = (rows: readonly (readonly [string, unknown])[]) => rows.map(([code]) => code).sort();
    expect(Object.keys(fcmErrors).sort()).toEqual([...firsts(OF_FCM), 'INVALID_ARGUMENT'].sort());
    expect(Object.keys(rpcStatuses).sort()).toEqual(firsts(OF_RPC));
    expect(Object.keys(fieldErrors)).toEqual(['message.token']);
  });
});

describe('the account', () => {
  test('its trial asks FCM to validate and delivers nothing; a refused token fails it', async () => {
    expect(await adapter.test?.()).toMatchObject({ ok: true });
    expect(standIn.tried).toMatchObject([{ validate_only: true }]);
    expect(standIn.carried).toEqual([]);
    const fresh = opened();
    standIn.refusesTokens('invalid_grant');
    expect(await fresh.test?.()).toMatchObject({ ok: false, code: 'invalid_grant' });
    standIn.revokeTokens();
    expect(await adapter.test?.()).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
  });

  test('an incomplete service account cannot be opened, and nothing of it is told', () => {
    const open = (credentials: Record<string, string>) => () => opened({ credentials });
    expect(open({ serviceAccount: '{"private_key":"-----SECRET' })).toThrow('is not the JSON of a key file');
    expect(open({ serviceAccount: '{"private_key":"SECRET"}' })).toThrow(/^(?!.*SECRET).*lacks client_email/);
    expect(open({ clientEmail: 'a@b.example', privateKey: 'x' })).toThrow('name a project');
  });

  test('the environment describes it by the JSON or by the path of a file, and its schemas accept it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'onward-fcm-'));
    try {
      const path = join(folder, 'key.json');
      writeFileSync(path, standIn.keyFile);
      const FCM_API_URL = 'http://127.0.0.1:1';
      const expected = { settings: { apiUrl: FCM_API_URL }, credentials: { serviceAccount: standIn.keyFile } };
      expect(fcm.fromEnvironment({ FCM_SERVICE_ACCOUNT: standIn.keyFile, FCM_API_URL })).toEqual(expected);
      expect(fcm.fromEnvironment({ FCM_SERVICE_ACCOUNT: path, FCM_API_URL })).toEqual(expected);
      expect(fcm.fromEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: path, FCM_API_URL })).toEqual(expected);
      expect(validator(fcm.settings, 'settings')(expected.settings)).toMatchObject({ ok: true });
      expect(validator(fcm.credentials, 'credentials')(expected.credentials)).toMatchObject({ ok: true });
      writeFileSync(path, '{"type":"authorized_user"}');
      expect(fcm.fromEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: path })).toBeNull();
      expect(fcm.fromEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'none') })).toBeNull();
      expect(fcm.fromEnvironment({})).toBeNull();
      expect(validator(fcm.credentials, 'credentials')({ clientEmail: 'a@b.example' })).toMatchObject({ ok: false });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
