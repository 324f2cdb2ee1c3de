import type { Channel, Reason } from '../schemas/vocabulary';
import { NONE, rungAt } from './ladder';
import { isLateRun } from './reaches';
import type { State } from './state';

/** What lists of runs are searched by, besides their status. */
export interface RunFacts {
  /** Some message reached the person late. */
  late: boolean;
  /** The person was reached more than once. */
  duplicate: boolean;
  /** The step that reached the person first; null where none has. */
  reached: { index: number; step: string; channel: Channel | null } | null;
  /** Why it failed; null where it has not. */
  reason: Reason | null;
}

export function factsOf(state: State): RunFacts {
  const rung = state.reachedStep === NONE ? null : rungAt(state.ladder, state.reachedStep);
  return {
    late: isLateRun(state),
    duplicate: state.duplicate,
    reached: rung && { index: rung.index, step: rung.name, channel: rung.kind === 'send' ? rung.channel : null },
    reason: state.endReason,
  };
}
