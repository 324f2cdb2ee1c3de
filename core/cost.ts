import type { WorstCase } from '../schemas/invocation';
import { type Ladder, NONE } from './ladder';

const known = new WeakMap<Ladder, WorstCase>();

/**
 * The most that one invocation can cost (every step sent once; a refused send is not billed) and take from the first
 * acceptance on, never more than the budget and `expiresAfterSeconds` allow. Reckoned once a ladder.
 */
export function worstCase(ladder: Ladder): WorstCase {
  const before = known.get(ladder);
  if (before) return before;
  const sum = uncapped(ladder);
  const result = {
    costMicros: Math.min(sum.costMicros, ladder.budget?.maxCostMicros ?? Number.POSITIVE_INFINITY),
    currency: ladder.currency,
    seconds: Math.min(sum.seconds, Math.ceil((ladder.expiresAfterMs ?? Number.POSITIVE_INFINITY) / 1000)),
  };
  known.set(ladder, result);
  return result;
}

/** The same before budget and expiry: what a lint compares with them. */
export function uncapped(ladder: Ladder): { costMicros: number; seconds: number } {
  let costMicros = 0;
  let timeMs = 0;
  for (const rung of ladder.rungs) {
    if (rung.kind === 'send') costMicros += rung.costMicros;
    // A step inside a branch runs within its parallel step's own timeout.
    if (rung.parent === NONE) timeMs += rung.timeoutMs;
  }
  return { costMicros, seconds: Math.ceil(timeMs / 1000) };
}
