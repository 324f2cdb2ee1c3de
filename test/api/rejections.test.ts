import { StoreUnavailable } from '../../store/contract';
import { until } from '../support/until';
import { type ApiUnderTest, expectProblem, INVOKE, must, OTP, PERSON, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
let storeAway: Error | null = null;
let writes = 0;
let hung: Promise<void> | null = null;
let hidden = false;
beforeEach(async () => {
  [storeAway, hung, hidden, writes] = [null, null, false, 0];
  api = await startApi((deps) => ({
    ...deps,
    engine: Object.assign(Object.create(deps.engine), {
      unavailable: () => (hidden ? 'it is closed' : deps.engine.unavailable()),
    }),
    store: {
      ...deps.store,
      rejections: {
        ...deps.store.rejections,
        async add(counts) {
          writes++;
          await hung;
          if (storeAway) throw storeAway;
          return deps.store.rejections.add(counts);
        },
      },
    },
  }));
  await publishOtp(api);
});
afterEach(() => api.close());

/** An answer waits 50 ms for its count and no longer. @param total waits until there are so many */
const stored = async (mode: 'live' | 'test', total: number) => {
  const find = () => api.house.store.rejections.find({ mode });
  const enough = async () => (await find()).reduce((sum, { count }) => sum + count, 0) >= total;
  await until(enough, `${total} counted refusals`, 10_000);
  return find();
};
const counted = async (total = 0) => {
  const found = await stored('test', total);
  return Object.fromEntries(found.map(({ reason, count }) => [reason, count]));
};
const invoke = (body: unknown, headers: Record<string, string> = {}, path = INVOKE) =>
  api.call('POST', path, { body, headers, key: api.keys.test });

it('each refusal is counted by its reason before it is answered', async () => {
  for (const body of ['{"recipient"', {}, { ...PERSON, colour: 'red' }, { ...PERSON, sandbox: { fax: 'silent' } }]) {
    expect((await invoke(body)).status).toBeGreaterThanOrEqual(400);
  }
  expect(await counted(4)).toEqual({ body_invalid: 4 });
  await invoke({ ...PERSON, variables: { code: 'far too long' } });
  await invoke({ ...PERSON, recipient: { phone: '+393351234567', timezone: 'Mars/Olympus' } });
  await invoke({ ...PERSON, recipient: { email: 'ann@example.com' } });
  await must(invoke(PERSON, { 'idempotency-key': 'k' }), 202);
  await must(invoke({ ...PERSON, externalId: 'x' }, { 'idempotency-key': 'k' }), 422);
  hidden = true;
  expectProblem(await invoke(PERSON), 503);
  hidden = false;
  const { body_invalid: _, ...rest } = await counted(9);
  expect(rest).toEqual({
    ...{ variables_invalid: 1, recipient_invalid: 1, no_address: 1, idempotency_conflict: 1, overloaded: 1 },
  });
  const live = await api.call('POST', INVOKE, { body: PERSON, key: api.keys.live });
  expectProblem(live, 422);
  expect(await stored('live', 1)).toMatchObject([{ reason: 'no_provider_account', count: 1, flowVersion: 1 }]);
});

it('what was taken is not counted, nor what names no flow, nor whoever has no key', async () => {
  await must(invoke(PERSON), 202);
  await must(invoke({}, {}, '/v1/workflows/wf_none/invocations'), 422);
  await must(invoke(PERSON, {}, '/v1/workflows/wf_none/invocations'), 404);
  await must(api.call('POST', INVOKE, { body: {}, key: null }), 401);
  await must(api.call('POST', INVOKE, { body: {}, key: api.keys.gateway }), 403);
  expect(await counted()).toEqual({});
});

it('a flow without a published version is counted under version 0', async () => {
  const { workflowId: _, ...draft } = { ...OTP, name: 'Draft' };
  await must(api.call('POST', '/v1/flows', { body: { ...draft, workflowId: 'wf_draft' } }), 201);
  await must(invoke(PERSON, {}, '/v1/workflows/wf_draft/invocations'), 409);
  expect(await stored('test', 1)).toMatchObject([{ reason: 'not_published', flowVersion: 0, count: 1 }]);
});

it('each bad line of a batch is counted, and a batch that cannot be read once', async () => {
  const lines = [
    JSON.stringify(PERSON),
    '{',
    JSON.stringify({ ...PERSON, variables: {} }),
    '[]',
    JSON.stringify(PERSON),
  ];
  const headers = { 'content-type': 'application/x-ndjson' };
  await must(invoke(lines.join('\n'), headers, `${INVOKE}/batch`), 202);
  expect(await counted(3)).toEqual({ body_invalid: 2, variables_invalid: 1 });
  await must(invoke('{}', {}, `${INVOKE}/batch`), 422);
  expect(await counted(4)).toEqual({ body_invalid: 3, variables_invalid: 1 });
});

it('so is what comes as clients of Kaleyra send it', async () => {
  const path = '/v1/any/workflow/v1/instances/wf_otp/invoke';
  await must(invoke({ input: {} }, {}, path), 422);
  await must(invoke({ input: { send9: { recipient: '+393351234567' } } }, {}, path), 422);
  await must(invoke({ input: { send1: { recipient: '+393351234567' } } }, {}, path), 422);
  expect(await counted(3)).toEqual({ body_invalid: 2, variables_invalid: 1 });
});

it('a flood of bad requests is written in few pieces, and all of it is counted', async () => {
  const startedAt = performance.now();
  const flood = Array.from({ length: 300 }, () => invoke({}));
  for (const answer of await Promise.all(flood)) expectProblem(answer, 422);
  await until(async () => (await counted()).body_invalid === 300, 'the count of all of them');
  // A write at once, and then one every 25 ms; a timer may be a millisecond early.
  expect(writes).toBeLessThan((performance.now() - startedAt) / 24 + 2);
});

it('a store that is away delays no answer, is told of once, and has all of it when it is back', async () => {
  storeAway = new StoreUnavailable('away');
  for (let n = 0; n < 3; n++) expectProblem(await invoke({}), 422);
  const told = () => api.errors.filter((line) => line.includes('could not be counted'));
  expect(told()).toHaveLength(1);
  storeAway = null;
  expectProblem(await invoke({}), 422);
  expect(await counted(4)).toEqual({ body_invalid: 4 });
});

it('a store that does not answer is not waited for', async () => {
  let answer: () => void = () => {};
  hung = new Promise((resolve) => {
    answer = resolve;
  });
  expectProblem(await invoke({}), 422);
  expect(writes).toBe(1);
  answer();
});
