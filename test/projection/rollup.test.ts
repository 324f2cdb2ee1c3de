import fc from 'fast-check';
import { evolve, fold } from '../../core/evolve';
import type { Ladder } from '../../core/ladder';
import { latencyBucket } from '../../core/latency-buckets';
import { simulate } from '../../core/simulate';
import { initialState, type State } from '../../core/state';
import { invocationView } from '../../core/view';
import { type Counts, countsBetween, type RunCounts } from '../../projection/rollup';
import type { AttemptView } from '../../schemas/invocation';
import { make, move, newWorld, settle } from '../core/hostile-world';
import { START_AT, scriptsOf, testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';

const RUNS = { numRuns: 300 };
const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;

const LADDERS: readonly Ladder[] = [
  testLadder(flow([step('whatsapp'), step('sms'), step('email')])),
  failureWins(testLadder(flow([step('whatsapp'), step('sms', { successOn: 'accepted' })]))),
  testLadder(flow([step('rcs', { recall: true, successOn: 'read' }), step('sms')], { expiresAfterSeconds: 3 })),
  testLadder(flow([parallel('any', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')])),
  testLadder(flow([parallel('all', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')])),
  testLadder(
    flow([step('whatsapp', { onReason: { unreachable: 'retry', blocked: 'stop' } }), step('sms'), step('email')], {
      budget: { maxCostMicros: 72_000, currency: 'EUR', onExceeded: 'skip_step' },
    }),
  ),
];

function failureWins(ladder: Ladder): Ladder {
  const rungs = ladder.rungs.map((rung) => {
    return rung.kind === 'send' ? { ...rung, policy: 'failure_wins' as const } : rung;
  });
  return { ...ladder, rungs };
}

/** Each state of a run on its way, the first one included. */
function statesOf(ladder: Ladder, events: Parameters<typeof evolve>[1][]): State[] {
  const states = [initialState(ladder)];
  for (const event of events) states.push(evolve(states[states.length - 1] as State, event));
  return states;
}

/** Sums by step name; '' is the invocation. What comes to nothing is left out. */
function sum(contributions: readonly RunCounts[]): Record<string, Counts> {
  const sums: Record<string, Counts> = {};
  for (const { key, counts } of contributions) {
    sums[key.step] ??= {};
    const ofStep = sums[key.step] as Counts;
    for (const [name, count] of Object.entries(counts)) ofStep[name] = (ofStep[name] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(sums).flatMap(([name, counts]) => nonZero(name, counts)));
}

function nonZero(name: string, counts: Counts): [string, Counts][] {
  const rest = Object.entries(counts).filter(([, count]) => count !== 0);
  return rest.length > 0 ? [[name, Object.fromEntries(rest)]] : [];
}

const total = (ladder: Ladder, state: State) => sum(countsBetween(initialState(ladder), state));

const story = fc.tuple(fc.constantFrom(...LADDERS), fc.array(move, { maxLength: 60 }), fc.boolean());

function eventsOf([ladder, moves, settled]: [Ladder, Parameters<typeof make>[1][], boolean]) {
  const world = newWorld(ladder);
  for (const one of moves) make(world, one);
  if (settled) settle(world);
  return world.events;
}

describe('whatever the world does', () => {
  test('however the events are cut, they come to the same counts', () => {
    fc.assert(
      fc.property(story, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (given, cuts) => {
        const states = statesOf(given[0], eventsOf(given));
        const found: RunCounts[] = [];
        for (let from = 0, n = 0; from < states.length - 1; n++) {
          const to = Math.min(states.length - 1, from + (cuts[n % cuts.length] ?? 1));
          found.push(...countsBetween(states[from] as State, states[to] as State));
          from = to;
        }
        expect(sum(found)).toEqual(total(given[0], states[states.length - 1] as State));
      }),
      RUNS,
    );
  });

  test('at every point on the way the counts are what the view of the run says', () => {
    fc.assert(
      fc.property(story, (given) => {
        for (const state of statesOf(given[0], eventsOf(given)).slice(1)) {
          const counts = total(given[0], state);
          expect(actual(counts[''] ?? {})).toEqual(countsOfRun(state));
          for (const rung of given[0].rungs) {
            if (rung.kind === 'parallel') continue;
            expect(pick(counts[rung.name] ?? {}, rung.successOn)).toEqual(countsOfStep(state, rung.name));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('nothing is less than 0, a later figure of the funnel is at most an earlier one, and one step saves at most', () => {
    fc.assert(
      fc.property(story, (given) => {
        for (const state of statesOf(given[0], eventsOf(given)).slice(1)) {
          const { '': _run, ...steps } = total(given[0], state);
          const all = Object.values(steps);
          expect(all.flatMap((counts) => Object.values(counts)).every((count) => count > 0)).toBe(true);
          for (const { attempted = 0, accepted = 0, delivered = 0, lateDelivered = 0, read = 0, clicked = 0 } of all) {
            expect([attempted, accepted, delivered + lateDelivered, read, clicked]).toEqual(
              [attempted, accepted, delivered + lateDelivered, read, clicked].sort((a, b) => b - a),
            );
          }
          expect(all.reduce((saved, counts) => saved + (counts.savedByFallback ?? 0), 0)).toBeLessThanOrEqual(1);
        }
      }),
      RUNS,
    );
  });
});

const REACHED: readonly string[] = ['delivered', 'read', 'clicked', 'replied'];
const META = { id: 'inv_1', externalId: null, metadata: null, createdAt: START_AT };

function countsOfRun(state: State): Counts {
  const { status, costMicros = 0, costTwiceMicros = 0, duplicate, attempts } = invocationView(state, META);
  const late = attempts.some((attempt) => attempt.late && REACHED.includes(attempt.status));
  const ended = status === 'running' ? {} : { [status]: 1 };
  const counts = {
    accepted: 1,
    ...ended,
    costMicros,
    costTwiceMicros,
    duplicates: Number(duplicate),
    late: Number(late),
  };
  return nonZero('', counts)[0]?.[1] ?? {};
}

/** What did happen, without what it would have cost otherwise. */
function actual(counts: Counts): Counts {
  const {
    reckoned: _r,
    allAtOnceMicros: _a,
    smsOnlyMicros: _m,
    smsOnlyUnknown: _u,
    smsOnlyCostMicros: _c,
    ...rest
  } = counts;
  return rest;
}

/** What the view tells of by itself. */
function countsOfStep(state: State, name: string): Counts {
  const counts: Counts = {};
  const add = (counter: string, by = 1) => {
    counts[counter] = (counts[counter] ?? 0) + by;
  };
  const criterion = state.ladder.rungs.find((rung) => rung.name === name);
  for (const attempt of invocationView(state, META).attempts.filter((one) => one.step === name)) {
    if (attempt.attempt > 0 && attempt.status !== 'skipped') add('attempted');
    if (attempt.uncertain) add('uncertain');
    const { costMicros = 0 } = attempt;
    add('costMicros', costMicros);
    if (attempt.duplicate) add('duplicates');
    add('costTwiceMicros', attempt.duplicate ? costMicros : 0);
    if (REACHED.includes(attempt.status)) addReach(attempt, criterion?.kind === 'send' ? criterion.successOn : '', add);
    else if (attempt.reason !== null) add(`reason.${attempt.reason}`);
  }
  return nonZero('', counts)[0]?.[1] ?? {};
}

function addReach(attempt: AttemptView, successOn: string, add: (counter: string) => void): void {
  add('reached');
  // With a criterion beyond delivery the view's mark is of the criterion, not of the delivery.
  if (attempt.late && successOn !== 'read') add('markedLate');
  if (attempt.status !== 'delivered') add('read');
  const waits = successOn !== 'accepted' && successOn !== 'sent';
  if (waits && typeof attempt.latencyMs === 'number') add(`latency.${latencyBucket(attempt.latencyMs)}`);
}

/** The counts that the view tells of, in its words. */
function pick(counts: Counts, successOn: string): Counts {
  const { delivered = 0, lateDelivered = 0, ...rest } = counts;
  const said: Counts = { reached: delivered + lateDelivered };
  if (successOn !== 'read') said.markedLate = lateDelivered;
  for (const [name, count] of Object.entries(rest)) {
    const told = ['attempted', 'uncertain', 'costMicros', 'duplicates', 'costTwiceMicros', 'read'].includes(name);
    if (told || name.startsWith('reason.') || name.startsWith('latency.')) said[name] = count;
  }
  return nonZero('', said)[0]?.[1] ?? {};
}

describe('what a run counts', () => {
  const counted = (
    definition: Parameters<typeof testLadder>[0],
    sandbox: Record<string, string>,
    options: Partial<Parameters<typeof simulate>[2]> = {},
  ) => {
    const ladder = testLadder(definition);
    return total(ladder, simulate(ladder, scriptsOf(sandbox), { startAt: START_AT, ...options }).state);
  };
  const bucketOf = (ms: number) => `latency.${latencyBucket(ms)}`;

  test('a first step that delivers is attempted, accepted and delivered once, however many receipts came', () => {
    expect(
      counted(flow([step('whatsapp'), step('sms')]), { whatsapp: 'sent@50ms, delivered@200ms x2, read@300ms' }),
    ).toEqual({
      '': {
        accepted: 1,
        succeeded: 1,
        costMicros: 35_500,
        reckoned: 1,
        allAtOnceMicros: 71_000,
        smsOnlyMicros: 35_500,
        smsOnlyCostMicros: 35_500,
      },
      whatsapp: { attempted: 1, accepted: 1, delivered: 1, read: 1, costMicros: 35_500, [bucketOf(200)]: 1 },
    });
  });

  test('a fallback saves the invocation; the late delivery is late, a duplicate, and billed twice', () => {
    const both = counted(flow([step('whatsapp'), step('sms')]), { whatsapp: 'delivered@20s', sms: 'delivered@100ms' });
    expect(actual(both[''] ?? {})).toEqual({
      accepted: 1,
      succeeded: 1,
      duplicates: 1,
      late: 1,
      costMicros: 71_000,
      costTwiceMicros: 35_500,
    });
    expect(both.whatsapp).toMatchObject({ attempted: 1, accepted: 1, timedOut: 1, lateDelivered: 1, duplicates: 1 });
    expect(both.whatsapp?.delivered).toBeUndefined();
    expect(both.sms).toMatchObject({ delivered: 1, savedByFallback: 1, costMicros: 35_500 });
  });

  test('each way of not reaching the person is counted with its reason', () => {
    const ladder = flow([step('whatsapp'), step('sms'), step('rcs'), step('email'), step('push')]);
    const sandbox = { whatsapp: 'undelivered:unreachable@50ms', sms: 'reject:blocked', rcs: 'silent', push: 'hang' };
    const found = counted(ladder, sandbox, { unaddressable: ['email'] });
    expect(found.whatsapp).toMatchObject({ attempted: 1, accepted: 1, failed: 1, 'reason.unreachable': 1 });
    expect(found.sms).toEqual({ attempted: 1, rejected: 1, failed: 1, 'reason.blocked': 1 });
    expect(found.rcs).toMatchObject({ attempted: 1, accepted: 1, timedOut: 1, 'reason.timeout': 1 });
    expect(found.email).toEqual({ skipped: 1, 'reason.no_address': 1 });
    expect(found.push).toMatchObject({ attempted: 1, uncertain: 1, timedOut: 1, 'reason.uncertain': 1 });
    expect(found['']).toMatchObject({ accepted: 1, failed: 1 });
  });

  test('a gate that holds a send back skips the step: nothing was attempted', () => {
    const found = counted(flow([step('whatsapp'), step('sms')]), {}, { blocked: { whatsapp: 'suppressed' } });
    expect(found.whatsapp).toEqual({ skipped: 1, 'reason.suppressed': 1 });
    expect(found.sms).toMatchObject({ delivered: 1, savedByFallback: 1 });
  });

  test('of branches that the ladder begins with, none is a fallback of another', () => {
    const found = counted(flow([parallel('all', [[step('sms')], [step('email')]]), step('whatsapp')]), {});
    expect(Object.values(found).some((counts) => 'savedByFallback' in counts)).toBe(false);
    expect(actual(found[''] ?? {})).toEqual({ accepted: 1, succeeded: 1, costMicros: 36_000 });
  });

  test('a message that was delivered in time and read too late was delivered in time', () => {
    const ladder = flow([step('rcs', { successOn: 'read' }), step('sms')]);
    const found = counted(ladder, { rcs: 'delivered@100ms, read@20s', sms: 'silent' });
    expect(found.rcs).toMatchObject({ delivered: 1, read: 1, timedOut: 1, [bucketOf(100)]: 1 });
    const late = counted(ladder, { rcs: 'delivered@20s', sms: 'silent' });
    expect(late.rcs).toMatchObject({ lateDelivered: 1, timedOut: 1 });
  });

  test('what it would have cost otherwise is counted as the recipient’s costs and addresses have it', () => {
    const ladder = testLadder(flow([step('whatsapp'), step('sms'), step('email'), step('lms')]));
    const sandbox = { whatsapp: 'undelivered:unreachable@50ms' };
    const otherwise = (change: { costs?: number[]; unaddressable?: string[] }) => {
      const { events } = simulate(ladder, scriptsOf(sandbox), { startAt: START_AT, ...change });
      const told = events.map((event) => (event.type === 'InvocationStarted' ? { ...event, ...change } : event));
      const found = sum(countsBetween(initialState(ladder), fold(ladder, told)));
      return Object.fromEntries(Object.entries(found[''] ?? {}).filter(([name]) => /^(reck|all|sms|costM)/.test(name)));
    };
    expect(otherwise({})).toEqual({
      ...{ reckoned: 1, costMicros: 71_000, allAtOnceMicros: 35_500 * 3 + 500 },
      ...{ smsOnlyMicros: 35_500, smsOnlyCostMicros: 71_000 },
    });
    // The first of sms, lms and xms is the one, and what it costs this recipient.
    expect(otherwise({ costs: [10, 200, 3_000, 40_000] })).toMatchObject({
      ...{ allAtOnceMicros: 43_210, smsOnlyMicros: 200 },
    });
    expect(otherwise({ unaddressable: ['sms'] })).toEqual({
      ...{ reckoned: 1, costMicros: 36_000, allAtOnceMicros: 35_500 * 2 + 500, smsOnlyUnknown: 1 },
    });
    const noSms = counted(flow([step('whatsapp')]), {});
    expect(noSms['']).toMatchObject({ smsOnlyUnknown: 1, allAtOnceMicros: 35_500 });
    expect(noSms['']).not.toHaveProperty('smsOnlyCostMicros');
  });

  test('a run is counted under the country of its recipient’s number, and in the slot in which it began', () => {
    const ladder = testLadder(flow([step('sms')]));
    const startAt = START_AT + 8 * HOUR_MS + 3 * QUARTER_MS;
    const { events } = simulate(ladder, {}, { startAt });
    const [started, ...rest] = events;
    if (started?.type !== 'InvocationStarted') throw new Error('a run begins otherwise');
    const state = fold(ladder, [{ ...started, country: 'NP' }, ...rest]);
    const keys = countsBetween(initialState(ladder), state).map(({ key }) => `${key.step} ${key.country} ${key.hour}`);
    // 18:30 is midnight in India.
    const slot = START_AT + 8 * HOUR_MS + 2 * QUARTER_MS;
    expect(keys).toEqual([` NP ${slot}`, `sms NP ${slot}`]);
  });

  test('all of a run stands in the hour in which it began', () => {
    const ladder = testLadder(flow([step('whatsapp'), step('sms')]));
    const startAt = START_AT + QUARTER_MS - 10;
    const { events } = simulate(ladder, scriptsOf({ whatsapp: 'silent' }), { startAt });
    const states = statesOf(ladder, events);
    const found = states.slice(1).flatMap((state, n) => countsBetween(states[n] as State, state));
    expect(new Set(found.map(({ key }) => key.hour))).toEqual(new Set([START_AT]));
    expect(found[0]?.key).toEqual({
      mode: 'test',
      flowId: 'flw_1',
      flowVersion: 1,
      step: '',
      channel: '',
      country: '',
      hour: START_AT,
    });
    expect(new Set(found.map(({ key }) => `${key.step} ${key.channel}`))).toEqual(
      new Set([' ', 'whatsapp whatsapp', 'sms sms']),
    );
  });
});
