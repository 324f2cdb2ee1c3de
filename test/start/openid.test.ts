import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { withinConsole } from '../../api/openid';
import { type OpenIdStandIn, startOpenId } from '../stand-ins/openid';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const CLIENT = { id: 'onward-console', secret: 'secret-of-the-client' };
const root = temporaryFolder();
const start = serverProcesses();
let provider: OpenIdStandIn;
let server: ServerProcess;

/** In a process: the library has ECMAScript modules only. */
beforeAll(async () => {
  provider = await startOpenId(CLIENT);
  const env = {
    ONWARD_OPENID_ISSUER: provider.issuer,
    ONWARD_OPENID_CLIENT_ID: CLIENT.id,
    ONWARD_OPENID_CLIENT_SECRET: CLIENT.secret,
    ONWARD_OPENID_NAME: 'Example SSO',
  };
  server = await (await start({ dataFolder: mkdtempSync(join(root, 'data-')), env })).ready();
  await invite('ann@example.com', 'publisher');
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await provider?.close();
});
beforeEach(() => {
  provider.claims = { email: 'ann@example.com', email_verified: true };
  provider.lies = {};
  provider.userinfo = null;
  provider.forges = false;
});

async function call(method: string, path: string, body?: object) {
  const headers = { 'api-key': server.ownerKey, 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
}

async function invite(email: string, role: string): Promise<string> {
  const { status, body } = await call('POST', '/v1/people', { email, name: 'Ann', role });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

/** A browser without scripts: where it is led, and its cookies. */
class Browser {
  readonly cookies = new Map<string, string>();

  async get(url: string): Promise<string> {
    const ours = url.startsWith(server.url);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: ours ? { cookie } : {} });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (line.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return new URL(answer.headers.get('location') ?? '', url).href.replace(server.url, '');
  }

  /** To the provider and back to us, but not further. */
  async toCallback(returnTo = '/console/runs?status=failed'): Promise<string> {
    const there = await this.get(`${server.url}/v1/session/openid?returnTo=${encodeURIComponent(returnTo)}`);
    expect(there).toContain(`${provider.issuer}/authorize?`);
    return server.url + (await this.get(there));
  }

  async signIn(returnTo?: string): Promise<string> {
    return this.get(await this.toCallback(returnTo));
  }

  async person(): Promise<unknown> {
    const cookie = `onward_session=${this.cookies.get('onward_session') ?? ''}`;
    const answer = await fetch(`${server.url}/v1/session`, { headers: { cookie } });
    return ((await answer.json()) as { person: unknown }).person;
  }
}

const UNKNOWN = '/console/sign-in?problem=unknown';
const FAILED = '/console/sign-in?problem=openid';

test('the console is told what the provider is called', async () => {
  const { body } = await call('GET', '/v1/session');
  expect(body).toMatchObject({ signIn: { password: true, openId: { name: 'Example SSO' } } });
});

test('whoever is invited comes in by their verified address, and to where they wanted', async () => {
  const browser = new Browser();
  expect(await browser.signIn()).toBe('/console/runs?status=failed');
  expect(await browser.person()).toMatchObject({ email: 'ann@example.com', role: 'publisher' });
  expect([...browser.cookies.keys()]).toEqual(['onward_session']);
  expect(provider.complaints).toEqual([]);
  const { body } = await call('GET', '/v1/people');
  expect(body).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ email: 'ann@example.com', status: 'active' })]),
  });
});

test('an address that only userinfo has counts, where it is verified there', async () => {
  provider.claims = {};
  provider.userinfo = { email: 'ann@example.com', email_verified: true };
  expect(await new Browser().signIn()).toBe('/console/runs?status=failed');
  provider.userinfo = { email: 'ann@example.com' };
  expect(await new Browser().signIn()).toBe(UNKNOWN);
});

