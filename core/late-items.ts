import type { LateItem } from '../schemas/late';
import { isoTime } from './iso-time';
import type { SendRung } from './ladder';
import { type Reach, reachedLate, reachesOf } from './reaches';
import { newestAttempt, type State, type StepState, stepAt } from './state';

/** The messages of a run that reached the person late, or again, in the order in which they did by the providers' clocks. */
export function lateItems(invocationId: string, state: State): LateItem[] {
  return reachesOf(state)
    .filter(({ attempt, duplicate }) => duplicate || reachedLate(attempt))
    .map((reach) => itemOf(invocationId, state, reach));
}

function itemOf(invocationId: string, state: State, { rung, attempt, duplicate }: Reach): LateItem {
  const { ladder } = state;
  const step = stepAt(state, rung.index);
  const deadlineAt = newestAttempt(step) === attempt ? deadlineOf(step, rung, attempt.acceptedAt) : null;
  const receivedAt = receivedAtOf(attempt);
  const late = reachedLate(attempt);
  return {
    invocationId,
    workflowId: ladder.workflowId,
    flowVersion: ladder.version,
    step: rung.name,
    channel: rung.channel,
    provider: attempt.provider,
    providerMessageId: attempt.providerMessageId,
    attempt: attempt.number,
    acceptedAt: isoOrNull(attempt.acceptedAt),
    deadlineAt: isoOrNull(deadlineAt),
    receiptAt: isoOrNull(attempt.reachedAt),
    receivedAt: isoOrNull(receivedAt),
    late,
    lateByMs:
      late && deadlineAt !== null && receivedAt !== null && receivedAt > deadlineAt ? receivedAt - deadlineAt : null,
    duplicate,
    costMicros: attempt.costMicros,
    costTwiceMicros: duplicate ? attempt.costMicros : 0,
    currency: ladder.currency,
  };
}

/** Its own; without one (it was accepted only after its step had been left) what it would have been. */
function deadlineOf(step: StepState, rung: SendRung, acceptedAt: number | null): number | null {
  return step.deadlineAt ?? (acceptedAt === null ? null : acceptedAt + rung.timeoutMs);
}

/** A step that waits for more than delivery was settled by the delivery; what it waited for came later, when it says. */
function receivedAtOf({ finalAt, reachedAt }: Reach['attempt']): number | null {
  if (finalAt === null || reachedAt === null) return finalAt ?? reachedAt;
  return Math.max(finalAt, reachedAt);
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
