import { DEFAULT_ACTIONS, type Reason, type ReceiptStatus } from '../schemas/vocabulary';
import { reckonedMicros } from './cost';
import type { AttemptRequested } from './event';
import { NONE, type ParallelRung, type Rung, routeAt, rungAt, type SendRung } from './ladder';
import { quietUntil } from './quiet-hours';
import { type AttemptState, isActive, newestAttempt, type StepState, stepAt } from './state';
import { emit, type Transition } from './transition';

/**
 * The moves on the ladder: start a step, leave it, succeed, fail. Each writes the event that says why, and goes on to
 * what follows from it.
 */

/** Limits on retries within one step. Backoff doubles from the first to the last figure, in milliseconds. */
const RETRY = { attemptsMax: 10, backoffMinMs: 500, backoffMaxMs: 60_000 } as const;

/**
 * Failures that lie with the provider and not with the person or the message: another provider may do better. Only of a
 * send that was surely not made.
 */
const FAILOVER_REASONS: ReadonlySet<Reason> = new Set<Reason>([
  'rate_limited',
  'provider_unavailable',
  'insufficient_funds',
  'auth_failed',
  'provider_rejected',
  'template_not_approved',
  'template_invalid',
  'unknown',
]);

/** How long a provider has to say what became of a message before the ladder goes on. */
export const RECONCILE_PATIENCE_MS = 2_000;

/** How long a recall may take before the ladder goes on without its confirmation (design, rule 9). */
const RECALL_PATIENCE_MS = 5_000;

export function startStep(t: Transition, index: number): void {
  const rung = rungAt(t.state.ladder, index);
  if (rung.kind === 'send') beginSend(t, rung);
  else startParallel(t, rung);
}

function startParallel(t: Transition, rung: ParallelRung): void {
  emit(t, { type: 'StepStarted', step: rung.name, deadlineAt: t.now + rung.timeoutMs });
  for (const first of rung.branches) {
    // A branch that is skipped whole can end the step before the others have begun.
    if (t.state.status !== 'running' || stepAt(t.state, rung.index).phase !== 'running') return;
    startStep(t, first);
  }
}

/** The gates that need no look at the world, then the send. Also the way back in after a deferral. */
export function beginSend(t: Transition, rung: SendRung, route = 0): void {
  if (t.state.unaddressable.includes(rung.name)) return skipStep(t, rung, 'no_address');
  if (passesBudget(t, rung)) return stopAtBudget(t, rung);
  const quiet = t.state.ladder.quietHours;
  const until = quiet === null ? null : quietUntil(quiet, t.state.timezone, t.now);
  if (until !== null) return emit(t, { type: 'StepDeferred', step: rung.name, reason: 'quiet_hours', until });
  if (stepAt(t.state, rung.index).startedAt === null) emit(t, { type: 'StepStarted', step: rung.name });
  const attempt = stepAt(t.state, rung.index).attempts.length + 1;
  const { provider, account } = routeAt(rung, route);
  const requested: Omit<AttemptRequested, 'seq' | 'at'> = {
    type: 'AttemptRequested',
    step: rung.name,
    attempt,
    provider,
  };
  if (account !== null) requested.account = account;
  if (route > 0) requested.route = route;
  if (mayStillArrive(t)) requested.duplicateRisk = true;
  emit(t, requested);
  t.commands.push({ type: 'Send', step: rung.name, attempt });
}

/** A message whose fate nobody knows is on its way: never answered, or not taken back as it should have been. */
function mayStillArrive(t: Transition): boolean {
  for (const step of t.state.steps) {
    for (const attempt of step.attempts) {
      if (attempt.delivery === null && attempt.send === 'uncertain' && attempt.recall !== 'confirmed') return true;
      if (attempt.recall === 'failed' && attempt.delivery !== 'recalled') return true;
    }
  }
  return false;
}

