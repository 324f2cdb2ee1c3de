import type { Channel, Reason } from '../schemas/vocabulary';
import { statusOf } from './attempt-status';
import { NONE, rungAt } from './ladder';
import { isLateRun } from './reaches';
import type { State } from './state';

/** What lists of runs are searched by, besides their status, and what people ask of a run who do not read its state. */
export interface RunFacts {
  /** Some message reached the person late. */
  late: boolean;
  /** The person was reached more than once. */
  duplicate: boolean;
  /** The step that reached the person first; null where none has. */
  reached: { index: number; step: string; channel: Channel | null } | null;
  /** When it did, by the provider's clock, in milliseconds since 1970. */
  reachedAt: number | null;
  /** Why it failed; null where it has not. */
  reason: Reason | null;
  /** Sends that were handed to a provider. */
  attempts: number;
  costMicros: number;
  costTwiceMicros: number;
  currency: string;
}

export function factsOf(state: State): RunFacts {
  const rung = state.reachedStep === NONE ? null : rungAt(state.ladder, state.reachedStep);
  return {
    late: isLateRun(state),
    duplicate: state.duplicate,
    reached: rung && { index: rung.index, step: rung.name, channel: rung.kind === 'send' ? rung.channel : null },
    reachedAt: state.reachedAt,
    reason: state.endReason,
    attempts: sendsOf(state),
    costMicros: state.costMicros,
    costTwiceMicros: state.costTwiceMicros,
    currency: state.ladder.currency,
  };
}

function sendsOf({ steps }: State): number {
  let sends = 0;
  for (const { attempts } of steps) {
    for (const attempt of attempts) if (statusOf(attempt) !== 'skipped') sends++;
  }
  return sends;
}
