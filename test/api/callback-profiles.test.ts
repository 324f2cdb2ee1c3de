import { CALLBACK_TYPES } from '../../schemas/callback';
import { type CallbackReceiver, openCallbackReceiver, status, verified } from '../stand-ins/callback-receiver';
import { type ApiUnderTest, approve, expectProblem, must, OTP, pointers, startApi } from './api-under-test';

const PATH = '/v1/callback-profiles';
const TOKEN = 'token-of-the-customer-4711';
const PASSWORD = 'password-of-the-customer-4712';
const HEADER = 'header-of-the-customer-4713';
const DAY_MS = 86_400_000;

let api: ApiUnderTest;
let receiver: CallbackReceiver;
let clock = 0;
/** Whatever was answered, besides the answers that show a new secret, or logged: nothing that is secret may be in it. */
const seen: string[] = [];
const secrets = [TOKEN, PASSWORD, HEADER];

beforeAll(async () => {
  receiver = await openCallbackReceiver();
  const logged = (message: string, fields: object) => {
    const texts = Object.values(fields).map((value) => (value instanceof Error ? value.stack : JSON.stringify(value)));
    seen.push(message, ...texts.map(String));
  };
  const now = () => Date.now() + clock;
  api = await startApi((deps) => ({ ...deps, now }), { callbackAllow: '127.0.0.0/8', logged });
});
afterAll(async () => {
  await api.close();
  await receiver.close();
  expect(secrets.length).toBeGreaterThan(5);
  for (const secret of secrets) expect(seen.filter((text) => text.includes(secret))).toEqual([]);
});
afterEach(async () => {
  clock = 0;
  for (const flow of ['wf_otp', 'wf_other']) await api.call('POST', `/v1/flows/${flow}/unpublish`, { body: {} });
  for (const { id } of (await call('GET')).body.items) await must(call('DELETE', `/${id}`), 204);
});

async function call(method: string, path = '', body?: unknown) {
  const answer = await api.call(method, PATH + path, { body });
  const { secret, ...rest } = typeof answer.body === 'object' ? answer.body : { secret: undefined };
  if (secret) secrets.push(secret);
  seen.push(secret ? JSON.stringify(rest) : answer.text, JSON.stringify([...answer.headers]));
  return answer;
}
const profile = (change: object = {}) => ({ name: 'Main', url: `${receiver.url}/main`, ...change });
const made = async (change: object = {}) => (await must(call('POST', '', profile(change)), 201)).body;

