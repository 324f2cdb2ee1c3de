import {
  type ApiUnderTest,
  expectProblem,
  INVOKE,
  must,
  OTP,
  PERSON,
  pointers,
  publishOtp,
  startApi,
} from './api-under-test';

let api: ApiUnderTest;
let now: number;
let flowId: string;
beforeAll(async () => {
  now = Date.now();
  api = await startApi((deps) => ({ ...deps, now: () => now }));
  await publishOtp(api);
  const { steps, ...rest } = OTP;
  await must(api.call('POST', '/v1/flows', { body: { ...rest, steps, workflowId: 'wf_other', name: 'Other' } }), 201);
  await must(api.call('POST', '/v1/flows/wf_other/publish', { body: {} }), 200);
  flowId = (await api.call('GET', '/v1/flows/wf_otp')).body.id;
});
afterAll(() => api.close());

const OTHER = '/v1/workflows/wf_other/invocations';
const SILENT = { ...PERSON, sandbox: { whatsapp: 'silent', sms: 'silent' } };
const make = async (body: object, key?: string) => (await must(api.call('POST', '/v1/keys', { body, key }), 201)).body;
const statusWith = async (key: string) => (await api.call('GET', '/v1/flows', { key })).status;
const iso = (ms: number) => new Date(ms).toISOString();

describe('a key that ends', () => {
  it('works until then, also where it was used a moment before', async () => {
    const { secret, expiresAt } = await make({ name: 'k', role: 'analyst', expiresAt: iso(now + 1500) });
    expect(expiresAt).toBe(iso(now + 1500));
    expect(await statusWith(secret)).toBe(200);
    now += 1499;
    expect(await statusWith(secret)).toBe(200);
    now += 1;
    expectProblem(await api.call('GET', '/v1/flows', { key: secret }), 401);
  });

  it('may be given more time, or all of it', async () => {
    const { id, secret } = await make({ name: 'k', role: 'analyst', expiresAt: iso(now + 1000) });
    await must(api.call('PUT', `/v1/keys/${id}`, { body: { expiresAt: null, name: 'for good' } }), 200);
    now += 5000;
    expect(await statusWith(secret)).toBe(200);
    expect((await api.call('GET', '/v1/keys')).body.items).toContainEqual(
      expect.objectContaining({ id, name: 'for good', expiresAt: null }),
    );
  });

  it('is not made, nor ended, in the past', async () => {
    const past = { expiresAt: iso(now - 1) };
    expectProblem(await api.call('POST', '/v1/keys', { body: { name: 'k', role: 'analyst', ...past } }), 422);
    const { id } = await make({ name: 'k', role: 'analyst' });
    expect(pointers(await api.call('PUT', `/v1/keys/${id}`, { body: past }))).toEqual(['/expiresAt']);
  });
});

describe('a rotated key', () => {
  it('has both secrets until the overlap ends', async () => {
    const { id, secret, hint } = await make({ name: 'k', role: 'analyst' });
    const rotated = await must(api.call('POST', `/v1/keys/${id}/rotate`, { body: { overlapSeconds: 60 } }), 200);
    expect(rotated.body).toMatchObject({ id, overlap: { hint, endsAt: iso(now + 60_000) } });
    expect(await statusWith(secret)).toBe(200);
    expect(await statusWith(rotated.body.secret)).toBe(200);
    now += 60_000;
    expect(await statusWith(secret)).toBe(401);
    expect(await statusWith(rotated.body.secret)).toBe(200);
    const listed = (await api.call('GET', '/v1/keys')).body.items.find((key: { id: string }) => key.id === id);
    expect(listed).toMatchObject({ overlap: null, hint: rotated.body.hint });
  });

  it('without an overlap has the new one alone, at once; without a word the old one lives a day', async () => {
    const { id, secret } = await make({ name: 'k', role: 'analyst' });
    expect(await statusWith(secret)).toBe(200);
    await must(api.call('POST', `/v1/keys/${id}/rotate`, { body: { overlapSeconds: 0 } }), 200);
    expect(await statusWith(secret)).toBe(401);
    const again = await must(api.call('POST', `/v1/keys/${id}/rotate`), 200);
    expect(again.body.overlap.endsAt).toBe(iso(now + 86_400_000));
    expectProblem(await api.call('POST', `/v1/keys/${id}/rotate`, { body: { overlapSeconds: 2_592_001 } }), 422);
    expectProblem(await api.call('POST', '/v1/keys/key_none/rotate'), 404);
  });
});

