import { type AllowedRanges, parseRange } from '../../callbacks/address-guard';
import { createGuardedAgents } from '../../callbacks/guarded-agents';
import type { LookUp } from '../../callbacks/look-up';
import { createPost } from '../../callbacks/post';
import { createCallbackSender } from '../../callbacks/sender';
import { REAL_TIMERS, type Timers } from '../../callbacks/timers';
import { type CallbackReceiver, openCallbackReceiver, status, verified } from '../stand-ins/callback-receiver';
import { PROFILE_SECRET, profileAt } from '../support/callback-profile';
import { until } from '../support/until';
import { virtualTime } from '../support/virtual-time';

const delivery = { id: 'cbd_1', body: '{"type":"invocation.started"}' };
const noName: LookUp = async (name) => {
  throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
};

let receiver: CallbackReceiver;
const closing: (() => void)[] = [];
beforeEach(async () => {
  receiver = await openCallbackReceiver();
});
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await receiver.close();
});

function poster({ allow = '127.0.0.0/8', lookUp = noName, timers = REAL_TIMERS as Timers } = {}) {
  const agents = createGuardedAgents(allow === '' ? [] : ([parseRange(allow)] as AllowedRanges), lookUp);
  closing.push(() => agents.close());
  const post = createPost({ agents, timers, userAgent: 'Onward/test' });
  return { post, agents, sender: createCallbackSender({ post, agents, wake: () => {} }) };
}

test('a callback is a signed POST of JSON with the profile’s headers and account', async () => {
  const { post } = poster();
  const headers = { 'X-Team': 'one', 'Webhook-Id': 'forged', Host: 'elsewhere', 'Content-Length': '3' };
  const auth = { type: 'basic', username: 'ann', password: 'pässword' } as const;
  const posted = await post(profileAt(`${receiver.url}/in?a=1`, { headers, auth }), delivery);
  expect(posted).toMatchObject({ responseCode: 204, error: null, response: '', retryAfterMs: null });
  const [one] = receiver.received;
  if (!one) throw new Error('nothing came');
  expect(one.path).toBe('/in?a=1');
  expect(one.headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'Onward/test',
    'x-team': 'one',
    'webhook-id': 'cbd_1',
    host: `127.0.0.1:${receiver.port}`,
    authorization: `Basic ${Buffer.from('ann:pässword').toString('base64')}`,
  });
  expect(verified(one, PROFILE_SECRET)).toEqual({ type: 'invocation.started' });
  await post(profileAt(receiver.url, { auth: { type: 'bearer', token: 'tok' } }), delivery);
  expect(receiver.received[1]?.headers.authorization).toBe('Bearer tok');
});

test('connections are kept open, and one that the endpoint has closed meanwhile is no failure', async () => {
  const { post } = poster();
  for (let n = 0; n < 5; n++) await post(profileAt(receiver.url), delivery);
  expect(receiver.connections()).toBe(1);
  receiver.meets('/', (response) => {
    response.writeHead(204).end();
    response.socket?.destroySoon();
  });
  await post(profileAt(receiver.url), delivery);
  expect((await post(profileAt(receiver.url), delivery)).responseCode).toBe(204);
});

test('a redirect is not followed and is a failure', async () => {
  const { post } = poster();
  receiver.meets('/', status(302, { location: `${receiver.url}/elsewhere` }));
  expect(await post(profileAt(receiver.url), delivery)).toMatchObject({
    responseCode: 302,
    error: 'it answered 302: redirects are not followed',
  });
  expect(receiver.received).toHaveLength(1);
});

test('of an answer the first 1,024 bytes are kept, whole characters only', async () => {
  const { post } = poster();
  receiver.meets('/', status(500, {}, 'é'.repeat(2_000)), status(200, {}, `x${'é'.repeat(2_000)}`));
  const first = await post(profileAt(receiver.url), delivery);
  expect(first).toMatchObject({ responseCode: 500, error: 'it answered 500', response: 'é'.repeat(512) });
  const second = await post(profileAt(receiver.url), delivery);
  expect(second).toMatchObject({ responseCode: 200, error: null, response: `x${'é'.repeat(511)}` });
});

test('an endless body is cut off, and counts by its status', async () => {
  const { post } = poster();
  let written = 0;
  let closed = false;
  receiver.meets('/', (response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536, 'x');
    const more = () => {
      while (!closed && response.write(chunk)) written += chunk.length;
      written += chunk.length;
    };
    response.on('drain', more).on('close', () => {
      closed = true;
    });
    more();
  });
  const posted = await post(profileAt(receiver.url), delivery);
  expect(posted).toMatchObject({ responseCode: 200, error: null });
  expect(posted.response).toHaveLength(1_024);
  await until(() => closed, 'the connection to be closed');
  expect(written).toBeLessThan(50_000_000);
});

test('headers without end are an answer that counts for nothing', async () => {
  const { post } = poster();
  receiver.meets('/', (response) => {
    response.socket?.write(`HTTP/1.1 200 OK\r\n${'x-bomb: 0123456789\r\n'.repeat(5_000)}`);
  });
  const posted = await post(profileAt(receiver.url), delivery);
  expect(posted).toMatchObject({ responseCode: null, error: 'no answer (HPE_HEADER_OVERFLOW)' });
});

