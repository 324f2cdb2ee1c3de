import { PERSON_ROLES } from '../../schemas/vocabulary';
import { type ApiUnderTest, expectProblem, must, pointers } from './api-under-test';
import { browser, PASSWORD, type PeopleUnderTest, startWithPeople, tokenOf } from './people-under-test';

const DAY = 86_400_000;

let api: PeopleUnderTest;
beforeAll(async () => {
  api = await startWithPeople();
});
afterAll(() => api.close());

const accept = (token: string, body: object = { password: PASSWORD }) =>
  api.call('POST', `/v1/invitations/${token}`, { key: null, body });
const look = (token: string) => api.call('GET', `/v1/invitations/${token}`, { key: null });
const status = async (id: string) => (await api.call('GET', `/v1/people/${id}`)).body.status;

describe('an invitation', () => {
  it('is made with the person, its link shown once, and lets them in with a password of their own', async () => {
    const body = { email: 'Ann@Example.com', name: 'Ann', role: 'publisher' };
    const made = await must(api.call('POST', '/v1/people', { body }), 201);
    expect(made.body).toEqual({
      ...body,
      ...{ id: expect.stringMatching(/^per_/), status: 'invited', createdAt: expect.any(String) },
      ...{ lastSeenAt: null, hasPassword: false },
      invitation: {
        url: expect.stringMatching(/\/console\/invitation\?token=[\w-]{43}$/),
        expiresAt: expect.any(String),
      },
    });
    const token = tokenOf(made.body.invitation.url);
    const { invitation, ...person } = made.body;
    expect((await api.call('GET', `/v1/people/${person.id}`)).body).toEqual(person);
    expect((await look(token)).body).toEqual({ ...body, expiresAt: invitation.expiresAt });

    const own = browser(api);
    const inside = await must(
      own.call('POST', `/v1/invitations/${token}`, { body: { name: 'Ann B.', password: PASSWORD } }),
      200,
    );
    expect(inside.body.person).toEqual({ id: person.id, name: 'Ann B.', email: body.email, role: 'publisher' });
    expect((await own.call('GET', '/v1/flows')).status).toBe(200);
    const now = (await api.call('GET', `/v1/people/${person.id}`)).body;
    expect(now).toMatchObject({ status: 'active', hasPassword: true, name: 'Ann B.' });
    expect(now.lastSeenAt).not.toBeNull();
  });

  it('is good once, of many that accept it at once', async () => {
    const { token } = await api.invite('analyst', 'once@example.com');
    const answers = await Promise.all(Array.from({ length: 5 }, () => accept(token)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 404, 404, 404, 404]);
    expectProblem(await look(token), 404);
  });

  it('is kept by whoever chose a password that is too short', async () => {
    const { token } = await api.invite('analyst', 'short@example.com');
    expect(pointers(await accept(token, { password: 'elevensigns' }))).toEqual(['/password']);
    expect(pointers(await accept(token, { password: PASSWORD, role: 'owner' }))).toEqual(['/role']);
    expect((await accept(token)).body.person.role).toBe('analyst');
  });

  it('expires after seven days, is replaced by a new one, and goes with the person', async () => {
    const old = await api.invite('analyst', 'late@example.com');
    api.pass(7 * DAY);
    expectProblem(await look(old.token), 404);
    expectProblem(await accept(old.token), 404);

    const first = await api.invite('analyst', 'twice@example.com');
    const second = await must(api.call('POST', `/v1/people/${first.id}/invitation`), 201);
    expectProblem(await look(first.token), 404);
    expectProblem(await accept(first.token), 404);
    await must(api.call('PUT', `/v1/people/${first.id}`, { body: { disabled: true } }), 200);
    expectProblem(await accept(tokenOf(second.body.url)), 404);
    expectProblem(await api.call('POST', `/v1/people/${first.id}/invitation`), 409);

    const gone = await api.invite('analyst', 'gone@example.com');
    await must(api.call('DELETE', `/v1/people/${gone.id}`), 204);
    expectProblem(await accept(gone.token), 404);
  });

  it('to somebody who is here resets the password; whoever knew the one before is out', async () => {
    const { id, browser: own, email } = await api.signedIn('publisher');
    const { body } = await must(api.call('POST', `/v1/people/${id}/invitation`), 201);
    expect((await own.call('GET', '/v1/flows')).status).toBe(200);
    await must(accept(tokenOf(body.url), { password: 'another good passphrase' }), 200);
    expectProblem(await own.call('GET', '/v1/flows'), 401);
    const signIn = (password: string) => api.call('POST', '/v1/session', { key: null, body: { email, password } });
    expectProblem(await signIn(PASSWORD), 401);
    expect((await signIn('another good passphrase')).status).toBe(200);
  });

  it.each(['x', '__proto__', '..%2f..', 'A'.repeat(43), '%00'])('with the token “%s” is not known', async (token) => {
    expectProblem(await look(token), 404);
    expectProblem(await accept(token), 404);
  });
});

