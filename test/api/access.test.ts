import { authenticator } from '../../api/auth';
import type { FoundKey } from '../../store/contract';
import { type ApiUnderTest, expectProblem, INVOKE, must, PERSON, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

describe('a key', () => {
  it('is taken from either header', async () => {
    const { owner } = api.keys;
    expect((await api.call('GET', '/v1/flows', { key: null, headers: { 'api-key': owner } })).status).toBe(200);
    expect(
      (await api.call('GET', '/v1/flows', { key: null, headers: { authorization: `bearer ${owner}` } })).status,
    ).toBe(200);
  });

  it.each([
    ['none', {}],
    ['an unknown one', { 'api-key': 'live_nobody' }],
    ['another scheme', { authorization: 'Basic bGl2ZTo=' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['an endless one', { 'api-key': 'x'.repeat(5000) }],
  ])('%s is 401 and says how to send one', async (_name, headers) => {
    for (const [method, path] of [
      ['GET', '/v1/flows'],
      ['POST', INVOKE],
    ] as const) {
      const answer = await api.call(method, path, { key: null, headers, ...(method === 'POST' && { body: PERSON }) });
      expectProblem(answer, 401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('is made with its secret shown once, and works no more when it is deleted', async () => {
    const made = await must(
      api.call('POST', '/v1/keys', { body: { name: 'shop', role: 'invoker', mode: 'test' } }),
      201,
    );
    const { secret, id } = made.body;
    expect(secret).toMatch(/^test_[\w-]{32}$/);
    const listed = await api.call('GET', '/v1/keys');
    expect(listed.text).not.toContain(secret);
    expect(listed.body.items).toContainEqual(expect.objectContaining({ id, hint: secret.slice(-4) }));
    expect((await api.call('POST', INVOKE, { body: PERSON, key: secret })).status).toBe(202);
    expect((await api.call('DELETE', `/v1/keys/${id}`)).status).toBe(204);
    expectProblem(await api.call('POST', INVOKE, { body: PERSON, key: secret }), 401);
    expectProblem(await api.call('DELETE', `/v1/keys/${id}`), 404);
  });

  it('of the last owner cannot be deleted', async () => {
    expectProblem(await api.call('DELETE', `/v1/keys/key_${api.keys.owner}`), 409);
  });

  it('of an owner cannot be for tests', async () => {
    expectProblem(await api.call('POST', '/v1/keys', { body: { name: 'x', role: 'owner', mode: 'test' } }), 422);
  });

  it('that is looked up while it is deleted is not remembered', async () => {
    const key: FoundKey = {
      key: {
        ...{ id: 'key_1', name: '', role: 'owner', mode: 'live', hint: '', createdAt: 0 },
        ...{ flows: null, expiresAt: null, lastUsedAt: null, overlap: null, createdBy: null },
      },
      until: null,
    };
    let found: (key_: FoundKey | null) => void = () => {};
    const lookUps: string[] = [];
    const keys = {
      ...api.house.api.store.keys,
      byHash: (hashed: string) =>
        new Promise<FoundKey | null>((resolve) => {
          lookUps.push(hashed);
          found = resolve;
        }),
    };
    const auth = authenticator(keys, () => 0);
    const asked = auth.authenticate({ 'api-key': 'live_x' });
    auth.forget('key_1');
    found(key);
    await asked;
    const again = auth.authenticate({ 'api-key': 'live_x' });
    found(null);
    expect(await again).toMatchObject({ status: 401 });
    expect(lookUps).toHaveLength(2);
  });
});

describe('the table of roles', () => {
  const forbidden: [keyof ApiUnderTest['keys'], string, string][] = [
    ['test', 'GET', '/v1/flows'],
    ['test', 'POST', '/v1/flows'],
    ['test', 'POST', '/v1/flows/wf_otp/publish'],
    ['live', 'GET', '/v1/templates'],
    ['live', 'POST', '/v1/receipts'],
    ['live', 'GET', '/v1/keys'],
    ['gateway', 'POST', INVOKE],
    ['gateway', 'GET', '/v1/invocations'],
    ['gateway', 'GET', '/v1/suppressions'],
    ['gateway', 'GET', '/v1/flows'],
    ['gateway', 'GET', '/v1/keys'],
  ];
  it.each(forbidden)('a %s key may not %s %s', async (key, method, path) => {
    const answer = await api.call(method, path, { key: api.keys[key], ...(method === 'POST' && { body: {} }) });
    expectProblem(answer, 403);
  });

  it('an invoker may keep consents and suppressions, of its own mode', async () => {
    const add = (key: string, body: object) => api.call('POST', '/v1/suppressions', { key, body });
    const made = await add(api.keys.test, { address: '+393351234599', channel: 'sms' });
    expect([made.status, made.body.mode, made.body.reason]).toEqual([201, 'test', 'opted_out']);
    expect(made.text).not.toContain('+393351234599');
    expectProblem(await add(api.keys.test, { address: '+393351234599', mode: 'live' }), 403);
    const live = await add(api.keys.live, { address: '+393351234598' });
    const of = (key: string) => api.call('GET', '/v1/suppressions?address=%2B39%20335%20123-4599', { key });
    expect((await of(api.keys.test)).body.items).toEqual([expect.objectContaining({ id: made.body.id })]);
    expect((await of(api.keys.live)).body.items).toEqual([]);
    expectProblem(await api.call('DELETE', `/v1/suppressions/${live.body.id}`, { key: api.keys.test }), 404);
    expect((await api.call('DELETE', `/v1/suppressions/${made.body.id}`, { key: api.keys.test })).status).toBe(204);
    const consent = { recipientId: 'user-1', purpose: 'otp', granted: true };
    expect((await api.call('PUT', '/v1/consents', { key: api.keys.test, body: consent })).body).toMatchObject({
      ...consent,
      channel: null,
    });
    const read = async (key: string) => (await api.call('GET', '/v1/consents?recipientId=user-1', { key })).body.items;
    expect(await read(api.keys.test)).toHaveLength(1);
    expect(await read(api.keys.live)).toHaveLength(0);
  });

  it('an owner keeps those of either mode, a test key those of test runs alone', async () => {
    const consent = { recipientId: 'user-2', purpose: 'otp', granted: false };
    const put = (key: string, mode?: string) => api.call('PUT', '/v1/consents', { key, body: { ...consent, mode } });
    await must(put(api.keys.owner, 'test'), 200);
    const items = async (key: string, mode = '') =>
      (await api.call('GET', `/v1/consents?recipientId=user-2${mode && `&mode=${mode}`}`, { key })).body.items;
    expect(await items(api.keys.owner)).toEqual([]);
    expect(await items(api.keys.owner, 'test')).toMatchObject([consent]);
    expect(await items(api.keys.test)).toMatchObject([consent]);
    expectProblem(await put(api.keys.test, 'live'), 403);
    expectProblem(await api.call('GET', '/v1/consents?recipientId=user-2&mode=live', { key: api.keys.test }), 403);
    expectProblem(await put(api.keys.owner, 'both'), 422);
  });
});

describe('a run', () => {
  it('is shown to the key that started it and to owners, and to no other', async () => {
    const { id } = (await must(api.call('POST', INVOKE, { body: PERSON, key: api.keys.test }), 202)).body;
    for (const path of ['', '/events', '/stream']) {
      for (const key of [api.keys.otherTest, api.keys.live]) {
        expectProblem(await api.call('GET', `/v1/invocations/${id}${path}`, { key }), 404);
      }
    }
    for (const verb of ['cancel', 'complete']) {
      expectProblem(await api.call('POST', `/v1/invocations/${id}/${verb}`, { key: api.keys.otherTest }), 404);
    }
    expectProblem(await api.call('GET', `/v1/sandbox/messages?invocationId=${id}`, { key: api.keys.otherTest }), 404);
    expect((await api.call('GET', `/v1/invocations/${id}`)).body.mode).toBe('test');
  });

  it('that is unknown is 404', async () => {
    for (const id of ['inv_01J00000000000000000000000', 'nonsense', 'inv_%00']) {
      expectProblem(await api.call('GET', `/v1/invocations/${id}`), 404);
    }
  });
});