function passesBudget(t: Transition, rung: SendRung): boolean {
  const { budget } = t.state.ladder;
  if (!budget) return false;
  let committed = t.state.costMicros + reckonedMicros(t.state, rung);
  t.state.steps.forEach((step, index) => {
    const other = rungAt(t.state.ladder, index);
    if (other.kind !== 'send') return;
    for (const attempt of step.attempts) {
      // What is not answered yet may be billed: it counts as the ladder reckons it.
      const open = attempt.send === 'requested' || attempt.send === 'uncertain';
      if (open && attempt.costMicros === 0) committed += reckonedMicros(t.state, other);
    }
  });
  return committed > budget.maxCostMicros;
}

function stopAtBudget(t: Transition, rung: SendRung): void {
  emit(t, { type: 'BudgetReached', step: rung.name, costMicros: t.state.costMicros });
  if (t.state.ladder.budget?.onExceeded === 'stop_flow') {
    emit(t, { type: 'InvocationFailed', step: rung.name, reason: 'budget' });
  } else {
    skipStep(t, rung, 'budget');
  }
}

function skipStep(t: Transition, rung: SendRung, reason: Reason): void {
  emit(t, { type: 'StepSkipped', step: rung.name, reason });
  advanceFrom(t, rung, reason);
}

/** The step was left without success: the next one on its track, or the end of the track. */
export function advanceFrom(t: Transition, rung: Rung, reason: Reason): void {
  if (t.state.status !== 'running') return;
  if (rung.next !== NONE) {
    emit(t, { type: 'LadderAdvanced', step: rung.name, nextStep: rungAt(t.state.ladder, rung.next).name, reason });
    startStep(t, rung.next);
  } else if (rung.parent === NONE) {
    emit(t, { type: 'InvocationFailed', step: rung.name, reason });
  } else {
    branchExhausted(t, rungAt(t.state.ladder, rung.parent), reason);
  }
}

function branchExhausted(t: Transition, parent: Rung, reason: Reason): void {
  if (parent.kind !== 'parallel' || stepAt(t.state, parent.index).phase !== 'running') return;
  const open = parent.require === 'any' && someChild(t, parent, isOpen);
  if (open) return;
  emit(t, { type: 'StepFailed', step: parent.name, reason, action: 'advance' });
  advanceFrom(t, parent, reason);
}

/** An exhausted branch has no pending step: leaving the one before would have begun it. */
function isOpen(step: StepState): boolean {
  return isActive(step.phase) || step.phase === 'pending';
}

function someChild(t: Transition, parent: ParallelRung, test: (step: StepState, rung: Rung) => boolean): boolean {
  return t.state.steps.some((step, index) => {
    const rung = rungAt(t.state.ladder, index);
    return rung.parent === parent.index && test(step, rung);
  });
}

/** The step's criterion is met in time. */
export function succeedStep(t: Transition, rung: SendRung, attempt: number, status: ReceiptStatus): void {
  emit(t, { type: 'StepSucceeded', step: rung.name, attempt, receiptStatus: status });
  trackSucceeded(t, rung, rung);
}

/** An earlier step turns out to have succeeded while the ladder still runs. */
export function succeedLate(t: Transition, rung: SendRung, attempt: number, status: ReceiptStatus): void {
  const parent = rung.parent === NONE ? null : rungAt(t.state.ladder, rung.parent);
  if (parent?.kind === 'parallel' && parent.require === 'all') {
    // One branch of several: it counts as succeeded, and the rest of it is not sent.
    emit(t, { type: 'StepSucceeded', step: rung.name, attempt, receiptStatus: status });
  }
  trackSucceeded(t, rung, rung);
}

function trackSucceeded(t: Transition, rung: Rung, by: SendRung): void {
  if (rung.parent === NONE) return emit(t, { type: 'InvocationSucceeded', step: by.name });
  const parent = rungAt(t.state.ladder, rung.parent);
  if (parent.kind !== 'parallel') return;
  const done = parent.require === 'any' || parent.branches.every((_, branch) => branchSucceeded(t, parent, branch));
  if (!done) return;
  if (stepAt(t.state, parent.index).phase === 'running') emit(t, { type: 'StepSucceeded', step: parent.name });
  trackSucceeded(t, parent, by);
}

function branchSucceeded(t: Transition, parent: ParallelRung, branch: number): boolean {
  return someChild(t, parent, (step, rung) => rung.branch === branch && step.phase === 'succeeded');
}

