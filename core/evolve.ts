import { foldReceipt, hasFailed, hasReached, isFailure, provesReach } from './attempt-status';
import { billedMicros } from './cost';
import type { AttemptAccepted, AttemptRejected, AttemptRequested, Event, ReceiptRecorded } from './event';
import { type Ladder, NONE, type Rung, routeAt, rungAt, type SendRung } from './ladder';
import {
  type AttemptState,
  copyState,
  initialState,
  isActive,
  rungNamed,
  type State,
  type StepState,
  stepAt,
} from './state';

/** The state after one more fact. Pure; every field follows from the events and the ladder alone. */
export function evolve(state: State, event: Event): State {
  const next = copyState(state);
  next.seq = event.seq;
  switch (event.type) {
    case 'InvocationStarted':
      next.status = 'running';
      next.startedAt = event.at;
      next.expiresAt = event.expiresAt ?? null;
      next.timezone = event.timezone ?? null;
      next.unaddressable = event.unaddressable ?? [];
      next.scheduledAt = event.until ?? null;
      next.costs = event.costs ?? null;
      next.country = event.country ?? null;
      return next;
    case 'InvocationSucceeded':
      return end(next, 'succeeded', event.at);
    case 'InvocationFailed':
      next.endReason = event.reason;
      return end(next, 'failed', event.at);
    case 'InvocationCancelled':
      return end(next, 'cancelled', event.at);
    case 'InvocationExpired':
      return end(next, 'expired', event.at);
    case 'LadderAdvanced':
    case 'BudgetReached':
    case 'DuplicateDetected':
      return next;
    default:
      return evolveStep(next, rungNamed(state, event.step), event);
  }
}

/** The state that a history gives. */
export function fold(ladder: Ladder, events: readonly Event[]): State {
  return events.reduce(evolve, initialState(ladder));
}

type StepEvent = Exclude<
  Extract<Event, { step: string }>,
  { type: 'InvocationSucceeded' | 'InvocationFailed' | 'LadderAdvanced' | 'BudgetReached' | 'DuplicateDetected' }
>;

/** `next` is ours to write on: evolve has just made it. */
function evolveStep(next: State, rung: Rung, event: StepEvent): State {
  switch (event.type) {
    case 'StepStarted':
      return setStep(next, rung, {
        phase: 'running',
        startedAt: event.at,
        deadlineAt: event.deadlineAt ?? null,
        until: null,
      });
    case 'StepDeferred':
      return setStep(next, rung, {
        phase: 'deferred',
        deadlineAt: null,
        until: event.until,
        reason: event.reason ?? null,
      });
    case 'StepSkipped':
      return skip(next, rung, event.attempt, event.reason ?? null, event.at);
    case 'AttemptRequested':
      return request(next, rung, event);
    case 'AttemptAccepted':
      return accept(next, rung, event);
    case 'AttemptRejected':
      return reject(next, rung, event);
    case 'AttemptUncertain': {
      const waiting = event.deadlineAt === undefined ? next : setStep(next, rung, { deadlineAt: event.deadlineAt });
      return setAttempt(waiting, rung, event.attempt, { send: 'uncertain', uncertain: true });
    }
    case 'ReceiptRecorded':
    case 'LateReceiptRecorded':
      return record(next, sendRung(rung), event);
    case 'StepTimedOut':
      return leave(next, rung, { phase: 'timed_out', until: null, reason: 'timeout' });
    case 'StepFailed':
      return leave(next, rung, { phase: 'failed', until: null, reason: event.reason });
    case 'StepSucceeded':
      return succeed(next, rung, event.attempt, event.at);
    case 'ReconcileRequested':
      return setAttempt(setStep(next, rung, { phase: 'reconciling', until: event.until }), rung, event.attempt, {
        reconciled: true,
      });
    case 'RecallRequested':
      return setAttempt(setStep(next, rung, { phase: 'recalling', until: event.until }), rung, event.attempt, {
        recall: 'requested',
      });
    case 'RecallConfirmed':
    case 'RecallFailed':
      return setAttempt(setStep(next, rung, { phase: 'timed_out', until: null }), rung, event.attempt, {
        recall: event.type === 'RecallConfirmed' ? 'confirmed' : 'failed',
      });
  }
}

