import type { WorstCase } from '../schemas/invocation';
import { type Ladder, NONE, routeAt, type SendRung } from './ladder';
import type { State } from './state';

const known = new WeakMap<Ladder, WorstCase>();

/** What one send of the step is reckoned at: for this recipient where that is known, else by the dearest of its routes. */
export function reckonedMicros({ costs }: Pick<State, 'costs'>, rung: SendRung): number {
  return costs?.[rung.index] ?? dearestMicros(rung);
}

/** What a message counts that a route of the step took, where the provider has not said what it billed. */
export function billedMicros({ costs }: Pick<State, 'costs'>, rung: SendRung, route: number): number {
  return costs?.[rung.index] ?? routeAt(rung, route).costMicros;
}

export function dearestMicros({ routes }: SendRung): number {
  let dearest = 0;
  for (const { costMicros } of routes) dearest = Math.max(dearest, costMicros);
  return dearest;
}

/**
 * The most that one invocation can cost (every step sent once; a refused send is not billed) and take from the first
 * acceptance on, never more than the budget and `expiresAfterSeconds` allow. Reckoned once a ladder.
 * @param costs what one send of each step is reckoned at for a certain recipient
 */
export function worstCase(ladder: Ladder, costs: State['costs'] = null): WorstCase {
  if (costs !== null) return capped(ladder, costs);
  const before = known.get(ladder);
  if (before) return before;
  const result = capped(ladder, null);
  known.set(ladder, result);
  return result;
}

function capped(ladder: Ladder, costs: State['costs']): WorstCase {
  const sum = uncapped(ladder, costs);
  return {
    costMicros: Math.min(sum.costMicros, ladder.budget?.maxCostMicros ?? Number.POSITIVE_INFINITY),
    currency: ladder.currency,
    seconds: Math.min(sum.seconds, Math.ceil((ladder.expiresAfterMs ?? Number.POSITIVE_INFINITY) / 1000)),
  };
}

/** The same before budget and expiry: what a lint compares with them. */
export function uncapped(ladder: Ladder, costs: State['costs'] = null): { costMicros: number; seconds: number } {
  let costMicros = 0;
  let timeMs = 0;
  for (const rung of ladder.rungs) {
    if (rung.kind === 'send') costMicros += reckonedMicros({ costs }, rung);
    // A step inside a branch runs within its parallel step's own timeout.
    if (rung.parent === NONE) timeMs += rung.timeoutMs;
  }
  return { costMicros, seconds: Math.ceil(timeMs / 1000) };
}