export interface Failure {
  reason: Reason;
  code: string | null;
  /** How long the provider asked us to wait; null where it did not. */
  retryAfterMs: number | null;
}

/** The step's newest attempt was surely not sent: the next provider of the step takes over, else the step fails. */
export function failSend(t: Transition, rung: SendRung, { number, route }: AttemptState, failure: Failure): void {
  const next = route + 1;
  const mayTakeOver = next < rung.routes.length && number < RETRY.attemptsMax && FAILOVER_REASONS.has(failure.reason);
  if (mayTakeOver) beginSend(t, rung, next);
  else failAttempt(t, rung, number, failure);
}

/** A definitive failure of the step's newest attempt: retried, or the step is left at once. */
export function failAttempt(t: Transition, rung: SendRung, attempt: number, failure: Failure): void {
  const { reason } = failure;
  const wanted = rung.onReason[reason] ?? DEFAULT_ACTIONS[reason];
  const until = wanted === 'retry' ? retryAt(t, rung, failure.retryAfterMs) : null;
  if (until !== null) return emit(t, { type: 'StepDeferred', step: rung.name, reason, until });
  const action = wanted === 'retry' ? 'advance' : wanted;
  if (failure.code === null) emit(t, { type: 'StepFailed', step: rung.name, attempt, reason, action });
  else emit(t, { type: 'StepFailed', step: rung.name, attempt, reason, code: failure.code, action });
  if (action === 'suppress_address') t.commands.push({ type: 'SuppressAddress', step: rung.name, reason });
  if (action === 'stop') emit(t, { type: 'InvocationFailed', step: rung.name, reason });
  else advanceFrom(t, rung, reason);
}

/** When to try again, or null when the step's own time or its attempts are used up. */
function retryAt(t: Transition, rung: SendRung, retryAfterMs: number | null): number | null {
  const step = stepAt(t.state, rung.index);
  const made = step.attempts.length;
  if (made >= RETRY.attemptsMax) return null;
  const at = t.now + Math.max(backoffMs(made), retryAfterMs ?? 0);
  return at < (step.startedAt ?? t.now) + rung.timeoutMs ? at : null;
}

/** How long a retry waits after that many attempts, from 1, where the provider does not ask for more. */
export function backoffMs(made: number): number {
  return Math.min(RETRY.backoffMinMs * 2 ** (made - 1), RETRY.backoffMaxMs);
}

/** The step's time is over: a provider that can be asked is asked first, so that a lost receipt costs no second message. */
export function reachDeadline(t: Transition, rung: Rung): void {
  const attempt = rung.kind === 'send' ? newestAttempt(stepAt(t.state, rung.index)) : null;
  if (rung.kind !== 'send' || attempt === null) return timeOut(t, rung);
  const asks = routeAt(rung, attempt.route).reconcile && !attempt.reconciled;
  if (!asks || attempt.send === 'rejected' || attempt.send === 'blocked') return timeOut(t, rung);
  const { number } = attempt;
  emit(t, {
    type: 'ReconcileRequested',
    step: rung.name,
    attempt: number,
    until: t.now + RECONCILE_PATIENCE_MS,
  });
  t.commands.push({ type: 'Lookup', step: rung.name, attempt: number });
}

/** No success in the step's time: take the message back where that was asked for, then go on. */
export function timeOut(t: Transition, rung: Rung): void {
  const step = stepAt(t.state, rung.index);
  emit(t, { type: 'StepTimedOut', step: rung.name, deadlineAt: step.deadlineAt ?? t.now });
  const attempt = newestAttempt(step);
  const recalls = rung.kind === 'send' && attempt !== null && routeAt(rung, attempt.route).recall;
  if (recalls && rung.next !== NONE) {
    emit(t, { type: 'RecallRequested', step: rung.name, attempt: attempt.number, until: t.now + RECALL_PATIENCE_MS });
    t.commands.push({ type: 'Recall', step: rung.name, attempt: attempt.number });
  } else {
    advanceFrom(t, rung, attempt?.send === 'uncertain' ? 'uncertain' : 'timeout');
  }
}
