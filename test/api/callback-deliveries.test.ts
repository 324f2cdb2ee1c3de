import { answered, delivery } from '../conformance/store-deliveries';
import { newProfile } from '../support/callback-profile';
import { type ApiUnderTest, expectProblem, pointers, startApi } from './api-under-test';

const PATH = '/v1/callback-profiles';
const T0 = Date.parse('2026-11-21T10:00:00.000Z');

let api: ApiUnderTest;
let woken = 0;
beforeAll(async () => {
  const wake = () => woken++;
  api = await startApi((deps) => ({ ...deps, callbacks: { ...deps.callbacks, wake } }));
  const { callbackProfiles, deliveries } = api.house.api.store;
  for (const id of ['cbp_a', 'cbp_b']) await callbackProfiles.create(newProfile('https://example.com/', { id }), T0);
  await deliveries.add([
    delivery('inv_1', 1, { id: 'cbd_1', type: 'invocation.started', createdAt: T0, body: '{"a": 1}' }),
    delivery('inv_1', 2, { id: 'cbd_2', createdAt: T0 + 1000 }),
    delivery('inv_2', 1, { id: 'cbd_3', createdAt: T0 + 2000, held: true }),
    delivery('', 0, { id: 'cbd_4', type: 'callback_profile.disabled', createdAt: T0 + 3000, held: true }),
    delivery('inv_1', 1, { id: 'cbd_b', profileId: 'cbp_b', held: true }),
  ]);
  await deliveries.claim('cbp_a', T0, T0 + 20_000, 10);
  const refused = answered({ at: T0, responseCode: 500, error: 'the answer was 500', response: 'oh no' });
  await deliveries.settle('cbd_1', refused, { status: 'pending', dueAt: T0 + 5000 }, T0 + 10);
});
afterAll(() => api.close());

const get = (path: string) => api.call('GET', `${PATH}${path}`);
const post = (path: string, body?: object) => api.call('POST', `${PATH}${path}`, { body });
const listed = async (query: string) =>
  (await get(`/cbp_a/deliveries${query}`)).body.items.map(({ id }: { id: string }) => id);

it('a delivery is listed without its body, and shown with it and with every attempt', async () => {
  const { items } = (await get('/cbp_a/deliveries?status=pending&type=invocation.started')).body;
  const view = {
    id: 'cbd_1',
    callbackProfileId: 'cbp_a',
    type: 'invocation.started',
    invocationId: 'inv_1',
    seq: 1,
    mode: 'live',
    status: 'pending',
    tries: 1,
    createdAt: '2026-11-21T10:00:00.000Z',
    dueAt: '2026-11-21T10:00:05.000Z',
    settledAt: null,
    responseCode: 500,
    error: 'the answer was 500',
  };
  expect(items).toEqual([view]);
  const attempt = { number: 1, at: '2026-11-21T10:00:00.000Z', durationMs: 12, responseCode: 500, response: 'oh no' };
  const whole = { ...view, body: '{"a": 1}', attempts: [{ ...attempt, error: 'the answer was 500' }] };
  expect((await get('/cbp_a/deliveries/cbd_1')).body).toEqual(whole);
  expect((await get('/deliveries/cbd_1')).body).toEqual(whole);
});

it('a delivery that tells of no invocation has none', async () => {
  expect((await get('/deliveries/cbd_4')).body).toMatchObject({ invocationId: null, seq: null, attempts: [] });
});

it('deliveries are listed newest first, by status, type, invocation and time, in pages', async () => {
  expect(await listed('')).toEqual(['cbd_4', 'cbd_3', 'cbd_2', 'cbd_1']);
  expect(await listed('?status=failed')).toEqual(['cbd_4', 'cbd_3']);
  expect(await listed('?type=callback_profile.disabled')).toEqual(['cbd_4']);
  expect(await listed('?invocationId=inv_1')).toEqual(['cbd_2', 'cbd_1']);
  expect(await listed('?from=2026-11-21T10:00:01Z&to=2026-11-21T10:00:03Z')).toEqual(['cbd_3', 'cbd_2']);
  const { items, nextCursor } = (await get('/cbp_a/deliveries?limit=3')).body;
  expect(items).toHaveLength(3);
  expect(await listed(`?limit=3&cursor=${nextCursor}`)).toEqual(['cbd_1']);
});

it.each([
  '?status=waiting',
  '?type=invocation.paused',
  '?from=yesterday',
  '?limit=0',
  '?cursor=nonsense',
  '?profile=a',
])('a list of %s is 422', async (query) => {
  expectProblem(await get(`/cbp_a/deliveries${query}`), 422);
});

it('what is not there, or is another profile’s, is 404', async () => {
  for (const path of ['/cbp_none/deliveries', '/cbp_a/deliveries/cbd_b', '/cbp_a/deliveries/cbd_0', '/deliveries/x']) {
    expectProblem(await get(path), 404);
  }
  for (const path of ['/cbp_a/deliveries/cbd_b/redeliver', '/deliveries/cbd_0/redeliver']) {
    expectProblem(await post(path), 404);
  }
  expectProblem(await post('/cbp_none/redeliver', { since: '2026-11-21T10:00:00Z' }), 404);
});

it('one is made again, and the deliverer hears of it', async () => {
  const before = woken;
  const answer = await post('/cbp_a/deliveries/cbd_1/redeliver');
  expect([answer.status, answer.body]).toEqual([202, expect.objectContaining({ id: 'cbd_1', tries: 0 })]);
  expect(Date.parse(answer.body.dueAt)).toBeGreaterThan(T0 + 5000);
  expect((await post('/deliveries/cbd_1/redeliver')).status).toBe(202);
  expect(woken).toBe(before + 2);
});

it('all failed ones since a time are made again, and counted', async () => {
  const before = woken;
  expect((await post('/cbp_a/redeliver', { since: '2026-11-21T10:00:03Z' })).body).toEqual({ redelivered: 1 });
  const answer = await post('/cbp_a/redeliver', { since: '2026-11-21T10:00:00Z' });
  expect([answer.status, answer.body]).toEqual([202, { redelivered: 1 }]);
  expect(await listed('?status=failed')).toEqual([]);
  expect((await get('/cbp_b/deliveries?status=failed')).body.items).toHaveLength(1);
  expect(woken).toBe(before + 2);
  const without = await post('/cbp_a/redeliver', {});
  expectProblem(without, 422);
  expect(pointers(without)).toEqual(['/since']);
});

it('nothing is made again while the profile is disabled or gone', async () => {
  const { callbackProfiles } = api.house.api.store;
  await callbackProfiles.setHealth('cbp_b', { failingSince: T0, disable: 'gone' }, T0);
  for (const answer of [
    await post('/cbp_b/deliveries/cbd_b/redeliver'),
    await post('/cbp_b/redeliver', { since: '2026-11-21T10:00:00Z' }),
  ]) {
    expectProblem(answer, 409);
    expect(answer.body.hint).toContain('enabled');
  }
  await callbackProfiles.delete('cbp_b');
  expectProblem(await post('/deliveries/cbd_b/redeliver'), 409);
  expect((await get('/deliveries/cbd_b')).body.status).toBe('failed');
});
