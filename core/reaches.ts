import { belongTogether } from './evolve';
import { NONE, rungAt, type SendRung } from './ladder';
import { type AttemptState, type State, stepAt } from './state';

/** One message that reached the person. */
export interface Reach {
  rung: SendRung;
  attempt: AttemptState;
  /** It reached the person whom another attempt, not meant to go with it, had reached before. */
  duplicate: boolean;
}

/** By the providers' clocks, the first one first; of one moment, as they stand on the ladder. */
export function reachesOf(state: State): Reach[] {
  const reaches: Omit<Reach, 'duplicate'>[] = [];
  state.steps.forEach(({ attempts }, index) => {
    const rung = rungAt(state.ladder, index);
    if (rung.kind !== 'send') return;
    for (const attempt of attempts) if (attempt.reachedAt !== null) reaches.push({ rung, attempt });
  });
  reaches.sort((a, b) => (a.attempt.reachedAt ?? 0) - (b.attempt.reachedAt ?? 0));
  return reaches.map((reach) => ({ ...reach, duplicate: isDuplicate(state, reach.rung, reach.attempt) }));
}

/** It reached the person whom another attempt, not meant to go with it, had reached before. */
export function isDuplicate(state: State, rung: SendRung, attempt: AttemptState): boolean {
  if (attempt.reachedAt === null || state.reachedStep === NONE) return false;
  const first = stepAt(state, state.reachedStep).attempts.find(({ reachedAt }) => reachedAt === state.reachedAt);
  return attempt !== first && !belongTogether(state.ladder, rung, rungAt(state.ladder, state.reachedStep));
}

/** It reached the person after its step was left or the invocation had ended. */
export function reachedLate(attempt: AttemptState): boolean {
  return attempt.late && attempt.reachedAt !== null;
}

/** Some message reached the person late. */
export function isLateRun({ steps }: Pick<State, 'steps'>): boolean {
  return steps.some(({ attempts }) => attempts.some(reachedLate));
}
