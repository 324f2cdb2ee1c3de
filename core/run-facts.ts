import type { Channel, Reason } from '../schemas/vocabulary';
import { statusOf } from './attempt-status';
import { NONE, rungAt } from './ladder';
import { isLateRun } from './reaches';
import type { State } from './state';

/** What a run has come to, in fields that need no reading of its state. Times in milliseconds since 1970. */
export interface RunFacts {
  /** The number, on the ladder, of the step that reached the person first; null: nobody was reached. */
  reachedIndex: number | null;
  /** That step, its channel, and when by the provider's clock. */
  reachedStep: string | null;
  reachedChannel: Channel | null;
  reachedAt: number | null;
  /** Some message reached the person late. */
  late: boolean;
  /** The person was reached more than once. */
  duplicate: boolean;
  /** Why it failed; null where it has not. */
  reason: Reason | null;
  /** Sends that were handed to a provider. */
  attempts: number;
  costMicros: number;
  costTwiceMicros: number;
  currency: string;
}

export function factsOf(state: State): RunFacts {
  const { ladder, reachedStep, reachedAt, duplicate, endReason, costMicros, costTwiceMicros } = state;
  const reached = reachedStep === NONE ? null : rungAt(ladder, reachedStep);
  return {
    reachedIndex: reached?.index ?? null,
    reachedStep: reached?.name ?? null,
    reachedChannel: reached?.kind === 'send' ? reached.channel : null,
    reachedAt,
    late: isLateRun(state),
    duplicate,
    reason: endReason,
    attempts: sendsOf(state),
    costMicros,
    costTwiceMicros,
    currency: ladder.currency,
  };
}

function sendsOf({ steps }: State): number {
  let sends = 0;
  for (const { attempts } of steps) {
    for (const attempt of attempts) if (statusOf(attempt) !== 'skipped') sends++;
  }
  return sends;
}