function sendRung(rung: Rung): SendRung {
  if (rung.kind !== 'send') throw new TypeError(`“${rung.name}” sends nothing`);
  return rung;
}

function setStep(next: State, rung: Rung, change: Partial<StepState>): State {
  const steps = next.steps.slice();
  steps[rung.index] = { ...stepAt(next, rung.index), ...change };
  next.steps = steps;
  return next;
}

function setAttempt(next: State, rung: Rung, number: number, change: Partial<AttemptState>): State {
  const before = stepAt(next, rung.index).attempts;
  const attempts = before.slice();
  attempts[number - 1] = { ...attemptNumbered(before, number), ...change };
  return setStep(next, rung, { attempts });
}

function attemptNumbered(attempts: readonly AttemptState[], number: number): AttemptState {
  const attempt = attempts[number - 1];
  if (!attempt) throw new RangeError(`no attempt ${number}`);
  return attempt;
}

function request(next: State, rung: Rung, event: AttemptRequested): State {
  const attempt: AttemptState = {
    number: event.attempt,
    provider: event.provider,
    route: event.route ?? 0,
    send: 'requested',
    delivery: null,
    read: false,
    clicked: false,
    replied: false,
    seen: [],
    reason: null,
    code: null,
    providerMessageId: null,
    requestedAt: event.at,
    acceptedAt: null,
    finalAt: null,
    reachedAt: null,
    costMicros: 0,
    late: false,
    uncertain: false,
    duplicateRisk: event.duplicateRisk ?? false,
    recall: null,
    reconciled: false,
  };
  const attempts = [...stepAt(next, rung.index).attempts, attempt];
  return setStep(next, rung, { phase: 'running', until: null, deadlineAt: null, reason: null, attempts });
}

function accept(next: State, rung: Rung, event: AttemptAccepted): State {
  const step = stepAt(next, rung.index);
  const before = attemptNumbered(step.attempts, event.attempt);
  const attempts = step.attempts.slice();
  attempts[event.attempt - 1] = {
    ...before,
    send: 'accepted',
    providerMessageId: event.providerMessageId ?? before.providerMessageId,
    acceptedAt: event.at,
    costMicros: event.costMicros,
  };
  next.costMicros += event.costMicros - before.costMicros;
  setStep(next, rung, { attempts, deadlineAt: event.deadlineAt ?? step.deadlineAt });
  return before.reachedAt === null ? next : recount(next);
}

/** What a receipt has said before the answer came stands. */
function reject(next: State, rung: Rung, event: AttemptRejected): State {
  const { delivery, reason, code } = attemptNumbered(stepAt(next, rung.index).attempts, event.attempt);
  const said = delivery === null ? { reason: event.reason, code: event.code ?? null } : { reason, code };
  return setAttempt(next, rung, event.attempt, { send: 'rejected', finalAt: event.at, ...said });
}

/** Only the attempt that the step waits for takes the step with it; of another one the attempt alone is marked. */
function skip(next: State, rung: Rung, attempt: number | undefined, reason: StepState['reason'], at: number): State {
  const step = stepAt(next, rung.index);
  const awaited = attempt === undefined || (step.phase === 'running' && attempt === step.attempts.length);
  if (awaited) setStep(next, rung, { phase: 'skipped', reason, deadlineAt: null, until: null });
  if (step.startedAt === null) setStep(next, rung, { startedAt: at });
  return attempt === undefined ? next : setAttempt(next, rung, attempt, { send: 'blocked', reason, finalAt: at });
}

