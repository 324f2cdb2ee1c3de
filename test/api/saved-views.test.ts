import { authenticator } from '../../api/auth';
import type { Caller } from '../../api/caller';
import type { ApiRequest, ApiResponse, Route } from '../../api/route';
import { apiRoutes } from '../../api/routes';
import { createSessions } from '../../api/sessions';
import { type ApiUnderTest, expectProblem, startApi } from './api-under-test';

let api: ApiUnderTest;
let table: Route[];
beforeAll(async () => {
  api = await startApi();
  const auth = authenticator(api.house.api.store.keys, Date.now);
  table = apiRoutes({
    ...api.house.api,
    now: Date.now,
    auth,
    sessions: createSessions({ ...api.house.api, now: Date.now }),
  });
});
afterAll(() => api.close());

const VIEW = { name: 'Late ones', page: 'runs', search: '?late=true' } as const;

/** As dispatch hands it over, for somebody who has signed in. */
async function as(id: string, method: string, path: string, body?: object): Promise<ApiResponse & { body: never }> {
  const caller: Caller = { kind: 'person', id, name: id, role: 'analyst', mode: 'live', flows: null };
  const [, of] = /^\/v1\/saved-views\/(.+)$/.exec(path) ?? [];
  const route = table.find((one) => one.method === method && one.path === `/v1/saved-views${of ? '/{id}' : ''}`);
  const request = { params: { id: of ?? '' }, query: {}, body, caller } as unknown as ApiRequest;
  return (await (route as Route).handle(request)) as ApiResponse & { body: never };
}

const idsSeenBy = async (person: string) =>
  ((await as(person, 'GET', '/v1/saved-views')).body as { items: { id: string }[] }).items.map(({ id }) => id);

describe('saved views', () => {
  it('belong to whoever saved them, and are seen by everybody once they are shared', async () => {
    const made = (await as('per_ann', 'POST', '/v1/saved-views', VIEW)).body as { id: string };
    expect(made).toMatchObject({ ...VIEW, shared: false, ownerId: 'per_ann' });
    const path = `/v1/saved-views/${made.id}`;
    expect(await idsSeenBy('per_bob')).toEqual([]);
    expect((await as('per_bob', 'PUT', path, VIEW)).status).toBe(404);
    expect((await as('per_ann', 'PUT', path, { ...VIEW, shared: true })).body).toMatchObject({ shared: true });
    expect(await idsSeenBy('per_bob')).toEqual([made.id]);
    expect((await as('per_bob', 'PUT', path, VIEW)).status).toBe(403);
    expect((await as('per_bob', 'DELETE', path)).status).toBe(403);
    expect((await as('per_ann', 'DELETE', path)).status).toBe(204);
    expect(await idsSeenBy('per_ann')).toEqual([]);
  });

  it('of others tell an analyst no address that is filtered by', async () => {
    const search = '?recipient=%2B393351234567&externalId=ann%40example.com';
    await as('per_cleo', 'POST', '/v1/saved-views', { ...VIEW, search, shared: true });
    const seen = (await as('per_ann', 'GET', '/v1/saved-views')).body as { items: { search: string }[] };
    expect(JSON.stringify(seen)).not.toMatch(/335.?123.?4567|ann%40|ann@/);
    const own = (await as('per_cleo', 'GET', '/v1/saved-views')).body as { items: { search: string }[] };
    expect(own.items[0]?.search).toBe(search);
  });

  it('of one person are so many and no more', async () => {
    for (let n = 0; n < 200; n++) await as('per_cy', 'POST', '/v1/saved-views', VIEW);
    expect((await as('per_cy', 'POST', '/v1/saved-views', VIEW)).status).toBe(409);
    expect((await as('per_dan', 'POST', '/v1/saved-views', VIEW)).status).toBe(201);
  });

  it('are of no key', async () => {
    expectProblem(await api.call('GET', '/v1/saved-views'), 403);
    expectProblem(await api.call('POST', '/v1/saved-views', { body: VIEW }), 403);
    expectProblem(await api.call('POST', '/v1/saved-views', { body: { ...VIEW, page: 'flows' } }), 422);
    expectProblem(await api.call('POST', '/v1/saved-views', { body: { ...VIEW, search: 'javascript:1' } }), 422);
  });
});