describe('people', () => {
  it('have an address each, of which capitals make no other', async () => {
    const { id } = await api.invite('analyst', 'taken@example.com');
    const other = await api.invite('analyst', 'other@example.com');
    const again = { email: 'TAKEN@example.com', name: 'x', role: 'analyst' };
    const refused = await api.call('POST', '/v1/people', { body: again });
    expectProblem(refused, 409);
    expect(pointers(refused)).toEqual(['/email']);
    expectProblem(await api.call('PUT', `/v1/people/${other.id}`, { body: { email: again.email } }), 409);
    expect((await api.call('PUT', `/v1/people/${id}`, { body: { email: again.email } })).body.email).toBe(again.email);
  });

  it('are changed in what is named', async () => {
    const { id } = await api.invite('analyst', 'change@example.com');
    const change = (body: object) => api.call('PUT', `/v1/people/${id}`, { body });
    expect((await change({ role: 'operator' })).body).toMatchObject({ role: 'operator', name: 'A analyst' });
    expect((await change({ name: 'Zoë 🦊', disabled: true })).body).toMatchObject({
      name: 'Zoë 🦊',
      status: 'disabled',
    });
    expect((await change({ disabled: false })).body).toMatchObject({ role: 'operator', status: 'invited' });
    for (const body of [
      {},
      { role: 'invoker' },
      { role: 'king' },
      { passwordHash: 'x' },
      { id: 'per_x' },
      { email: 'no' },
    ]) {
      expectProblem(await change(body), 422);
    }
    const forbidden = '{"name":"x","constructor":{"role":"owner"}}';
    expectProblem(await api.call('PUT', `/v1/people/${id}`, { body: forbidden }), 422);
  });

  it('that are unknown are 404 on every route', async () => {
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PUT', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['POST', '/invitation', undefined],
      ['DELETE', '/sessions', undefined],
    ] as const) {
      expectProblem(await api.call(method, `/v1/people/per_nobody${path}`, { body }), 404);
    }
  });

  it('are listed without anything that one could get in by', async () => {
    await api.signedIn('analyst');
    const { text, body } = await api.call('GET', '/v1/people?limit=200');
    expect(text).not.toMatch(/argon2|passwordHash|token/);
    expect(body.items.length).toBeGreaterThan(3);
    expect((await api.call('GET', '/v1/people?limit=1')).body.nextCursor).toEqual(expect.any(String));
  });
});

