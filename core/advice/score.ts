import type { Measures } from '../replay/intervals';
import { relativePercent } from '../replay/words';

/**
 * What one thing is worth in terms of another, so that changes can be put in an order: a percent of the runs that are
 * reached at all counts 4, one that is reached in time 2, a percent of duplicates 1, a percent of the cost 0.25, a
 * percent of the time by which 95 % of those who are reached have been reached 0.1.
 */
export function scoreOf(before: Measures, after: Measures): number {
  const percent = (measure: 'reach' | 'reachWithin' | 'duplicates') => 100 * (after[measure] - before[measure]);
  return (
    4 * percent('reach') +
    2 * percent('reachWithin') -
    percent('duplicates') -
    0.25 * relativePercent(before.costMicros, after.costMicros) -
    0.1 * relativePercent(before.p95Ms, after.p95Ms)
  );
}

/** Below it a change is not worth its trouble, however sure it is. */
export const SCORE_MIN = 0.5;

/** However much it gains, nobody is advised to lose more than this: shares of runs, and of the cost. */
const LOSS_MOST = { reach: 0.001, reachWithin: 0.005, duplicates: 0.005, cost: 0.02 } as const;

export function losesTooMuch(before: Measures, after: Measures): boolean {
  return (
    before.reach - after.reach > LOSS_MOST.reach ||
    before.reachWithin - after.reachWithin > LOSS_MOST.reachWithin ||
    after.duplicates - before.duplicates > LOSS_MOST.duplicates ||
    relativePercent(before.costMicros, after.costMicros) > 100 * LOSS_MOST.cost
  );
}
