import { FLOW_LIMITS, type FlowDefinition, type Step } from '../../schemas/flow';
import { isFailure, meets } from '../attempt-status';
import { type Ladder, rungAt } from '../ladder';
import { quantile } from '../replay/figures';
import type { RecordedRun } from '../replay/recording';

/** One change of a flow's main ladder that is tried. */
export interface Candidate {
  kind: 'timeout' | 'order' | 'leave_out';
  step: string;
  /** Seconds of a timeout; names of steps otherwise. */
  from: number | readonly string[];
  to: number | readonly string[];
  definition: FlowDefinition;
  /** False: that run would have gone just as it did. */
  alters(run: RecordedRun): boolean;
}

/** Timeouts that people set. */
const ROUND_SECONDS = [
  1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800,
  604_800,
];
/** How far from the present one, either way. */
const REACH_FACTOR = 4;
const QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99];
const TIMEOUTS_MOST = 10;

/**
 * Another timeout for each step of the main ladder, each two neighbours in the other order, each step left out.
 * @param latencies of what reached the person, by the recorded step's number: ascending, in ms from acceptance
 * @param only that step's alone
 */
export function candidatesFor(
  definition: FlowDefinition,
  ladder: Ladder,
  latencies: ReadonlyMap<number, readonly number[]>,
  only: string | null,
): Candidate[] {
  const { steps } = definition;
  return steps.flatMap((step, at) => {
    if (only !== null && step.name !== only) return [];
    const found = timeouts(definition, at, ladder, latencies);
    const next = steps[at + 1];
    if (next) found.push(swapped(definition, at, step, next, ladder));
    // Asked of one step alone: it may also go before the one above it.
    const above = steps[at - 1];
    if (only !== null && above) found.push(swapped(definition, at - 1, above, step, ladder));
    if (steps.length > 1) found.push(without(definition, at, step, ladder));
    return found;
  });
}

function timeouts(
  definition: FlowDefinition,
  at: number,
  ladder: Ladder,
  latencies: ReadonlyMap<number, readonly number[]>,
): Candidate[] {
  const step = definition.steps[at] as Step;
  const from = step.timeoutSeconds;
  const index = ladder.indexByName.get(step.name) ?? -1;
  return secondsToTry(definition, from, latencies.get(index) ?? []).map((to) => ({
    kind: 'timeout',
    step: step.name,
    from,
    to,
    definition: { ...definition, steps: definition.steps.with(at, { ...step, timeoutSeconds: to }) },
    alters: (run) => timeoutAlters(run, ladder, index, Math.min(from, to)),
  }));
}

/** Round values, and those that a share of the recorded latencies lies below; the nearest first to be kept. */
function secondsToTry(definition: FlowDefinition, from: number, latencies: readonly number[]): number[] {
  const values = new Set(ROUND_SECONDS);
  if (latencies.length > 0) for (const share of QUANTILES) values.add(roundUp(quantile(latencies, share) / 1000));
  const { timeoutSecondsMin, timeoutSecondsMax } = FLOW_LIMITS;
  const whole = definition.steps.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0);
  const most = Math.max(from, (definition.expiresAfterSeconds ?? Number.POSITIVE_INFINITY) - (whole - from));
  const allowed = [...values].filter(
    (one) => one !== from && one >= timeoutSecondsMin && one <= Math.min(timeoutSecondsMax, most),
  );
  const far = (one: number) => Math.abs(Math.log(one / from));
  return allowed
    .filter((one) => far(one) <= Math.log(REACH_FACTOR) + 1e-9)
    .sort((a, b) => far(a) - far(b))
    .slice(0, TIMEOUTS_MOST)
    .sort((a, b) => a - b);
}

/** To a figure that a person would write. */
function roundUp(seconds: number): number {
  const grain = seconds <= 10 ? 1 : seconds <= 120 ? 5 : seconds <= 900 ? 30 : seconds <= 7200 ? 300 : 3600;
  return Math.max(1, Math.ceil(seconds / grain) * grain);
}

/** A step that was settled before either timeout, by its first attempt, goes on alike under both. */
function timeoutAlters(run: RecordedRun, ladder: Ladder, index: number, seconds: number): boolean {
  const rung = rungAt(ladder, index);
  if (rung.kind !== 'send' || meets(rung.successOn, 'read')) return true;
  const [first, ...more] = run.steps[index] ?? [];
  if (!first) return false;
  if (more.length > 0 || (first.answer !== 'accept' && first.answer !== 'hang')) return first.answer !== 'block';
  if (rung.successOn === 'accepted') return first.answer !== 'accept';
  const until = first.answeredMs + seconds * 1000;
  return !first.receipts.some(
    ({ status, afterMs }) => (isFailure(status) || meets(status, rung.successOn)) && afterMs < until,
  );
}

function swapped(definition: FlowDefinition, at: number, first: Step, second: Step, ladder: Ladder): Candidate {
  const steps = definition.steps.with(at, second).with(at + 1, first);
  return {
    kind: 'order',
    step: second.name,
    from: definition.steps.map(({ name }) => name),
    to: steps.map(({ name }) => name),
    definition: { ...definition, steps },
    alters: (run) => cameTo(run, definition, at, ladder),
  };
}

function without(definition: FlowDefinition, at: number, { name }: Step, ladder: Ladder): Candidate {
  const steps = definition.steps.toSpliced(at, 1);
  return {
    kind: 'leave_out',
    step: name,
    from: definition.steps.map((step) => step.name),
    to: steps.map((step) => step.name),
    definition: { ...definition, steps },
    alters: (run) => cameTo(run, definition, at, ladder),
  };
}

/** Whether the run came to the step at that place of the main ladder; it had ended well before where it did not. */
function cameTo(run: RecordedRun, { steps }: FlowDefinition, at: number, ladder: Ladder): boolean {
  if (at === 0 || run.outcome.status !== 'succeeded' || run.control !== null) return true;
  const from = ladder.indexByName.get(steps[at]?.name ?? '') ?? 0;
  return run.steps.some((attempts, index) => index >= from && attempts.length > 0);
}