function record(next: State, rung: SendRung, event: ReceiptRecorded): State {
  const step = stepAt(next, rung.index);
  const before = attemptNumbered(step.attempts, event.attempt);
  const after = foldReceipt(before, event, routeAt(rung, before.route).policy);
  const reached = hasReached(after, rung.successOn);
  if (reached) {
    // Only a receipt that proves it says when: a `sent` that comes after it tells of an earlier moment.
    const proof = before.reachedAt === null || provesReach(event.receiptStatus, rung.successOn);
    after.reachedAt = proof ? Math.min(before.reachedAt ?? event.receiptAt, event.receiptAt) : before.reachedAt;
    if (before.reachedAt === null && event.type === 'LateReceiptRecorded') after.late = true;
  } else if (step.phase !== 'succeeded') {
    after.reachedAt = null;
  }
  const settled = reached || hasFailed(after) || after.delivery === 'delivered';
  if (settled && (before.finalAt === null || hasFailed(before) !== hasFailed(after))) after.finalAt = event.at;
  // A refused send that the provider turns out to have taken is open again.
  else if (!settled && hasFailed(before)) after.finalAt = null;
  const known = before.costMicros > 0 || !provesBilled(before, event);
  after.costMicros = event.costMicros ?? (known ? before.costMicros : billedMicros(next, rung, before.route));
  next.costMicros += after.costMicros - before.costMicros;
  const attempts = step.attempts.slice();
  attempts[event.attempt - 1] = after;
  setStep(next, rung, { attempts });
  return after.reachedAt === null && before.reachedAt === null ? next : recount(next);
}

/**
 * A receipt of a send that was never answered, or a success of one that was refused, shows that the provider had the
 * message: it is billed as the ladder reckons, until the provider says better.
 */
function provesBilled({ send }: AttemptState, { receiptStatus }: ReceiptRecorded): boolean {
  return send === 'uncertain' || (send === 'rejected' && !isFailure(receiptStatus));
}

function succeed(next: State, rung: Rung, number: number | undefined, at: number): State {
  leave(next, rung, { phase: 'succeeded', until: null, reason: null });
  if (rung.kind === 'send' && rung.parent !== NONE) dropWhere(next, (other) => sameBranch(other, rung));
  if (number === undefined) return next;
  const attempt = attemptNumbered(stepAt(next, rung.index).attempts, number);
  if (attempt.reachedAt !== null) return next;
  // A criterion weaker than `delivered` counts as reached when it is met: nothing more is awaited.
  return recount(setAttempt(next, rung, number, { reachedAt: at, finalAt: attempt.finalAt ?? at }));
}

/** A parallel step that is left takes what is under way in its branches with it. */
function leave(next: State, rung: Rung, change: Partial<StepState>): State {
  setStep(next, rung, change);
  return rung.kind === 'parallel' ? dropWhere(next, (other) => other.parent === rung.index) : next;
}

function sameBranch(other: Rung, rung: Rung): boolean {
  return other.parent === rung.parent && other.branch === rung.branch && other.index !== rung.index;
}

function dropWhere(next: State, matches: (rung: Rung) => boolean): State {
  next.steps.forEach((step, index) => {
    if (isActive(step.phase) && matches(rungAt(next.ladder, index))) {
      setStep(next, rungAt(next.ladder, index), { phase: 'dropped', until: null });
    }
  });
  return next;
}

function end(next: State, status: State['status'], at: number): State {
  next.status = status;
  next.endedAt = at;
  return dropWhere(next, () => true);
}

/** Who reached the person first, by the providers' clocks, and what a second reach cost. */
function recount(next: State): State {
  let first: { rung: Rung; at: number; attempt: AttemptState } | null = null;
  for (const { rung, attempt, at } of reaches(next)) {
    if (!first || at < first.at) first = { rung, at, attempt };
  }
  next.reachedStep = first ? first.rung.index : NONE;
  next.reachedAt = first ? first.at : null;
  next.duplicate = false;
  next.costTwiceMicros = 0;
  for (const { rung, attempt } of reaches(next)) {
    if (!first || attempt === first.attempt || belongTogether(next.ladder, rung, first.rung)) continue;
    next.duplicate = true;
    next.costTwiceMicros += attempt.costMicros;
  }
  return next;
}

function* reaches(state: State): Generator<{ rung: Rung; attempt: AttemptState; at: number }> {
  for (let index = 0; index < state.steps.length; index++) {
    for (const attempt of stepAt(state, index).attempts) {
      if (attempt.reachedAt !== null) yield { rung: rungAt(state.ladder, index), attempt, at: attempt.reachedAt };
    }
  }
}

/** Branches of a parallel step that requires all were all meant to reach the person: no duplicates of each other. */
export function belongTogether(ladder: Ladder, a: Rung, b: Rung): boolean {
  if (a.parent === NONE || a.parent !== b.parent || a.branch === b.branch) return false;
  const parent = rungAt(ladder, a.parent);
  return parent.kind === 'parallel' && parent.require === 'all';
}
