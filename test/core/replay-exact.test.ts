import fc from 'fast-check';
import type { Ladder } from '../../core/ladder';
import { matchSteps } from '../../core/replay/match-steps';
import { NO_POOL } from '../../core/replay/pools';
import { recordedRun } from '../../core/replay/recorded';
import { replayRun } from '../../core/replay/replay-run';
import { type SimulateOptions, simulate } from '../../core/simulate';
import type { State } from '../../core/state';
import type { Reason } from '../../schemas/vocabulary';
import { liveLadder, START_AT, scriptsOf, testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';

/** fast-check prints the seed and the path of a failure; they reproduce it. */
const RUNS = { numRuns: 400 };
const LOOKED_AT = START_AT + 30 * 24 * 3_600_000;
const QUIET = { from: '09:30', to: '10:30', timezone: 'UTC', purposes: ['otp' as const] };
const BUDGET = { maxCostMicros: 72_000, currency: 'EUR', onExceeded: 'skip_step' as const };

const ladders: Record<string, Ladder> = {
  'one after the other': testLadder(flow([step('whatsapp'), step('sms'), step('email')])),
  'retried, or stopped': testLadder(
    flow([step('whatsapp', { onReason: { unreachable: 'retry', blocked: 'stop' }, timeoutSeconds: 4 }), step('sms')]),
  ),
  'any of two branches': testLadder(
    flow([parallel('any', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')]),
  ),
  'all of two branches': testLadder(
    flow([parallel('all', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')]),
  ),
  'within a budget': testLadder(flow([step('whatsapp'), step('sms'), step('rcs')], { budget: BUDGET })),
  'a budget that stops': testLadder(
    flow([step('whatsapp'), step('sms'), step('rcs')], { budget: { ...BUDGET, onExceeded: 'stop_flow' } }),
  ),
  'in quiet hours': testLadder(flow([step('whatsapp'), step('sms')], { quietHours: QUIET })),
  'with an end': testLadder(flow([step('whatsapp'), step('sms'), step('email')], { expiresAfterSeconds: 2 })),
  'for what is sent or accepted': testLadder(
    flow([step('whatsapp', { successOn: 'sent' }), step('sms', { successOn: 'accepted' })]),
  ),
  'with recall': testLadder(flow([step('rcs', { recall: true }), step('sms'), step('email')])),
  'by several providers': liveLadder(
    flow([step('sms', { provider: ['twilio', 'solapi', 'http'], timeoutSeconds: 3 }), step('email')]),
  ),
  'by a provider that can be asked': liveLadder(flow([step('sms', { provider: 'twilio' }), step('email')])),
};

const script = fc.constantFrom(
  'silent',
  'hang',
  'delivered@200ms',
  'delivered@1s',
  'delivered@1200ms',
  'delivered@3s',
  'sent@100ms, delivered@900ms x2, read@1500ms',
  'accept@300ms, delivered@400ms',
  'accept@2s, delivered@100ms',
  'early:delivered',
  'early:sent, silent',
  'undelivered:unreachable@300ms',
  'undelivered:unreachable@2500ms',
  'failed:blocked@100ms',
  'undelivered:unreachable@300ms, delivered@2s',
  'undelivered@300ms, delivered@5s',
  'delivered@300ms, undelivered@2s',
  'expired@950ms',
  'hang, delivered@300ms',
  'hang, sent@2s',
  'reject:invalid_address',
  'reject:rate_limited',
  'reject:provider_unavailable',
  'reject:unreachable',
  'read@700ms',
  'read@1100ms, delivered@1300ms',
);
const STEPS = ['whatsapp', 'sms', 'email', 'push', 'rcs'];
const world = fc.record({
  scripts: fc.tuple(script, script, script, script, script),
  end: fc.option(fc.record({ afterMs: fc.integer({ min: 1, max: 4_000 }), by: fc.boolean() }), { freq: 4 }),
  unaddressable: fc.option(fc.constantFrom(...STEPS), { freq: 6 }),
  blocked: fc.option(fc.constantFrom(...STEPS), { freq: 6 }),
  sendAt: fc.option(fc.integer({ min: 1, max: 100_000 }), { freq: 6 }),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

function play(ladder: Ladder, { scripts, end, unaddressable, blocked, sendAt }: World): State {
  const options: SimulateOptions = {
    startAt: START_AT,
    unaddressable: unaddressable && ladder.indexByName.has(unaddressable) ? [unaddressable] : [],
    blocked: blocked ? { [blocked]: 'suppressed' as Reason } : {},
    sendAt: sendAt === null ? null : START_AT + sendAt,
    actions: end
      ? [{ afterMs: end.afterMs + (sendAt ?? 0), input: { type: end.by ? 'CancelRequested' : 'CompleteRequested' } }]
      : [],
    sendPatienceMs: 900,
  };
  const named = Object.fromEntries(STEPS.map((name, n) => [name, scripts[n] ?? 'silent']));
  return simulate(ladder, scriptsOf(named), options).state;
}

function replayed(ladder: Ladder, state: State) {
  const run = recordedRun('inv_1', state, LOOKED_AT);
  if (!run) return null;
  const ground = { runs: [], pools: ladder.rungs.map(() => NO_POOL) };
  const { outcome, untold } = replayRun({ ladder, match: matchSteps(ladder, ladder) }, ground, run);
  return { recorded: run.outcome, outcome, untold };
}

describe('a run that is replayed on its own ladder comes out as it was, to the millisecond', () => {
  test.each(Object.entries(ladders))('%s', (_name, ladder) => {
    fc.assert(
      fc.property(world, (one) => {
        const found = replayed(ladder, play(ladder, one));
        expect(found?.outcome).toEqual(found?.recorded);
        expect(found?.untold).toBeNull();
      }),
      RUNS,
    );
  });
});