describe('an admin', () => {
  it('looks after everybody but owners, and makes none', async () => {
    const owner = await api.signedIn('owner');
    const { browser: admin, id } = await api.signedIn('admin');
    const invite = (role: string) =>
      admin.call('POST', '/v1/people', { body: { email: `by-admin-${role}@example.com`, name: 'x', role } });
    for (const role of PERSON_ROLES)
      expect([role, (await invite(role)).status]).toEqual([role, role === 'owner' ? 403 : 201]);
    const other = await api.invite('operator', 'raised@example.com');
    for (const raised of [id, other.id]) {
      expectProblem(await admin.call('PUT', `/v1/people/${raised}`, { body: { role: 'owner' } }), 403);
    }
    for (const [method, path, body] of [
      ['PUT', '', { name: 'x' }],
      ['PUT', '', { email: 'mine@example.com' }],
      ['PUT', '', { disabled: true }],
      ['DELETE', '', undefined],
      ['POST', '/invitation', undefined],
      ['DELETE', '/sessions', undefined],
    ] as const) {
      expectProblem(await admin.call(method, `/v1/people/${owner.id}${path}`, { body }), 403);
    }
    expect((await admin.call('GET', `/v1/people/${owner.id}`)).status).toBe(200);
    expect((await owner.browser.call('GET', '/v1/people')).status).toBe(200);
    expect((await admin.call('DELETE', `/v1/people/${other.id}`)).status).toBe(204);
  });

  it('gets in as nobody who was made an owner since, by a link of before', async () => {
    const owner = await api.signedIn('owner');
    const { browser: admin } = await api.signedIn('admin');
    const body = { email: 'soon-owner@example.com', name: 'x', role: 'admin' };
    const { id, invitation } = (await must(admin.call('POST', '/v1/people', { body }), 201)).body;
    await must(owner.browser.call('PUT', `/v1/people/${id}`, { body: { role: 'owner' } }), 200);
    expectProblem(await accept(tokenOf(invitation.url)), 404);
    const { url } = (await must(owner.browser.call('POST', `/v1/people/${id}/invitation`), 201)).body;
    expect((await look(tokenOf(url))).status).toBe(200);
    await must(owner.browser.call('PUT', `/v1/people/${id}`, { body: { email: 'elsewhere@example.com' } }), 200);
    expectProblem(await look(tokenOf(url)), 404);
    await must(owner.browser.call('DELETE', `/v1/people/${id}`), 204);
  });

  it.each(['publisher', 'operator', 'analyst'] as const)('is whom people are for, and not a %s', async (role) => {
    const { browser: own, id } = await api.signedIn(role);
    for (const [method, path, body] of [
      ['GET', '/v1/people', undefined],
      ['POST', '/v1/people', { email: 'n@example.com', name: 'x', role }],
      ['GET', `/v1/people/${id}`, undefined],
      ['PUT', `/v1/people/${id}`, { role: 'owner' }],
      ['DELETE', `/v1/people/${id}`, undefined],
      ['POST', `/v1/people/${id}/invitation`, undefined],
      ['DELETE', `/v1/people/${id}/sessions`, undefined],
    ] as const) {
      const answer = await own.call(method, path, { body });
      expectProblem(answer, 403);
      expect(answer.body.detail).toBe(`Your role, ${role}, may not do this.`);
      expect(answer.body.hint).toBe('This takes the role owner or admin.');
    }
  });
});

describe('the last owner', () => {
  let small: PeopleUnderTest;
  beforeEach(async () => {
    small = await startWithPeople();
  });
  afterEach(() => small.close());
  const takenAway = [
    ['removed', (on: ApiUnderTest, id: string) => on.call('DELETE', `/v1/people/${id}`)],
    ['disabled', (on: ApiUnderTest, id: string) => on.call('PUT', `/v1/people/${id}`, { body: { disabled: true } })],
    ['lowered', (on: ApiUnderTest, id: string) => on.call('PUT', `/v1/people/${id}`, { body: { role: 'admin' } })],
  ] as const;

  it.each(takenAway)('cannot be %s, also where another is invited only', async (_what, take) => {
    const { id, browser: own } = await small.signedIn('owner');
    await small.invite('owner', 'not-here-yet@example.com');
    await small.signedIn('admin');
    expectProblem(await take(small, id), 409);
    expect((await small.call('GET', `/v1/people/${id}`)).body).toMatchObject({ role: 'owner', status: 'active' });
    expect((await own.call('GET', '/v1/people')).status).toBe(200);
    const renamed = await small.call('PUT', `/v1/people/${id}`, { body: { name: 'Still here' } });
    expect(renamed.status).toBe(200);
  });

  it('is there still when both of two are taken away at once', async () => {
    const [a, b] = [await small.signedIn('owner'), await small.signedIn('owner')];
    const [remove] = takenAway.map(([, take]) => take);
    if (!remove) throw new Error('nothing to do');
    const answers = await Promise.all([remove(small, a.id), remove(small, b.id)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
  });

  it('may go once another has signed in', async () => {
    const { id } = await small.signedIn('owner');
    await small.signedIn('owner');
    expect((await small.call('DELETE', `/v1/people/${id}`)).status).toBe(204);
  });
});

test('a person removed is no longer there under their address', async () => {
  const { id } = await api.invite('analyst', 'again@example.com');
  await must(api.call('DELETE', `/v1/people/${id}`), 204);
  const { id: next } = await api.invite('analyst', 'again@example.com');
  expect([next === id, await status(next)]).toEqual([false, 'invited']);
});
