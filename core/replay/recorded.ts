import { type Ladder, NONE, rungAt, type SendRung } from '../ladder';
import { isSettled } from '../pending';
import type { AttemptState, State } from '../state';
import { recordedAttempt } from './recorded-attempt';
import type { Outcome, RecordedRun } from './recording';

/**
 * What is known of an ended run from its state alone.
 * @param lookedAt when it was last looked at, in ms since 1970
 * @returns null where a send is still to be answered
 */
export function recordedRun(id: string, state: State, lookedAt: number): RecordedRun | null {
  if (!isSettled(state) || state.endedAt === null) return null;
  const { ladder, startedAt, scheduledAt, timezone, costs } = state;
  return {
    id,
    startedAt,
    scheduledAt,
    timezone,
    unaddressable: ladder.rungs.map(({ name }) => state.unaddressable.includes(name)),
    costs,
    control: controlOf(state, state.endedAt),
    steps: ladder.rungs.map((rung, index) => {
      const attempts = state.steps[index]?.attempts ?? [];
      return rung.kind === 'send' ? attempts.map((_, n) => recordedAttempt(state, rung, n, lookedAt)) : [];
    }),
    reachedBy: state.steps.map((step) => step.attempts.some(({ reachedAt }) => reachedAt !== null)),
    outcome: outcomeOf(state),
  };
}

export function outcomeOf(state: State): Outcome {
  const from = state.scheduledAt ?? state.startedAt;
  return {
    status: state.status === 'new' ? 'running' : state.status,
    reachedStep: state.reachedStep === NONE ? null : rungAt(state.ladder, state.reachedStep).name,
    reachedMs: state.reachedAt === null ? null : state.reachedAt - from,
    endedMs: (state.endedAt ?? from) - from,
    duplicate: state.duplicate,
    costMicros: state.costMicros,
    costTwiceMicros: state.costTwiceMicros,
  };
}

/** A run that succeeded with no step to show for it was declared done by the customer. */
function controlOf(state: State, endedAt: number): RecordedRun['control'] {
  const afterMs = endedAt - state.startedAt;
  if (state.status === 'cancelled') return { type: 'CancelRequested', afterMs };
  if (state.status !== 'succeeded' || endedByStep(state, state.ladder, endedAt)) return null;
  return { type: 'CompleteRequested', afterMs };
}

function endedByStep(state: State, ladder: Ladder, endedAt: number): boolean {
  return state.steps.some((step, index) => {
    const rung = rungAt(ladder, index);
    if (step.phase === 'succeeded' && rung.parent === NONE) return true;
    return rung.kind === 'send' && step.attempts.some((attempt) => endedBy(rung, attempt, endedAt));
  });
}

/** A late success ends a run at the moment it comes; a `read` that does leaves no time but the provider's own. */
function endedBy({ successOn }: SendRung, attempt: AttemptState, endedAt: number): boolean {
  const { finalAt, reachedAt, acceptedAt, late } = attempt;
  if (successOn === 'accepted' && acceptedAt === endedAt) return true;
  if (reachedAt === null) return false;
  return finalAt === endedAt || (late && finalAt !== null && finalAt < reachedAt && reachedAt <= endedAt);
}
