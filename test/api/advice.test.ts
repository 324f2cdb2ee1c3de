import { longWork } from '../../api/slices';
import { composeProjector } from '../../cli/house/projection';
import { compileLadder } from '../../core/ladder';
import { simulate } from '../../core/simulate';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { adviceSchema, replayedSchema } from '../../schemas/advice';
import type { FlowDefinition } from '../../schemas/flow';
import { validator } from '../../schemas/validate';
import type { InvocationIndex } from '../../store/contract';
import { scriptsOf } from '../scenarios/run-on-core';
import { HOUSE_SECRET } from '../support/house';
import { runVerb } from '../support/run-verb';
import { until } from '../support/until';
import { type ApiUnderTest, expectProblem, must, OTP, PERSON, pointers, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
const RUNS = 80;
/** Half of the people are reached by WhatsApp at once; 32 by SMS, and then by WhatsApp too; 8 are not on WhatsApp. */
const scriptFor = (n: number): Record<string, string> => {
  if (n >= 40) return { whatsapp: 'delivered@20ms' };
  return { whatsapp: n < 32 ? 'delivered@1200ms' : 'undelivered:not_on_channel@20ms', sms: 'delivered@20ms' };
};
const CREATED_AT = Date.parse('2026-11-21T10:00:00.000Z');

/** A read model that has those runs of version 1, made on a virtual clock, and whatever runs besides. */
function withRecordedRuns(index: InvocationIndex): InvocationIndex {
  const { workflowId: _, ...definition } = OTP;
  const identity = { flowId: 'flw_1', workflowId: 'wf_otp', version: 1, mode: 'test' } as const;
  const ladder = compileLadder(definition as FlowDefinition, identity, PROVIDER_CATALOG);
  const items = Array.from({ length: RUNS }, (_, n) => {
    const startAt = CREATED_AT + n * 1000;
    const { state } = simulate(ladder, scriptsOf(scriptFor(n)), { startAt });
    const id = `inv_recorded_${n}`;
    const who = { keyId: 'key_1', externalId: null, metadata: null };
    const flow = { flowId: 'flw_1', workflowId: 'wf_otp', flowVersion: 1, mode: 'test' } as const;
    return { record: { id, createdAt: startAt, ...who, ...flow }, state };
  }).reverse();
  return {
    ...index,
    async search(query, { limit, cursor }) {
      if (query.mode === 'live' || query.workflowId !== 'wf_otp') return { items: [], nextCursor: null };
      const { createdFrom = 0, createdTo = Number.POSITIVE_INFINITY } = query;
      const found = items.filter(({ record: { createdAt: at } }) => at >= createdFrom && at <= createdTo);
      // Pages that are smaller than what was asked for are pages too.
      const [from, size] = [Number(cursor ?? 0), Math.min(limit, 33)];
      const next = from + size < found.length ? String(from + size) : null;
      return { items: found.slice(from, from + size), nextCursor: next };
    },
  };
}

beforeAll(async () => {
  api = await startApi((deps) => ({
    ...deps,
    store: { ...deps.store, invocations: withRecordedRuns(deps.store.invocations) },
  }));
  await publishOtp(api);
});
afterAll(() => api.close());

const ADVICE = '/v1/analytics/advice?flow=wf_otp&mode=test';
const REPLAY = '/v1/flows/wf_otp/replay';
const withTimeout = (timeoutSeconds: number) => {
  const { workflowId: _, ...definition } = OTP;
  return { ...definition, steps: [{ ...OTP.steps[0], timeoutSeconds }, OTP.steps[1]] };
};

describe('advice', () => {
  it('says what a longer timeout would have done, from the recorded runs', async () => {
    const { body } = await must(api.call('GET', ADVICE), 200);
    expect(validator(adviceSchema, 'advice')(body)).toMatchObject({ ok: true });
    expect(body).toMatchObject({ workflowId: 'wf_otp', version: 1, mode: 'test', runs: RUNS, leftOut: 0 });
    expect(body.baseline).toMatchObject({ runs: RUNS, reach: 1, duplicates: 0.4, currency: 'EUR' });
    const best = body.suggestions.find(({ kind }: { kind: string }) => kind === 'timeout');
    expect(best).toMatchObject({ kind: 'timeout', step: 'whatsapp', from: 1, to: 2, confidence: 'measured' });
    expect(best.effect.duplicates).toMatchObject({ before: 0.4, after: 0, difference: -0.4 });
    expect(best.sentence).toMatch(/^1 s -> 2 s on “whatsapp”: duplicates -100 %, .*; from 80 runs, all measured\.$/);
    expect(body.notes).toContainEqual(expect.stringContaining('“sms” was only sent to the 40 people'));
    expect(body.latency[0]).toMatchObject({ step: 'whatsapp', sent: RUNS, met: 72, metLate: 32 });
  });

  it('is of one step where one is asked for, and of no step that there is not', async () => {
    const { body } = await must(api.call('GET', `${ADVICE}&step=sms`), 200);
    expect(body.suggestions.filter(({ step }: { step: string }) => step !== 'sms')).toEqual([]);
    const answer = await api.call('GET', `${ADVICE}&step=fax`);
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/query/step']);
  });

  it('is of the runs that were created in the range, and says so where there are too few', async () => {
    const { body } = await must(api.call('GET', `${ADVICE}&to=2020-01-01T00:00:00Z`), 200);
    expect(body).toMatchObject({ runs: 0, from: null, to: null, suggestions: [] });
    expect(body.sentence).toBe('The data cannot tell: at least 30 runs are needed, and there are 0.');
    const range = 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z';
    expectProblem(await api.call('GET', `${ADVICE}&${range}`), 422);
  });

  it('is apart by mode, and is nothing for an invoker', async () => {
    expect((await api.call('GET', '/v1/analytics/advice?flow=wf_otp')).body).toMatchObject({ mode: 'live', runs: 0 });
    expectProblem(await api.call('GET', ADVICE, { key: api.keys.test }), 403);
  });

  it('is 404 for a flow or a version that is not there, and 409 for one that never ran', async () => {
    expectProblem(await api.call('GET', '/v1/analytics/advice?flow=wf_none'), 404);
    expectProblem(await api.call('GET', `${ADVICE}&version=9`), 404);
    await must(api.call('POST', '/v1/flows', { body: { ...OTP, workflowId: 'wf_new', name: 'new' } }), 201);
    expectProblem(await api.call('GET', '/v1/analytics/advice?flow=wf_new'), 409);
  });
});

describe('a replay', () => {
  it('of the version itself changes nothing', async () => {
    const { body } = await must(api.call('POST', REPLAY, { body: { version: 1, mode: 'test' } }), 200);
    expect(validator(replayedSchema, 'a replay')(body)).toMatchObject({ ok: true });
    expect(body).toMatchObject({ runs: RUNS, changed: 0, estimatedShare: 0, examples: [] });
    expect(body.draft).toEqual(body.baseline);
  });

  it('of a definition says what differs, for each step, with examples', async () => {
    const { body } = await must(api.call('POST', REPLAY, { body: { definition: withTimeout(3), mode: 'test' } }), 200);
    expect(validator(replayedSchema, 'a replay')(body)).toMatchObject({ ok: true });
    expect(body).toMatchObject({ changed: 32, confidence: 'measured', estimatedShare: 0 });
    expect(body.perStep).toMatchObject([
      { step: 'whatsapp', baseline: { sent: RUNS, timedOut: 32 }, draft: { sent: RUNS, timedOut: 0 } },
      { step: 'sms', baseline: { sent: 40, reached: 40 }, draft: { sent: 8, reached: 8 } },
    ]);
    expect(body.examples).toHaveLength(20);
    expect(body.examples[0]).toMatchObject({
      invocationId: 'inv_recorded_31',
      before: { reachedStep: 'sms', reachedMs: 1020, duplicate: true },
      after: { reachedStep: 'whatsapp', reachedMs: 1200, duplicate: false },
      estimated: false,
    });
  });

  it('of a step that nothing is recorded of says that the data cannot tell', async () => {
    const definition = withTimeout(1);
    const email = { name: 'email', channel: 'email', template: 'tpl_mail', timeoutSeconds: 5 };
    const body = { definition: { ...definition, steps: [email, ...definition.steps] }, mode: 'test' };
    const answer = await must(api.call('POST', REPLAY, { body }), 200);
    expect(answer.body).toMatchObject({ confidence: 'too_few' });
    expect(answer.body.sentence).toBe('The data cannot tell: nothing is recorded of “email”.');
  });

  it('takes no definition that could not be a draft', async () => {
    const definition = { ...withTimeout(3), quietHours: { from: '21:00', to: '08:00', timezone: 'Mars/Olympus' } };
    const answer = await api.call('POST', REPLAY, { body: { definition, mode: 'test' } });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/definition/quietHours/timezone']);
    const twins = { ...withTimeout(3), steps: [OTP.steps[0], OTP.steps[0]] };
    expectProblem(await api.call('POST', REPLAY, { body: { definition: twins, mode: 'test' } }), 422);
    expectProblem(await api.call('POST', REPLAY, { body: { baseline: 9, mode: 'test' } }), 404);
  });

  it('is a verb: a table, and the sentence', async () => {
    const env = { ONWARD_URL: api.url, ONWARD_KEY: api.keys.owner };
    const ran = await runVerb(['replay', '--flow', 'wf_otp', '--draft', '--mode', 'test'], env);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(ran.out).toMatch(/^wf_otp version 1: 80 runs, created from /);
    expect(ran.out).toMatch(/^reached twice +40 % +40 % +0 % /m);
    expect(ran.out).toContain('The draft: nothing changes; from 80 runs, all measured.');
    const json = await runVerb(['replay', '--flow', 'wf_otp', '--version', '1', '--mode', 'test', '--json'], env);
    expect(JSON.parse(json.out)).toMatchObject({ runs: RUNS, changed: 0 });
  });
});

describe('long work', () => {
  it('is done one at a time, the same question once, and what is too much is turned away', async () => {
    let now = 0;
    const work = longWork(() => now, 1000, 10);
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const ask = (name: string) =>
      work.do(name, () => {
        begun.push(name);
        return new Promise<string>((resolve) => ends.push(() => resolve(name)));
      });
    const answers = ['a', 'b', 'c', 'd', 'e'].map(ask);
    expect(ask('f')).toBeNull();
    expect(ask('a')).toBe(answers[0]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await until(() => begun.at(-1) === name, name);
      ends.pop()?.();
    }
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(ask('a')).toBe(answers[0]);
    now = 1000;
    expect(ask('a')).not.toBe(answers[0]);
  });

  it('that failed is done again when it is asked for again', async () => {
    const work = longWork(() => 0, 1000, 10);
    await expect(work.do('a', () => Promise.reject(new Error('the disk')))).rejects.toThrow('the disk');
    expect(await work.do('a', async () => 'done')).toBe('done');
  });
});

describe('runs of a real house', () => {
  let real: ApiUnderTest;
  afterAll(() => real.close());

  async function succeeded(): Promise<boolean> {
    const { folder } = real.house;
    const projector = await composeProjector({ dataFolder: folder, secret: HOUSE_SECRET, report: () => {} });
    while (await projector.step());
    await projector.close();
    return (await real.call('GET', '/v1/invocations?mode=test&status=succeeded&limit=200')).body.items.length === 40;
  }

  it('come out as they were', async () => {
    real = await startApi();
    await publishOtp(real);
    const scripts = ['delivered@20ms', 'reject:not_on_channel', 'undelivered:unreachable@20ms', 'early:delivered'];
    const body = Array.from({ length: 40 }, (_, n) => ({ ...PERSON, sandbox: { whatsapp: scripts[n % 4] } }));
    await must(real.call('POST', '/v1/workflows/wf_otp/invocations/batch', { body, key: real.keys.test }), 202);
    await until(succeeded, 'all to have succeeded');
    const answer = await must(real.call('GET', ADVICE), 200);
    expect(answer.body).toMatchObject({ runs: 40, leftOut: 0, baseline: { reach: 1, statuses: { succeeded: 40 } } });
  });
});
