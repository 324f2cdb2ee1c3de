import { newTicket } from '../../api/tickets';
import { expectProblem, must } from './api-under-test';
import { browser, PASSWORD, type PeopleUnderTest, startWithPeople, tokenOf } from './people-under-test';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let api: PeopleUnderTest;
const logged: string[] = [];
beforeAll(async () => {
  api = await startWithPeople(undefined, {
    logged: (message, fields) => void logged.push(`${message} ${JSON.stringify(fields)}`),
  });
});
afterAll(() => api.close());

const signIn = (email: string, password: string, headers?: Record<string, string>) =>
  api.call('POST', '/v1/session', { key: null, body: { email, password }, headers });

describe('signing in', () => {
  it('with address and password gives a session, which says who it is and what they may', async () => {
    const { email, id } = await api.signedIn('publisher');
    const own = browser(api);
    const before = await must(own.call('GET', '/v1/session'), 200);
    expect(before.body).toEqual({
      ...{ person: null, rights: null, signIn: { password: true, openId: null } },
      ...{ firstStart: true, sandboxOnly: true },
    });
    const answer = await must(
      own.call('POST', '/v1/session', { body: { email: email.toUpperCase(), password: PASSWORD } }),
      200,
    );
    expect(answer.body.person).toEqual({ id, email, name: 'A publisher', role: 'publisher' });
    expect(answer.body.rights).toMatchObject({ flows: 'EDIT', administration: 'NO ACCESS' });
    expect((await own.call('GET', '/v1/session')).body).toEqual(answer.body);
    expect((await own.call('GET', '/v1/flows')).status).toBe(200);
    expectProblem(await own.call('GET', '/v1/people'), 403);
  });

  it('answers word for word the same whatever was wrong', async () => {
    const { email } = await api.signedIn('operator');
    const invited = 'only-invited@example.com';
    await api.invite('operator', invited);
    const disabled = await api.signedIn('operator');
    await must(api.call('PUT', `/v1/people/${disabled.id}`, { body: { disabled: true } }), 200);
    const answers = await Promise.all([
      signIn(email, 'wrong'),
      signIn('nobody@example.com', PASSWORD),
      signIn(invited, PASSWORD),
      signIn(disabled.email, PASSWORD),
      signIn(email, 'x'.repeat(1000)),
    ]);
    for (const answer of answers) expectProblem(answer, 401);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    api.pass(16 * MINUTE);
  });

  it('takes no other sign for one of an address', async () => {
    const { email } = await api.signedIn('operator', 'kim@example.com');
    expect(email).toContain('k');
    // The sign of Kelvin is a k to whoever folds letters.
    expectProblem(await signIn('\u212aim@example.com', PASSWORD), 401);
    expectProblem(await signIn('kim@example.com\u0000', PASSWORD), 401);
    expectProblem(await signIn('__proto__', PASSWORD), 401);
    api.pass(16 * MINUTE);
  });

  it('is refused after ten failures of a client for a quarter of an hour', async () => {
    const { email } = await api.signedIn('operator');
    // More at once than are let in: an attempt counts from its beginning.
    const tries = await Promise.all(Array.from({ length: 14 }, () => signIn(email, 'wrong')));
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(10);
    const refused = await signIn(email, PASSWORD);
    expectProblem(refused, 429);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(800);
    api.pass(wait * 1000 - 2000);
    expectProblem(await signIn(email, PASSWORD), 429);
    api.pass(2000);
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  it('is refused to a client that tried ten others', async () => {
    const { email } = await api.signedIn('operator');
    for (let n = 0; n < 10; n++) expectProblem(await signIn(`nobody${n}@example.com`, 'wrong'), 401);
    expectProblem(await signIn(email, PASSWORD), 429);
    api.pass(16 * MINUTE);
    // What was right counts for nothing.
    for (let n = 0; n < 12; n++) expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  it('takes what is longer than a password, or none, for what it is', async () => {
    expectProblem(await signIn('a@example.com', 'x'.repeat(1025)), 422);
    expectProblem(await signIn('a@example.com', ''), 422);
    const forbidden = '{"email":"a@example.com","password":"x","__proto__":{"role":"owner"}}';
    expectProblem(await api.call('POST', '/v1/session', { key: null, body: forbidden }), 422);
  });

  it('gives a new token each time, and never one that came with the request', async () => {
    const { email } = await api.signedIn('operator');
    const own = browser(api);
    const planted = 'A'.repeat(43);
    own.cookies.set('onward_session', planted);
    await must(own.call('POST', '/v1/session', { body: { email, password: PASSWORD } }), 200);
    const first = own.cookies.get('onward_session') ?? '';
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(first).not.toBe(planted);
    await must(own.call('POST', '/v1/session', { body: { email, password: PASSWORD } }), 200);
    expect(own.cookies.get('onward_session')).not.toBe(first);
    // The one from before is over.
    own.cookies.set('onward_session', first);
    expectProblem(await own.call('GET', '/v1/flows'), 401);
  });
});

describe('the cookie', () => {
  it('is for this host, no script and no other site', async () => {
    const { email } = await api.signedIn('operator');
    const answer = await must(signIn(email, PASSWORD), 200);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^onward_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is kept to https where the console is reached by it', async () => {
    const secure = await startWithPeople((deps) => ({ ...deps, publicUrl: 'https://onward.example' }));
    try {
      const { browser: own, email } = await secure.signedIn('operator');
      expect([...own.cookies.keys()]).toEqual(['__Host-onward_session']);
      const answer = await own.call('POST', '/v1/session', { body: { email, password: PASSWORD } });
      expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
      expect((await own.call('GET', '/v1/flows')).status).toBe(200);
      // Another host of the domain can plant the other name.
      own.cookies.set('onward_session', own.cookies.get('__Host-onward_session') ?? '');
      own.cookies.delete('__Host-onward_session');
      expectProblem(await own.call('GET', '/v1/flows'), 401);
      const ours = { origin: 'https://onward.example' };
      const again = { email, password: PASSWORD };
      expect((await own.call('POST', '/v1/session', { body: again, headers: ours })).status).toBe(200);
    } finally {
      await secure.close();
    }
  });

  it('is looked at only where no key is sent', async () => {
    const { browser: own } = await api.signedIn('owner');
    const cookie = `onward_session=${own.cookies.get('onward_session')}`;
    expect((await api.call('GET', '/v1/people', { key: null, headers: { cookie } })).status).toBe(200);
    expectProblem(await api.call('GET', '/v1/people', { key: api.keys.test, headers: { cookie } }), 403);
    expectProblem(await api.call('GET', '/v1/people', { key: 'live_nobody', headers: { cookie } }), 401);
    // With a key nothing has to come from the console.
    expect(
      (await api.call('POST', '/v1/keys', { headers: { cookie }, body: { name: 'x', role: 'gateway' } })).status,
    ).toBe(201);
  });

  it.each([
    ['one that nobody was given', 'B'.repeat(43)],
    ['one that is too short', 'abc'],
    ['one that is endless', 'x'.repeat(3000)],
    ['one with other signs', `${'%2e'.repeat(14)}x`],
    ['an empty one', ''],
  ])('%s is 401, and a session of nobody', async (_title, value) => {
    const own = browser(api);
    own.cookies.set('onward_session', value);
    expectProblem(await own.call('GET', '/v1/flows'), 401);
    expect((await own.call('GET', '/v1/session')).body.person).toBeNull();
    expect((await own.call('DELETE', '/v1/session')).status).toBe(204);
  });

  it('with a sign changed is nobody’s', async () => {
    const { browser: own } = await api.signedIn('owner');
    const token = own.cookies.get('onward_session') ?? '';
    const other = token.startsWith('A') ? 'B' : 'A';
    own.cookies.set('onward_session', other + token.slice(1));
    expectProblem(await own.call('GET', '/v1/flows'), 401);
  });
});

describe('a request by cookie that changes something', () => {
  const body = { name: 'Somebody', email: 'x@example.com', role: 'analyst' };
  const refused: [string, Record<string, string>][] = [
    ['without the console’s header', { 'x-onward-console': '' }],
    ['from a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['from another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }],
    ['with another Origin', { origin: 'https://evil.example' }],
    ['with an Origin that is none', { origin: 'null' }],
    ['with an Origin that only begins like ours', { origin: 'http://127.0.0.1.evil.example' }],
  ];
  it.each(refused)('%s is 403 and changes nothing', async (_title, headers) => {
    const { browser: own, id } = await api.signedIn('owner');
    expectProblem(await own.call('POST', '/v1/people', { body, headers }), 403);
    expectProblem(await own.call('DELETE', `/v1/people/${id}`, { headers }), 403);
    expectProblem(await own.call('PUT', '/v1/session/password', { body: { password: PASSWORD }, headers }), 403);
    expectProblem(await own.call('DELETE', '/v1/session', { headers }), 403);
    expect((await api.call('GET', '/v1/people?limit=200')).text).not.toContain(body.email);
    // Reading is no change: a link from elsewhere may lead to it.
    expect((await own.call('GET', '/v1/people', { headers })).status).toBe(200);
  });

  it('from the console’s own page is carried out', async () => {
    const { browser: own } = await api.signedIn('owner');
    for (const headers of [{ origin: api.url }, {} as Record<string, string>]) {
      const made = await must(
        own.call('POST', '/v1/people', { body: { ...body, email: 'own@example.com' }, headers }),
        201,
      );
      await must(own.call('DELETE', `/v1/people/${made.body.id}`, { headers }), 204);
    }
  });

  it('also to sign somebody in: another site’s page does not', async () => {
    const { email } = await api.signedIn('operator');
    const { token } = await api.invite('operator', 'cross@example.com');
    const headers = { origin: 'https://evil.example' };
    expectProblem(await signIn(email, PASSWORD, headers), 403);
    const accept = { key: null, body: { password: PASSWORD }, headers };
    expectProblem(await api.call('POST', `/v1/invitations/${token}`, accept), 403);
    expectProblem(
      await api.call('POST', '/v1/session', {
        key: null,
        body: `email=${email}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
      415,
    );
  });
});

describe('a session', () => {
  it('ends when one signs out, for the browser and for the server', async () => {
    const { browser: own } = await api.signedIn('operator');
    const token = own.cookies.get('onward_session') ?? '';
    const out = await must(own.call('DELETE', '/v1/session'), 204);
    expect(out.headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(own.cookies.size).toBe(0);
    own.cookies.set('onward_session', token);
    expectProblem(await own.call('GET', '/v1/flows'), 401);
  });

  it('ends after twelve hours without a request, and not before', async () => {
    const { browser: own } = await api.signedIn('operator');
    for (let n = 0; n < 3; n++) {
      api.pass(11 * HOUR);
      expect((await own.call('GET', '/v1/flows')).status).toBe(200);
    }
    api.pass(12 * HOUR + MINUTE);
    expectProblem(await own.call('GET', '/v1/flows'), 401);
  });

  it('ends after thirty days, whatever is asked of it', async () => {
    const { browser: own } = await api.signedIn('operator');
    for (let n = 0; n < 60; n++) {
      api.pass(12 * HOUR - MINUTE);
      expect((await own.call('GET', '/v1/flows')).status).toBe(200);
    }
    api.pass(2 * HOUR);
    expectProblem(await own.call('GET', '/v1/flows'), 401);
  });

  it('is noted as seen once a minute at most', async () => {
    const writes: string[] = [];
    const own = await startWithPeople((deps) => {
      const { sessions } = deps.store;
      const seen = (hash: string, at: number) => {
        writes.push(hash);
        return sessions.seen(hash, at);
      };
      return { ...deps, store: { ...deps.store, sessions: { ...sessions, seen } } };
    });
    try {
      const { browser: person } = await own.signedIn('operator');
      for (let n = 0; n < 30; n++) {
        own.pass(5_000);
        // As a page asks: several things at once.
        await Promise.all([1, 2, 3].map(() => must(person.call('GET', '/v1/flows'), 200)));
      }
      expect(writes).toHaveLength(2);
    } finally {
      await own.close();
    }
  });

  it('of somebody who is disabled, removed or signed out everywhere is over, and comes not back', async () => {
    const ends: ((id: string) => Promise<unknown>)[] = [
      (id) => must(api.call('PUT', `/v1/people/${id}`, { body: { disabled: true } }), 200),
      (id) => must(api.call('DELETE', `/v1/people/${id}`), 204),
      (id) => must(api.call('DELETE', `/v1/people/${id}/sessions`), 204),
    ];
    for (const end of ends) {
      const { browser: own, id } = await api.signedIn('operator');
      expect((await own.call('GET', '/v1/flows')).status).toBe(200);
      await end(id);
      expectProblem(await own.call('GET', '/v1/flows'), 401);
      await api.call('PUT', `/v1/people/${id}`, { body: { disabled: false } });
      expectProblem(await own.call('GET', '/v1/flows'), 401);
    }
  });

  it('that another process has ended is taken for two seconds at most; so is a role from before', async () => {
    const { people, sessions } = api.house.api.store;
    const { browser: own, id } = await api.signedIn('owner');
    const lowered = await api.signedIn('publisher');
    expect((await own.call('GET', '/v1/people')).status).toBe(200);
    expect((await lowered.browser.call('GET', '/v1/flows')).status).toBe(200);
    await people.change(id, { disabled: true });
    await people.change(lowered.id, { role: 'operator' });
    await sessions.deleteOf(id, null);
    api.pass(2000);
    expectProblem(await own.call('GET', '/v1/people'), 401);
    expectProblem(await lowered.browser.call('POST', '/v1/flows', { body: {} }), 403);
    await people.change(id, { disabled: false });
  });
});

describe('a password', () => {
  it('is changed by whoever knows the one before; sessions elsewhere end', async () => {
    const { browser: own, email, id } = await api.signedIn('analyst');
    const elsewhere = browser(api);
    await must(elsewhere.call('POST', '/v1/session', { body: { email, password: PASSWORD } }), 200);
    const next = 'une phrase de passe très longue 🐎';
    const change = (body: object) => own.call('PUT', '/v1/session/password', { body });
    expectProblem(await change({ password: next }), 422);
    expectProblem(await change({ current: 'wrong', password: next }), 422);
    expectProblem(await change({ current: PASSWORD, password: 'elevensigns' }), 422);
    expectProblem(await change({ current: PASSWORD, password: 'x'.repeat(257) }), 422);
    expect((await elsewhere.call('GET', '/v1/flows')).status).toBe(200);
    const link = (await must(api.call('POST', `/v1/people/${id}/invitation`), 201)).body.url;
    expect((await change({ current: PASSWORD, password: next })).status).toBe(204);
    expectProblem(await api.call('GET', `/v1/invitations/${tokenOf(link)}`, { key: null }), 404);
    expectProblem(await elsewhere.call('GET', '/v1/flows'), 401);
    expect((await own.call('GET', '/v1/flows')).status).toBe(200);
    expectProblem(await signIn(email, PASSWORD), 401);
    // The same signs, composed otherwise by another keyboard.
    expect((await signIn(email, next.normalize('NFD'))).status).toBe(200);
  });

  it('cannot be tried at by whoever has a session alone', async () => {
    const { browser: own } = await api.signedIn('analyst');
    const change = () =>
      own.call('PUT', '/v1/session/password', { body: { current: 'wrong', password: 'x'.repeat(12) } });
    for (let n = 0; n < 10; n++) expectProblem(await change(), 422);
    expectProblem(await change(), 429);
  });

  it('of a key there is none', async () => {
    const answer = await api.call('PUT', '/v1/session/password', { body: { password: PASSWORD } });
    expectProblem(answer, 403);
  });
});

describe('the link for the owner', () => {
  const follow = (path: string, method = 'GET') => fetch(api.url + path, { method, redirect: 'manual' });

  it('signs in once, of many that follow it at once', async () => {
    const { id } = await api.signedIn('owner');
    const { token } = await newTicket(
      api.house.api.store.tickets,
      { kind: 'sign_in', personId: id },
      Date.now() + DAY * 365,
    );
    const path = `/console/sign-in?token=${token}`;
    expect((await follow(path, 'HEAD')).status).toBe(200);
    const answers = await Promise.all(Array.from({ length: 6 }, () => follow(path)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(303));
    const inside = answers.filter((answer) => answer.headers.get('location') === '/console');
    expect(inside).toHaveLength(1);
    const cookie = inside[0]?.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const session = await api.call('GET', '/v1/session', { key: null, headers: { cookie } });
    expect(session.body.person).toMatchObject({ id, role: 'owner' });
    expect(inside[0]?.headers.get('referrer-policy')).toBe('no-referrer');
    for (const other of answers.filter((answer) => answer !== inside[0])) {
      expect(other.headers.get('location')).toBe('/console/sign-in?problem=link');
      expect(other.headers.getSetCookie()).toEqual([]);
    }
  });

  it.each(['', 'x', '../../etc', 'A'.repeat(43), '__proto__'])(
    'with the token “%s” leads to the page that says so',
    async (token) => {
      const answer = await follow(`/console/sign-in?token=${encodeURIComponent(token)}`);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/console/sign-in?problem=link']);
    },
  );

  it('is no invitation, and an invitation is no such link', async () => {
    const { token } = await api.invite('owner', 'kind@example.com');
    const answer = await follow(`/console/sign-in?token=${token}`);
    expect(answer.headers.get('location')).toBe('/console/sign-in?problem=link');
    expect((await api.call('GET', `/v1/invitations/${token}`, { key: null })).status).toBe(200);
  });
});

test('no password, token or address stood in a log', () => {
  expect(api.errors).toEqual([]);
  const text = logged.join('\n');
  for (const secret of [PASSWORD, 'example.com', 'argon2']) expect(text).not.toContain(secret);
});