describe('the key that the start made', () => {
  it('is not rotated here, as the next start would undo it', async () => {
    const key = {
      id: 'key_test',
      name: 'ONWARD_TEST_KEY',
      role: 'invoker',
      mode: 'test',
      hint: 'abcd',
      createdAt: 1,
    } as const;
    await api.house.api.store.keys.create(key, 'the hash of it');
    const answer = await api.call('POST', '/v1/keys/key_test/rotate');
    expectProblem(answer, 409);
    expect(answer.body.hint).toContain('ONWARD_TEST_KEY');
  });
});

describe('a key that is held to flows', () => {
  it('takes either ID of a flow, and knows it by its flow ID', async () => {
    const { flows } = await make({ name: 'k', role: 'invoker', flows: ['wf_otp', flowId] });
    expect(flows).toEqual([flowId]);
    const answer = await api.call('POST', '/v1/keys', { body: { name: 'k', role: 'invoker', flows: ['wf_none'] } });
    expect(pointers(answer)).toEqual(['/flows/0']);
    for (const role of ['owner', 'admin', 'gateway']) {
      expectProblem(await api.call('POST', '/v1/keys', { body: { name: 'k', role, flows: ['wf_otp'] } }), 422);
    }
  });

  it('invokes these and no other, by every way in', async () => {
    const { secret: key } = await make({ name: 'k', role: 'invoker', mode: 'test', flows: ['wf_otp'] });
    expect((await api.call('POST', INVOKE, { body: SILENT, key })).status).toBe(202);
    expect((await api.call('POST', `${INVOKE}/batch`, { body: [SILENT], key })).status).toBe(202);
    const kaleyra = { input: { send1: { recipient: '+393351234567', templateParams: { code: '1' } } } };
    const kaleyraPath = (workflow: string) => `/v1/sid/workflow/v1/instances/${workflow}/invoke`;
    expect((await api.call('POST', kaleyraPath('wf_otp'), { body: kaleyra, key })).status).toBe(202);
    expectProblem(await api.call('POST', OTHER, { body: SILENT, key }), 403);
    expectProblem(await api.call('POST', `${OTHER}/batch`, { body: [SILENT], key }), 403);
    expectProblem(await api.call('POST', kaleyraPath('wf_other'), { body: kaleyra, key }), 403);
  });

  it('sees and stops runs of these and no other', async () => {
    const mine = await must(api.call('POST', `${INVOKE}?mode=test`, { body: SILENT }), 202);
    const others = await must(api.call('POST', `${OTHER}?mode=test`, { body: SILENT }), 202);
    const { secret: key } = await make({ name: 'k', role: 'operator', flows: ['wf_otp'] });
    expect((await api.call('GET', `/v1/invocations/${mine.body.id}`, { key })).status).toBe(200);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/events'],
      ['GET', '/story'],
      ['GET', '/stream'],
      ['POST', '/cancel'],
      ['POST', '/complete'],
    ] as const) {
      expectProblem(await api.call(method, `/v1/invocations/${others.body.id}${path}`, { key }), 403);
    }
    expect((await api.call('POST', `/v1/invocations/${mine.body.id}/cancel`, { key })).status).toBe(200);
  });

  it('edits these and no other, and makes none', async () => {
    const { secret: key } = await make({ name: 'k', role: 'publisher', flows: ['wf_otp'] });
    const listed = await api.call('GET', '/v1/flows', { key });
    expect(listed.body.items.map(({ workflowId }: { workflowId: string }) => workflowId)).toEqual(['wf_otp']);
    expect((await api.call('POST', '/v1/flows/wf_otp/publish', { body: {}, key })).status).toBe(200);
    expectProblem(await api.call('POST', '/v1/flows/wf_other/publish', { body: {}, key }), 403);
    expectProblem(await api.call('GET', '/v1/flows/wf_other', { key }), 403);
    expectProblem(await api.call('POST', '/v1/flows', { body: { ...OTP, workflowId: 'wf_x', name: 'x' }, key }), 403);
  });

  it('reaches no other flow by what is of all of them', async () => {
    const { secret: publisher } = await make({ name: 'k', role: 'publisher', flows: ['wf_otp'] });
    const { secret: operator } = await make({ name: 'k', role: 'operator', flows: ['wf_otp'] });
    const profile = { name: 'p', url: 'https://shop.example' };
    const { id } = (await must(api.call('POST', '/v1/callback-profiles', { body: profile }), 201)).body;
    const path = `/v1/callback-profiles/${id}`;
    expect((await api.call('GET', path, { key: publisher })).status).toBe(200);
    const evil = { ...profile, url: 'https://elsewhere.example' };
    expectProblem(await api.call('PUT', path, { body: evil, key: publisher }), 403);
    expectProblem(await api.call('POST', `${path}/rotate-secret`, { body: {}, key: publisher }), 403);
    expectProblem(await api.call('DELETE', '/v1/templates/tpl_otp_sms', { key: publisher }), 403);
    const receipt = { provider: 'sandbox', providerMessageId: 'x', status: 'read' };
    expectProblem(await api.call('POST', '/v1/receipts', { body: receipt, key: operator }), 403);
    expectProblem(await api.call('GET', '/v1/receipts/dead', { key: operator }), 403);
    const [mine, others] = await Promise.all(
      [INVOKE, OTHER].map((url) => must(api.call('POST', `${url}?mode=test`, { body: SILENT }), 202)),
    );
    const added = [mine, others].map((run, at) => ({
      ...{ id: `cbd_${at}`, profileId: id, invocationId: run?.body.id, seq: 1, mode: 'test' as const },
      ...{ type: 'invocation.succeeded' as const, createdAt: 1, body: '{}', held: true },
    }));
    await api.house.api.store.deliveries.add(added);
    const listed = (await must(api.call('GET', `${path}/deliveries`, { key: publisher }), 200)).body.items;
    expect(listed.map((one: { id: string }) => one.id)).toEqual(['cbd_0']);
    expect((await api.call('GET', `${path}/deliveries/cbd_0`, { key: publisher })).status).toBe(200);
    expectProblem(await api.call('GET', `${path}/deliveries/cbd_1`, { key: publisher }), 404);
  });

  it('is told the figures of these', async () => {
    const one = await make({ name: 'k', role: 'analyst', flows: ['wf_otp'] });
    const two = await make({ name: 'k', role: 'analyst', flows: ['wf_otp', 'wf_other'] });
    const funnel = (secret: string, query = '') => api.call('GET', `/v1/analytics/funnel${query}`, { key: secret });
    expect((await funnel(one.secret)).status).toBe(200);
    expectProblem(await funnel(one.secret, '?flow=wf_other'), 403);
    expectProblem(await funnel(two.secret), 403);
    expect((await funnel(two.secret, '?flow=wf_other')).status).toBe(200);
    expectProblem(await api.call('GET', '/v1/exports/rollups', { key: two.secret }), 403);
    expect((await api.call('GET', '/v1/exports/invocations', { key: two.secret })).status).toBe(200);
    expectProblem(await api.call('GET', '/v1/analytics/advice?flow=wf_other', { key: one.secret }), 403);
  });
});

