import type { Channel } from '../schemas/vocabulary';
import { statusOf } from './attempt-status';
import { NONE, rungAt } from './ladder';
import type { State } from './state';

/** What a run has come to, in fields that need no reading of its state. Times in milliseconds since 1970. */
export interface RunFigures {
  /** The step that reached the person first, its channel, and when by the provider's clock; null: nobody was reached. */
  reachedStep: string | null;
  reachedChannel: Channel | null;
  reachedAt: number | null;
  /** Reached more than once. */
  duplicate: boolean;
  /** Some step reached the person after it was left, or after the end. */
  late: boolean;
  /** Sends that were handed to a provider. */
  attempts: number;
  costMicros: number;
  costTwiceMicros: number;
  currency: string;
}

export function runFigures(state: State): RunFigures {
  const { ladder, reachedStep, reachedAt, duplicate, costMicros, costTwiceMicros } = state;
  const reached = reachedStep === NONE ? null : rungAt(ladder, reachedStep);
  const attempts = state.steps.flatMap((step) => step.attempts);
  return {
    reachedStep: reached?.name ?? null,
    reachedChannel: reached?.kind === 'send' ? reached.channel : null,
    reachedAt,
    duplicate,
    late: attempts.some((attempt) => attempt.late && attempt.reachedAt !== null),
    attempts: attempts.filter((attempt) => statusOf(attempt) !== 'skipped').length,
    costMicros,
    costTwiceMicros,
    currency: ladder.currency,
  };
}
