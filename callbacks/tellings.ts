import { isFailure } from '../core/attempt-status';
import type { Event } from '../core/event';
import { rungAt } from '../core/ladder';
import { newestAttempt, type State, stepAt } from '../core/state';
import type { CallbackType, InvocationCallback } from '../schemas/callback';

/** What a customer is told of one event: the type, and where the event stands in the ladder. */
export interface Telling extends Pick<InvocationCallback, 'step' | 'attempt' | 'nextStep' | 'reason'> {
  type: CallbackType;
}

const ENDS = {
  InvocationSucceeded: 'invocation.succeeded',
  InvocationFailed: 'invocation.failed',
  InvocationCancelled: 'invocation.cancelled',
  InvocationExpired: 'invocation.expired',
} as const satisfies Partial<Record<Event['type'], CallbackType>>;

/** The type that tells of the run's end; null where the event is none. */
export function endToldBy(event: Event): CallbackType | null {
  return event.type in ENDS ? ENDS[event.type as keyof typeof ENDS] : null;
}

/** What one event has to tell. Most have nothing: what they lead to is told by a later one. */
export function tellingsOf(event: Event, before: State, after: State): Telling[] {
  switch (event.type) {
    case 'InvocationStarted':
      return [{ type: 'invocation.started' }];
    case 'InvocationSucceeded':
    case 'InvocationFailed':
    case 'InvocationCancelled':
    case 'InvocationExpired':
      return [{ type: ENDS[event.type], ...('reason' in event ? { reason: event.reason } : {}) }];
    case 'LadderAdvanced': {
      const { step, nextStep, reason } = event;
      return [withReason({ type: 'step.advanced', step, nextStep }, reason)];
    }
    case 'AttemptRejected':
      return [attemptUpdated(event, event.reason)];
    case 'AttemptAccepted':
    case 'AttemptUncertain':
    case 'RecallConfirmed':
    case 'ReceiptRecorded':
      return [attemptUpdated(event, 'reason' in event ? event.reason : undefined)];
    case 'LateReceiptRecorded':
      return [attemptUpdated(event, event.reason), ...lateDelivered(event, before, after)];
    // Nothing else says that it was not sent.
    case 'StepSkipped':
      return isSend(after, event.step)
        ? [attemptUpdated({ step: event.step, attempt: event.attempt ?? 0 }, event.reason)]
        : [];
    case 'StepTimedOut':
      return timedOut(event.step, after);
    default:
      return [];
  }
}

function attemptUpdated({ step, attempt }: { step: string; attempt: number }, reason: Telling['reason']): Telling {
  return withReason({ type: 'attempt.updated', step, attempt }, reason);
}

function withReason(telling: Telling, reason: Telling['reason']): Telling {
  return reason === undefined ? telling : { ...telling, reason };
}

/** Its newest attempt has a reason now; a parallel step has no attempt of its own. */
function timedOut(step: string, after: State): Telling[] {
  const index = after.ladder.indexByName.get(step);
  const attempt = index === undefined ? null : newestAttempt(stepAt(after, index));
  return attempt ? [attemptUpdated({ step, attempt: attempt.number }, 'timeout')] : [];
}

/** Once an attempt: a `read` after a late `delivered` tells of nobody new. */
function lateDelivered(
  event: Extract<Event, { type: 'ReceiptRecorded' | 'LateReceiptRecorded' }>,
  before: State,
  after: State,
): Telling[] {
  if (isFailure(event.receiptStatus)) return [];
  const reachedAt = (state: State) => {
    const index = state.ladder.indexByName.get(event.step);
    return index === undefined ? null : (stepAt(state, index).attempts[event.attempt - 1]?.reachedAt ?? null);
  };
  if (reachedAt(before) !== null || reachedAt(after) === null) return [];
  return [{ type: 'invocation.late_delivered', step: event.step, attempt: event.attempt }];
}

function isSend({ ladder }: State, step: string): boolean {
  const index = ladder.indexByName.get(step);
  return index !== undefined && rungAt(ladder, index).kind === 'send';
}