test('an endpoint that hangs, and one that drips, are left after 15 s', async () => {
  const time = virtualTime(Date.now());
  const { post } = poster({ timers: time });
  receiver.meets('/hang', 'hangs');
  receiver.meets('/drip', (response) => {
    response.writeHead(503, { 'retry-after': '7' });
    response.write('drip');
  });
  receiver.meets('/slow-head', (response) => {
    response.socket?.write('HTTP/1.1 200 OK\r\nx-a');
  });
  const all = Promise.all(
    ['/hang', '/drip', '/slow-head'].map((path) => post(profileAt(receiver.url + path), delivery)),
  );
  await until(() => receiver.received.length === 3, 'all to have come');
  // What has been written reaches us by real time.
  await new Promise((resolve) => setTimeout(resolve, 100));
  time.advance(14_999);
  time.advance(1);
  const [hang, drip, slow] = await all;
  expect(hang).toMatchObject({ responseCode: null, error: 'no answer within 15 s', durationMs: 15_000 });
  expect(drip).toMatchObject({ responseCode: 503, response: 'drip', retryAfterMs: 7_000 });
  expect(slow).toMatchObject({ responseCode: null, error: 'no answer within 15 s' });
});

test('a reset, a closed port and an upgrade are failures in a few words', async () => {
  const { post } = poster();
  receiver.meets('/', 'resets', (response) => {
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  });
  expect(await post(profileAt(receiver.url), delivery)).toMatchObject({ error: 'no answer (ECONNRESET)' });
  expect(await post(profileAt(receiver.url), delivery)).toMatchObject({ responseCode: 101, error: 'it answered 101' });
  const { url } = receiver;
  await receiver.close();
  expect(await post(profileAt(url), delivery)).toMatchObject({ responseCode: null, error: 'no answer (ECONNREFUSED)' });
  receiver = await openCallbackReceiver();
});

test('how long to wait is read from Retry-After, in seconds or as a date', async () => {
  const { post } = poster();
  const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 90_000).toUTCString();
  receiver.meets('/', status(429, { 'retry-after': '120' }), status(503, { 'retry-after': date }), status(429));
  expect((await post(profileAt(receiver.url), delivery)).retryAfterMs).toBe(120_000);
  const byDate = (await post(profileAt(receiver.url), delivery)).retryAfterMs ?? 0;
  expect(byDate).toBeGreaterThan(60_000);
  expect(byDate).toBeLessThanOrEqual(91_000);
  expect((await post(profileAt(receiver.url), delivery)).retryAfterMs).toBeNull();
});

test.each(['127.0.0.1', '0x7f.0.0.1', '2130706433', '0177.1', '[::ffff:127.0.0.1]', '[::1]', '0.0.0.0'])(
  'http://%s is refused, and nothing is connected to',
  async (host) => {
    const { post, sender } = poster({ allow: '' });
    const url = `http://${host}:${receiver.port}/`;
    expect(await post(profileAt(url), delivery)).toMatchObject({
      responseCode: null,
      error: expect.stringContaining('which ONWARD_CALLBACK_ALLOW does not permit'),
    });
    expect(receiver.connections()).toBe(0);
    expect(await sender.refusal(url)).toContain('ONWARD_CALLBACK_ALLOW');
  },
);

test('a name that leads outside first and inside at its second look-up reaches nothing inside', async () => {
  const asked: string[] = [];
  const lookUp: LookUp = async (name) => {
    asked.push(name);
    return asked.length === 1 ? ['203.0.113.7', '8.8.8.8'] : ['127.0.0.1'];
  };
  const { post, sender } = poster({ allow: '', lookUp });
  const url = `http://rebinding.example:${receiver.port}/`;
  expect(await sender.refusal(url)).toBeNull();
  expect(await post(profileAt(url), delivery)).toMatchObject({
    responseCode: null,
    error: 'the endpoint has an address of the range “loopback”, which ONWARD_CALLBACK_ALLOW does not permit',
  });
  expect(asked).toEqual(['rebinding.example', 'rebinding.example']);
  expect(receiver.connections()).toBe(0);
});

test('of several addresses only those are connected to that are permitted', async () => {
  const { post } = poster({ allow: '127.0.0.1/32', lookUp: async () => ['169.254.169.254', '127.0.0.1', '::1'] });
  expect(await post(profileAt(`http://mixed.example:${receiver.port}/`), delivery)).toMatchObject({
    responseCode: 204,
  });
});

test('an address is refused with https as with http, and a name that has none is said so', async () => {
  const { post, sender } = poster({ allow: '', lookUp: async () => ['10.0.0.1'] });
  expect((await post(profileAt('https://inside.example/'), delivery)).error).toContain('private');
  const unknown = poster({ allow: '' });
  expect((await unknown.post(profileAt('https://nobody.example/'), delivery)).error).toBe('no answer (ENOTFOUND)');
  expect(await unknown.sender.refusal('https://nobody.example/')).toBeNull();
  expect(await sender.refusal('ftp://example.com/')).toBe('it is neither https nor http');
  expect(await sender.refusal('https://ann:secret@example.com/')).toContain('auth');
  expect(await sender.refusal('no url')).toBe('it is no URL');
});

test('no proxy of the environment comes between', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    HTTP_PROXY: 'http://127.0.0.1:1',
    http_proxy: 'http://127.0.0.1:1',
    NODE_USE_ENV_PROXY: '1',
  });
  try {
    expect(await poster().post(profileAt(receiver.url), delivery)).toMatchObject({ responseCode: 204 });
  } finally {
    process.env = before;
  }
});

test('a header that cannot be written is a failure of that callback alone', async () => {
  const { post } = poster();
  const posted = await post(profileAt(receiver.url, { headers: { 'x-bad': 'a\nb' } }), delivery);
  expect(posted).toMatchObject({ responseCode: null, error: 'no answer (ERR_INVALID_CHAR)' });
  expect((await post(profileAt('http://'), delivery)).error).toBe('the URL cannot be read');
});