describe('a stream of a run', () => {
  it('ends for a key that was deleted meanwhile', async () => {
    const run = await must(api.call('POST', `${INVOKE}?mode=test`, { body: SILENT }), 202);
    const { id, secret: key } = await make({ name: 'k', role: 'operator' });
    const streamed = api.call('GET', `/v1/invocations/${run.body.id}/stream`, { key });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await must(api.call('DELETE', `/v1/keys/${id}`), 204);
    await must(api.call('POST', `/v1/invocations/${run.body.id}/complete`), 200);
    const { text } = await streamed;
    expect(text).toContain('InvocationStarted');
    expect(text).not.toContain('InvocationSucceeded');
  });
});

describe('keys of owners', () => {
  it('and of admins are live: a test key makes none that is', async () => {
    for (const role of ['owner', 'admin']) {
      const answer = await api.call('POST', '/v1/keys', { body: { name: 'k', role, mode: 'test' } });
      expect(pointers(answer)).toEqual(['/mode']);
    }
  });

  it('are out of an admin’s reach', async () => {
    const admin = await make({ name: 'admin', role: 'admin' });
    const owner = await make({ name: 'second owner', role: 'owner' });
    const { secret: key } = admin;
    expectProblem(await api.call('POST', '/v1/keys', { body: { name: 'x', role: 'owner' }, key }), 403);
    expectProblem(await api.call('PUT', `/v1/keys/${owner.id}`, { body: { name: 'x' }, key }), 403);
    expectProblem(await api.call('POST', `/v1/keys/${owner.id}/rotate`, { key }), 403);
    expectProblem(await api.call('DELETE', `/v1/keys/${owner.id}`, { key }), 403);
    expect((await make({ name: 'k', role: 'admin' }, key)).createdBy).toEqual({
      kind: 'key',
      id: admin.id,
      name: 'admin',
    });
    expect((await api.call('DELETE', `/v1/keys/${owner.id}`)).status).toBe(204);
  });

  it('always leave one that works for good', async () => {
    const id = `key_${api.keys.owner}`;
    expectProblem(await api.call('DELETE', `/v1/keys/${id}`), 409);
    const ending = { expiresAt: iso(now + 60_000) };
    expectProblem(await api.call('PUT', `/v1/keys/${id}`, { body: ending }), 409);
    const other = await make({ name: 'ends', role: 'owner', ...ending });
    expectProblem(await api.call('DELETE', `/v1/keys/${id}`), 409);
    expect((await api.call('DELETE', `/v1/keys/${other.id}`)).status).toBe(204);
  });
});

