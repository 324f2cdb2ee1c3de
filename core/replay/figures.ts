import type { FinalStatus } from '../../schemas/vocabulary';
import { type Ladder, NONE, rungAt } from '../ladder';
import type { State } from '../state';
import type { Outcome } from './recording';

/** What many runs came to. Shares are of all runs, from 0 to 1; times count from the start of a run. */
export interface Figures {
  runs: number;
  /** Reached at all, late receipts included. */
  reach: number;
  /** Reached within the time that is looked at. */
  reachWithin: number;
  duplicates: number;
  /** The mean of a run, in micros. */
  costMicros: number;
  totalCostMicros: number;
  /** Billed for reaching the same person again, in micros. */
  totalCostTwiceMicros: number;
  /** Of those who were reached; null: nobody was. */
  timeToReachMs: { p50: number; p95: number } | null;
  statuses: Record<FinalStatus, number>;
}

/** The time at which reach is looked at: twice what the first step is given, when the second has had its chance. */
export function timeLookedAt({ rungs }: Ladder): number {
  return 2 * (rungs[0]?.timeoutMs ?? 30_000);
}

export function figuresOf(outcomes: readonly Outcome[], withinMs: number): Figures {
  const runs = outcomes.length;
  // A typed array is sorted as numbers, several times as fast as by a comparison.
  const times = Float64Array.from(outcomes.flatMap(({ reachedMs }) => (reachedMs === null ? [] : [reachedMs]))).sort();
  const statuses = { succeeded: 0, failed: 0, cancelled: 0, expired: 0 };
  let [within, duplicates, cost, twice] = [0, 0, 0, 0];
  for (const one of outcomes) {
    if (isWithin(one, withinMs)) within++;
    if (one.duplicate) duplicates++;
    cost += one.costMicros;
    twice += one.costTwiceMicros;
    if (one.status !== 'running') statuses[one.status]++;
  }
  const share = (count: number) => (runs === 0 ? 0 : count / runs);
  const timeToReachMs = times.length === 0 ? null : { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
  return {
    runs,
    reach: share(times.length),
    reachWithin: share(within),
    duplicates: share(duplicates),
    costMicros: share(cost),
    totalCostMicros: cost,
    totalCostTwiceMicros: twice,
    timeToReachMs,
    statuses,
  };
}

export function isWithin({ reachedMs }: Outcome, ms: number): boolean {
  return reachedMs !== null && reachedMs <= ms;
}

/** The smallest value that at least that share of them does not exceed. @param sorted ascending, not empty */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** What became of one step over many runs, in numbers of runs; cost in micros. */
export interface StepTally {
  sent: number;
  /** The person was reached by it first. */
  reached: number;
  timedOut: number;
  failed: number;
  skipped: number;
  /** Its success came after it was left. */
  late: number;
  costMicros: number;
}

/** Adds a run to the tallies, which stand by the step's name. */
export function tally(tallies: Map<string, StepTally>, { ladder, steps, reachedStep }: State): void {
  steps.forEach((step, index) => {
    const rung = rungAt(ladder, index);
    if (rung.kind !== 'send') return;
    const counts = tallies.get(rung.name) ?? newTally();
    tallies.set(rung.name, counts);
    if (step.attempts.some(({ send }) => send !== 'blocked')) counts.sent++;
    if (reachedStep !== NONE && reachedStep === index) counts.reached++;
    if (step.phase === 'timed_out') counts.timedOut++;
    if (step.phase === 'failed') counts.failed++;
    if (step.phase === 'skipped') counts.skipped++;
    if (step.attempts.some(({ late }) => late)) counts.late++;
    for (const { costMicros } of step.attempts) counts.costMicros += costMicros;
  });
}

export function newTally(): StepTally {
  return { sent: 0, reached: 0, timedOut: 0, failed: 0, skipped: 0, late: 0, costMicros: 0 };
}