describe('a callback profile', () => {
  it('is made with a secret that is shown once, read, listed and deleted', async () => {
    const answer = await must(call('POST', '', profile({ types: ['invocation.succeeded'] })), 201);
    const { secret, ...view } = answer.body;
    expect(answer.headers.get('location')).toBe(`${PATH}/${view.id}`);
    expect(secret).toMatch(/^whsec_/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
    expect(view).toEqual({
      id: expect.stringMatching(/^cbp_/),
      name: 'Main',
      url: `${receiver.url}/main`,
      types: ['invocation.succeeded'],
      format: 'onward',
      headers: {},
      auth: null,
      enabled: true,
      disabledReason: null,
      failingSince: null,
      previousSecretUntil: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await call('GET', `/${view.id}`)).body).toEqual(view);
    expect((await call('GET')).body).toEqual({ items: [view], nextCursor: null });
    expect((await call('DELETE', `/${view.id}`)).status).toBe(204);
    expectProblem(await call('GET', `/${view.id}`), 404);
    expectProblem(await call('DELETE', `/${view.id}`), 404);
    expectProblem(await call('PUT', `/${view.id}`, profile()), 404);
  });

  it('shows of headers and credentials no more than hints', async () => {
    const auth = { type: 'basic', username: 'onward', password: PASSWORD };
    const { id } = await made({ headers: { 'X-Key': HEADER, 'x-short': 'abc' }, auth });
    const shown = (await call('GET', `/${id}`)).body;
    expect(shown.headers).toEqual({ 'X-Key': '…4713', 'x-short': '…' });
    expect(shown.auth).toEqual({ type: 'basic', hint: '…4712' });
    expect(JSON.stringify(shown)).not.toContain('abc');
  });

  it('has an ID of its own where it is given one, and no other has it', async () => {
    await made({ id: 'cbp_main' });
    expectProblem(await call('POST', '', profile({ id: 'cbp_main' })), 409);
  });

  it('is listed newest first, in pages', async () => {
    const ids = [];
    for (let n = 0; n < 3; n++) ids.unshift((await made()).id);
    const first = (await call('GET', '?limit=2')).body;
    const second = (await call('GET', `?limit=2&cursor=${first.nextCursor}`)).body;
    const listed = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    expect([...listed].sort()).toEqual([...ids].sort());
    expect(second.nextCursor).toBeNull();
  });

  it.each<[string, object, string]>([
    ['a URL that is none', { url: 'example.com/callbacks' }, '/url'],
    ['a URL of another protocol', { url: 'ftp://example.com/' }, '/url'],
    ['an account in the URL', { url: `https://me:${PASSWORD}@example.com/` }, '/url'],
    ['a fragment in the URL', { url: 'https://example.com/#part' }, '/url'],
    ['an address inside', { url: 'http://10.0.0.1/' }, '/url'],
    ['the address of the metadata', { url: 'http://169.254.169.254/latest' }, '/url'],
    ['an address inside, written as a number', { url: 'http://0xa000001/' }, '/url'],
    ['the loopback of IPv6', { url: 'http://[::1]:8080/' }, '/url'],
    ['a header of the signature', { headers: { 'Webhook-Signature': 'v1,x' } }, '/headers/Webhook-Signature'],
    ['the content type', { headers: { 'content-type': 'text/plain' } }, '/headers/content-type'],
    ['the length', { headers: { 'Content-Length': '1' } }, '/headers/Content-Length'],
    ['the host', { headers: { host: 'example.com' } }, '/headers/host'],
    ['a header of the connection', { headers: { 'Transfer-Encoding': 'chunked' } }, '/headers/Transfer-Encoding'],
    ['a header twice', { headers: { 'x-a': '1', 'X-A': '2' } }, '/headers/X-A'],
    ['a header that ends the head', { headers: { 'x-a': 'b\r\nx-c: d' } }, '/headers/x-a'],
    [
      'authorization twice',
      { headers: { Authorization: 'Bearer x' }, auth: { type: 'bearer', token: TOKEN } },
      '/headers/Authorization',
    ],
    ['basic without a password', { auth: { type: 'basic', username: 'a' } }, '/auth/password'],
    ['bearer without a token', { auth: { type: 'bearer' } }, '/auth/token'],
    ['bearer with a name', { auth: { type: 'bearer', token: TOKEN, username: 'a' } }, '/auth/username'],
    ['another authentication', { auth: { type: 'digest' } }, '/auth/type'],
    ['a colon in the name', { auth: { type: 'basic', username: 'a:b', password: PASSWORD } }, '/auth/username'],
    ['a type that there is not', { types: ['invocation.paused'] }, '/types/0'],
    ['no type at all', { types: [] }, '/types'],
    ['a format that there is not', { format: 'xml' }, '/format'],
    ['an ID of another form', { id: 'main' }, '/id'],
    ['no name', { name: '' }, '/name'],
    ['a field that there is not', { secret: 'whsec_eA==' }, '/secret'],
  ])('with %s is 422', async (_name, change, pointer) => {
    const answer = await call('POST', '', profile(change));
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual([pointer]);
  });

  it('that names an address inside is told which setting permits it', async () => {
    expect((await call('POST', '', profile({ url: 'http://10.0.0.1/' }))).body.hint).toContain('ONWARD_CALLBACK_ALLOW');
  });

  it('takes an authorization header where there is no authentication', async () => {
    expect((await made({ headers: { Authorization: `Custom ${HEADER}` } })).headers).toEqual({
      Authorization: '…4713',
    });
  });

  it('cannot be deleted while a published flow names it', async () => {
    const { id } = await made({ id: 'cbp_main' });
    await publishNaming('cbp_main');
    const refused = await call('DELETE', `/${id}`);
    expectProblem(refused, 409);
    expect(refused.body.detail).toContain('wf_other');
    await must(api.call('POST', '/v1/flows/wf_other/unpublish', { body: {} }), 200);
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
  });

  it('that a flow names and nobody has made is a warning, and no error', async () => {
    const published = await publishNaming('cbp_later');
    const unknown = expect.objectContaining({ rule: 'callback-profile-unknown', pointer: '/callbackProfile' });
    expect(published.body.findings).toEqual(expect.arrayContaining([unknown]));
    await made({ id: 'cbp_later' });
    const { findings } = (await api.call('POST', '/v1/flows/wf_other/lint', { body: {} })).body;
    expect(findings).not.toEqual(expect.arrayContaining([unknown]));
  });
});

async function publishNaming(callbackProfile: string) {
  const sms = { name: 'sms', channel: 'sms', provider: 'sandbox', template: 'tpl_cb', timeoutSeconds: 60 };
  const definition = { name: 'other', purpose: OTP.purpose, callbackProfile, steps: [sms] };
  const there = await api.call('GET', '/v1/flows/wf_other');
  if (there.status === 404) {
    const template = { id: 'tpl_cb', name: 'SMS', channel: 'sms', content: { text: 'Hello' } };
    await must(api.call('POST', '/v1/templates', { body: template }), 201);
    await approve(api, 'tpl_cb');
    await must(api.call('POST', '/v1/flows', { body: { workflowId: 'wf_other', ...definition } }), 201);
  } else {
    const headers = { 'if-match': there.headers.get('etag') ?? '' };
    await must(api.call('PUT', '/v1/flows/wf_other/draft', { body: definition, headers }), 200);
  }
  return must(api.call('POST', '/v1/flows/wf_other/publish', { body: {} }), 200);
}

describe('a PUT', () => {
  /** The headers of the next trial. */
  const sentHeaders = async (id: string) => {
    await must(call('POST', `/${id}/test`, { type: 'invocation.started' }), 200);
    return receiver.received.at(-1)?.headers ?? {};
  };

  it('replaces a profile; what is sealed stays where it is left out, or as it was shown', async () => {
    const { id, secret } = await made({ headers: { 'X-Key': HEADER }, auth: { type: 'bearer', token: TOKEN } });
    const url = `${receiver.url}/second`;
    const changed = await must(call('PUT', `/${id}`, { name: 'New', url, types: ['invocation.failed'] }), 200);
    expect(changed.body).toMatchObject({ name: 'New', url, types: ['invocation.failed'], enabled: true });
    expect(await sentHeaders(id)).toMatchObject({ 'x-key': HEADER, authorization: `Bearer ${TOKEN}` });
    await must(call('PUT', `/${id}`, profile({ headers: { 'X-Key': '…4713', 'x-new': 'n' } })), 200);
    expect(await sentHeaders(id)).toMatchObject({ 'x-key': HEADER, 'x-new': 'n', authorization: `Bearer ${TOKEN}` });
    await must(call('PUT', `/${id}`, profile({ headers: {}, auth: null })), 200);
    const bare = await sentHeaders(id);
    expect([bare['x-key'], bare['x-new'], bare.authorization]).toEqual([undefined, undefined, undefined]);
    const last = receiver.received.at(-1);
    if (last) verified(last, secret);
  });

  it('takes nothing that is sealed along to another host', async () => {
    const sealed = { headers: { 'X-Key': HEADER }, auth: { type: 'bearer', token: TOKEN } };
    const { id } = await made(sealed);
    const url = receiver.url.replace(/:\d+/, ':1');
    expect(pointers(await call('PUT', `/${id}`, profile({ url })))).toEqual(['/headers/X-Key', '/auth']);
    const shown = { headers: { 'X-Key': '…4713' }, auth: null };
    expect(pointers(await call('PUT', `/${id}`, profile({ url, ...shown })))).toEqual(['/headers/X-Key']);
    await must(call('PUT', `/${id}`, profile({ url, ...sealed })), 200);
  });

  it('keeps the ID, and is judged as a POST is, with what stays', async () => {
    const { id } = await made({ auth: { type: 'bearer', token: TOKEN } });
    expect(pointers(await call('PUT', `/${id}`, profile({ id: 'cbp_other' })))).toEqual(['/id']);
    expect(pointers(await call('PUT', `/${id}`, profile({ url: 'http://10.0.0.1/' })))).toEqual(['/url']);
    const both = await call('PUT', `/${id}`, profile({ headers: { authorization: 'x' } }));
    expect(pointers(both)).toEqual(['/headers/authorization']);
  });

  it('disables and enables', async () => {
    const { id } = await made();
    const off = await must(call('PUT', `/${id}`, profile({ enabled: false })), 200);
    expect(off.body).toMatchObject({ enabled: false, disabledReason: 'by_hand' });
    const on = await must(call('PUT', `/${id}`, profile()), 200);
    expect(on.body).toMatchObject({ enabled: true, disabledReason: null });
  });
});

describe('another secret', () => {
  const signedWith = async (id: string, secret: string): Promise<boolean> => {
    await must(call('POST', `/${id}/test`, { type: 'invocation.started' }), 200);
    const last = receiver.received.at(-1);
    if (!last) throw new Error('nothing came');
    try {
      verified(last, secret);
      return true;
    } catch {
      return false;
    }
  };

  it('signs at once, and the one before does so too for a day', async () => {
    const { id, secret } = await made();
    const before = Date.now();
    const rotated = (await must(call('POST', `/${id}/rotate-secret`), 200)).body;
    expect(rotated.secret).toMatch(/^whsec_/);
    const until = Date.parse(rotated.previousUntil);
    expect(Math.abs(until - before - DAY_MS)).toBeLessThan(60_000);
    expect((await call('GET', `/${id}`)).body.previousSecretUntil).toBe(rotated.previousUntil);
    expect(await signedWith(id, rotated.secret)).toBe(true);
    expect(await signedWith(id, secret)).toBe(true);
    clock = DAY_MS + 60_000;
    expect((await call('GET', `/${id}`)).body.previousSecretUntil).toBeNull();
  });

  it('is the only one where no overlap is wanted, also of those before the one before', async () => {
    const { id, secret } = await made();
    const second = (await must(call('POST', `/${id}/rotate-secret`, { overlapSeconds: 600 }), 200)).body.secret;
    const third = (await must(call('POST', `/${id}/rotate-secret`, { overlapSeconds: 0 }), 200)).body.secret;
    expect(await signedWith(id, third)).toBe(true);
    expect(await signedWith(id, second)).toBe(false);
    expect(await signedWith(id, secret)).toBe(false);
  });

  it('has an overlap of seven days at most, and needs a profile', async () => {
    const { id } = await made();
    const long = await call('POST', `/${id}/rotate-secret`, { overlapSeconds: 604_801 });
    expectProblem(long, 422);
    expect(pointers(long)).toEqual(['/overlapSeconds']);
    expectProblem(await call('POST', '/cbp_none/rotate-secret', {}), 404);
  });
});

describe('a trial', () => {
  it('sends every type that the profile is told of, and says what came of each', async () => {
    const { id, secret } = await made({ url: `${receiver.url}/trial` });
    const { results } = (await must(call('POST', `/${id}/test`), 200)).body;
    expect(results.map(({ type }: { type: string }) => type)).toEqual(CALLBACK_TYPES);
    const came = receiver.received.filter(({ path }) => path === '/trial');
    expect(came.map((one) => verified(one, secret).type).sort()).toEqual([...CALLBACK_TYPES].sort());
    for (const result of results) {
      expect(result).toMatchObject({ responseCode: 204, error: null, response: '', durationMs: expect.any(Number) });
      expect(came.map(({ headers }) => headers['webhook-id'])).toContain(result.deliveryId);
    }
    expect((await call('GET', `/${id}/deliveries`)).body.items).toEqual([]);
  });

  it('sends the types that are chosen, of Kaleyra’s format those of an end', async () => {
    const few = await made({ types: ['step.advanced', 'invocation.failed'] });
    const typesOf = async (id: string) =>
      (await must(call('POST', `/${id}/test`), 200)).body.results.map(({ type }: { type: string }) => type);
    expect(await typesOf(few.id)).toEqual(['step.advanced', 'invocation.failed']);
    const kaleyra = await made({ format: 'kaleyra' });
    expect(await typesOf(kaleyra.id)).toEqual(
      CALLBACK_TYPES.filter((type) => /^invocation[.](succeeded|failed|cancelled|expired)$/.test(type)),
    );
  });

  it('sends any type that is asked for by name, in either format', async () => {
    const { id } = await made({ format: 'kaleyra', types: ['invocation.failed'] });
    for (const type of CALLBACK_TYPES) {
      const { results } = (await must(call('POST', `/${id}/test`, { type }), 200)).body;
      expect(results).toEqual([expect.objectContaining({ type, responseCode: 204, error: null })]);
    }
  });

  it('says what an endpoint answers that takes nothing', async () => {
    const { id } = await made({ url: `${receiver.url}/broken` });
    receiver.always('/broken', status(500, {}, 'out of order'));
    const { results } = (await must(call('POST', `/${id}/test`, { type: 'invocation.expired' }), 200)).body;
    expect(results).toEqual([
      expect.objectContaining({ type: 'invocation.expired', responseCode: 500, response: 'out of order' }),
    ]);
    expect(results[0].error).not.toBeNull();
    expect((await call('GET', `/${id}`)).body).toMatchObject({ enabled: true, failingSince: null });
  });

  it('of a type that there is not is 422, and of no profile 404', async () => {
    const { id } = await made();
    expectProblem(await call('POST', `/${id}/test`, { type: 'invocation.paused' }), 422);
    expectProblem(await call('POST', '/cbp_none/test', {}), 404);
  });
});

it.each([
  ['POST', ''],
  ['GET', ''],
  ['GET', '/cbp_main'],
  ['PUT', '/cbp_main'],
  ['DELETE', '/cbp_main'],
  ['POST', '/cbp_main/rotate-secret'],
  ['POST', '/cbp_main/test'],
  ['GET', '/cbp_main/deliveries'],
  ['GET', '/cbp_main/deliveries/cbd_1'],
  ['POST', '/cbp_main/deliveries/cbd_1/redeliver'],
  ['GET', '/deliveries/cbd_1'],
  ['POST', '/deliveries/cbd_1/redeliver'],
  ['POST', '/cbp_main/redeliver'],
])('%s %s takes a key that may see flows', async (method, path) => {
  for (const key of [api.keys.live, api.keys.test, api.keys.gateway]) {
    expectProblem(await api.call(method, PATH + path, { key, body: method === 'GET' ? undefined : profile() }), 403);
  }
  expectProblem(await api.call(method, PATH + path, { key: null }), 401);
});