describe('when a key was used last', () => {
  it('is told to the minute', async () => {
    const { id, secret, lastUsedAt } = await make({ name: 'k', role: 'analyst' });
    expect(lastUsedAt).toBeNull();
    const used = async () => {
      const { items } = (await api.call('GET', '/v1/keys')).body;
      return items.find((key: { id: string }) => key.id === id).lastUsedAt;
    };
    const first = now;
    await statusWith(secret);
    expect(await used()).toBe(iso(first));
    now += 59_000;
    await statusWith(secret);
    expect(await used()).toBe(iso(first));
    now += 1000 + 2000;
    await statusWith(secret);
    expect(await used()).toBe(iso(now));
  });
});

describe('the mode of an invocation', () => {
  it('is chosen by who sees both, and by nobody else', async () => {
    const run = await must(api.call('POST', `${INVOKE}?mode=test`, { body: SILENT }), 202);
    expect((await api.call('GET', `/v1/invocations/${run.body.id}`)).body.mode).toBe('test');
    expectProblem(await api.call('POST', `${INVOKE}?mode=live`, { body: SILENT, key: api.keys.test }), 403);
    expectProblem(await api.call('POST', `${INVOKE}/batch?mode=live`, { body: [SILENT], key: api.keys.test }), 403);
    expectProblem(await api.call('POST', `${INVOKE}?mode=test`, { body: SILENT, key: api.keys.live }), 403);
    expect((await api.call('POST', `${INVOKE}?mode=test`, { body: SILENT, key: api.keys.test })).status).toBe(202);
    expectProblem(await api.call('POST', `${INVOKE}?mode=other`, { body: SILENT }), 422);
    const [line] = (await must(api.call('POST', `${INVOKE}/batch?mode=test`, { body: [SILENT] }), 202)).body;
    expect((await api.call('GET', `/v1/invocations/${line.id}`)).body.mode).toBe('test');
  });
});