test.each([
  ['nobody here has', { email: 'bob@example.com', email_verified: true }],
  ['is not verified', { email: 'ann@example.com', email_verified: false }],
  ['is said to be verified in a word', { email: 'ann@example.com', email_verified: 'true' }],
  ['is not said to be verified', { email: 'ann@example.com' }],
  ['is of this machine', { email: 'owner@localhost', email_verified: true }],
  ['looks like one that is known', { email: 'ann@example.com\u0131', email_verified: true }],
])('an address that %s lets nobody in', async (_title, claims) => {
  provider.claims = claims;
  const browser = new Browser();
  expect(await browser.signIn()).toBe(UNKNOWN);
  expect(browser.cookies.size).toBe(0);
});

test('somebody who is disabled does not come in', async () => {
  const id = await invite('gone@example.com', 'owner');
  await call('PUT', `/v1/people/${id}`, { disabled: true });
  provider.claims = { email: 'gone@example.com', email_verified: true };
  expect(await new Browser().signIn()).toBe(UNKNOWN);
});

test.each<[string, Record<string, unknown>]>([
  ['another nonce', { nonce: 'another' }],
  ['another issuer', { iss: 'http://127.0.0.1:1' }],
  ['another client', { aud: 'another' }],
  ['an end that is past', { exp: 1 }],
])('an ID token with %s counts for nothing', async (_title, lies) => {
  provider.lies = lies;
  const browser = new Browser();
  expect(await browser.signIn()).toBe(FAILED);
  expect(browser.cookies.size).toBe(0);
});

test('nor does one that somebody else has signed', async () => {
  provider.forges = true;
  expect(await new Browser().signIn()).toBe(FAILED);
});

test('a sign-in ends in the browser that began it, with the state that it began with, and once', async () => {
  const browser = new Browser();
  const callback = await browser.toCallback();
  // Another browser, as of somebody who was sent the address.
  expect(await new Browser().get(callback)).toBe(FAILED);
  const forged = new URL(callback);
  forged.searchParams.set('state', 'another');
  const kept = new Map(browser.cookies);
  expect(await browser.get(forged.href)).toBe(FAILED);
  const again = new Browser();
  for (const [name, value] of kept) again.cookies.set(name, value);
  expect(await again.get(callback)).toBe('/console/runs?status=failed');
  const replayed = new Browser();
  for (const [name, value] of kept) replayed.cookies.set(name, value);
  expect(await replayed.get(callback)).toBe(FAILED);
});

test.each([
  ['an empty object', 'e30'],
  ['null', 'bnVsbA'],
  ['other signs', '%7B'],
  ['no end', 'x'.repeat(5000)],
  ['objects for words', Buffer.from('{"state":{"__proto__":1}}').toString('base64url')],
])('a cookie of the way with %s leads to the page that says so', async (_title, value) => {
  const browser = new Browser();
  const callback = await browser.toCallback();
  browser.cookies.set('onward_openid', value);
  expect(await browser.get(callback)).toBe(FAILED);
});

test('a word of refusal from the provider leads to the page that says so', async () => {
  const browser = new Browser();
  const callback = new URL(await browser.toCallback());
  callback.searchParams.delete('code');
  callback.searchParams.set('error', 'access_denied');
  expect(await browser.get(callback.href)).toBe(FAILED);
});

test.each([
  ['/console/flows/flw_1?x=1#y', '/console/flows/flw_1?x=1#y'],
  ['/console', '/console'],
  ['/console/..//evil.example', '/console'],
  ['/console/%2e%2e/v1/keys', '/console'],
  ['//evil.example/console/', '/console'],
  ['/\\evil.example/console/', '/console'],
  ['https://evil.example/console/', '/console'],
  ['javascript:alert(1)', '/console'],
  ['/consoles', '/console'],
  ['/v1/flows', '/console'],
  ['\t//evil.example', '/console'],
  ['', '/console'],
])('after it one is led to the console alone: %j', (asked, led) => {
  expect(withinConsole(asked)).toBe(led);
});

test('nothing that one could get in by stood in the log', () => {
  for (const secret of [CLIENT.secret, 'ann@example.com', 'code=', 'id_token'])
    expect(server.output()).not.toContain(secret);
});
