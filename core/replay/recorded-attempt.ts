import { DEFAULT_ACTIONS, type Reason, type ReceiptStatus } from '../../schemas/vocabulary';
import { isFailure, meets, provesReach } from '../attempt-status';
import { backoffMs, RECONCILE_PATIENCE_MS } from '../climb';
import { NONE, type Rung, rungAt, type SendRung } from '../ladder';
import { type AttemptState, type State, type StepState, stepAt } from '../state';
import type { RecordedAttempt, RecordedReceipt } from './recording';

/** A send that is still unanswered by then is uncertain; only where the state does not say since when. */
const USUAL_PATIENCE_MS = 10_000;

/** How much of its step's time a message has lived for at least that expired because that time was over. */
const EXPIRED_WITH_STEP = 0.9;

/** How long a recall is waited for, and longer than which it was therefore never answered. */
const RECALL_WAIT_MS = 5_000;

/** One attempt as its state has it. @param n from 0 */
export function recordedAttempt(state: State, rung: SendRung, n: number, lookedAt: number): RecordedAttempt {
  const step = stepAt(state, rung.index);
  const attempt = step.attempts[n] as AttemptState;
  const { requestedAt } = attempt;
  const answer = answerOf(attempt);
  const leftAt = leftAtOf(state, rung);
  const answeredAt = answeredAtOf(rung, step, attempt, n, leftAt);
  const next = step.attempts[n + 1] ?? null;
  const receipts = receiptsOf({ state, rung, step, attempt, leftAt, next, lookedAt });
  return {
    provider: attempt.provider,
    answer,
    answeredMs: answeredAt - requestedAt,
    reason: answer === 'reject' || answer === 'block' ? refusalReason(step, attempt) : null,
    retryAfterMs: answer === 'reject' ? retryAfterOf(rung, step, n, answeredAt) : null,
    costMicros: attempt.costMicros,
    receipts,
    watchedMs: watchedUntil(rung, attempt, receipts, leftAt, lookedAt) - requestedAt,
    expiredWithStep: expiredAt(rung, attempt, receipts) !== null,
    recall: recallOf(step, attempt, leftAt),
    askedForMs: attempt.reconciled ? askedFor(step, leftAt) : null,
  };
}

function answerOf({ send, reason, delivery }: AttemptState): RecordedAttempt['answer'] {
  if (send === 'accepted') return 'accept';
  if (send === 'rejected') return 'reject';
  if (send === 'uncertain') return 'hang';
  return reason === null || delivery !== null ? 'drop' : 'block';
}

/** A receipt that came after a refusal has put its own reason, or none, in the place of the refusal's. */
function refusalReason(step: StepState, attempt: AttemptState): Reason {
  return attempt.reason ?? step.reason ?? 'unknown';
}

/**
 * When the ladder went on from the step: what it went on to says so, and of the last of a branch what its parallel step
 * went on to. Null: it did not, or that was put off.
 */
function leftAtOf(state: State, rung: Rung): number | null {
  const next = rung.next === NONE ? null : stepAt(state, rung.next);
  if (next && next.phase !== 'pending') return next.startedAt;
  if (!next && rung.parent !== NONE) return leftAtOf(state, rungAt(state.ladder, rung.parent));
  return state.status === 'failed' ? state.endedAt : null;
}

function answeredAtOf(
  rung: SendRung,
  step: StepState,
  attempt: AttemptState,
  n: number,
  leftAt: number | null,
): number {
  const { requestedAt, acceptedAt, finalAt, send, delivery } = attempt;
  const next = step.attempts[n + 1];
  if (send === 'accepted') return acceptedAt ?? requestedAt;
  if (send === 'uncertain') {
    const since = next || step.deadlineAt === null ? requestedAt + USUAL_PATIENCE_MS : step.deadlineAt - rung.timeoutMs;
    return Math.max(requestedAt, since);
  }
  // A success that came after a refusal has taken the time of it.
  const overwritten = send === 'rejected' && delivery !== null && !isFailure(delivery);
  if (overwritten) return next?.requestedAt ?? leftAt ?? requestedAt;
  return finalAt ?? requestedAt;
}

/** Tried again: after how long. Not tried again, though its reason asks for it: it was to be waited for too long. */
function retryAfterOf(rung: SendRung, step: StepState, n: number, answeredAt: number): number | null {
  const attempt = step.attempts[n] as AttemptState;
  const next = step.attempts[n + 1];
  if (next) return next.route > attempt.route ? null : next.requestedAt - answeredAt;
  const reason = refusalReason(step, attempt);
  const retries = (rung.onReason[reason] ?? DEFAULT_ACTIONS[reason]) === 'retry';
  return retries && step.phase === 'failed' ? rung.timeoutMs : null;
}

function watchedUntil(
  rung: SendRung,
  attempt: AttemptState,
  receipts: readonly RecordedReceipt[],
  leftAt: number | null,
  lookedAt: number,
): number {
  const came = receipts.some(({ status }) => !isFailure(status));
  if (attempt.recall === 'confirmed' && leftAt !== null && !came) return leftAt;
  const at = expiredAt(rung, attempt, receipts);
  return at === null ? lookedAt : Math.max(at, (attempt.acceptedAt ?? at) + rung.timeoutMs);
}

/** When it expired as its step's time was over, or nearly; null where it did not. */
function expiredAt(rung: SendRung, attempt: AttemptState, receipts: readonly RecordedReceipt[]): number | null {
  const expired = receipts.find(({ status, reason }) => status === 'expired' || reason === 'expired');
  if (!expired || attempt.acceptedAt === null || receipts.some(({ status }) => !isFailure(status))) return null;
  const at = attempt.requestedAt + expired.afterMs;
  return at - attempt.acceptedAt >= EXPIRED_WITH_STEP * rung.timeoutMs ? at : null;
}

function recallOf(step: StepState, { recall }: AttemptState, leftAt: number | null): RecordedAttempt['recall'] {
  if (recall === null) return null;
  // The run ended before it was answered.
  if (recall === 'requested') return { confirmed: false, afterMs: null };
  const afterMs = leftAt === null || step.deadlineAt === null ? 0 : leftAt - step.deadlineAt;
  const unanswered = recall === 'failed' && afterMs >= RECALL_WAIT_MS;
  return { confirmed: recall === 'confirmed', afterMs: unanswered ? null : Math.max(0, afterMs) };
}

function askedFor(step: StepState, leftAt: number | null): number | null {
  if (leftAt === null || step.deadlineAt === null) return null;
  const forMs = leftAt - step.deadlineAt;
  return forMs < RECONCILE_PATIENCE_MS ? Math.max(0, forMs) : null;
}

interface Situation {
  state: State;
  rung: SendRung;
  step: StepState;
  attempt: AttemptState;
  leftAt: number | null;
  /** The attempt of the step after this one. */
  next: AttemptState | null;
  lookedAt: number;
}

/**
 * The receipts that decided something. A state keeps no time for the others, and none of them has changed what became
 * of the run.
 */
function receiptsOf(situation: Situation): RecordedReceipt[] {
  const { step, attempt, next } = situation;
  const receipts: RecordedReceipt[] = [];
  const add = (status: ReceiptStatus, cameAt: number, happenedAt = cameAt, reason: Reason | null = null) => {
    const afterMs = cameAt - attempt.requestedAt;
    const asked = wasAsked(step, attempt, cameAt) && !isFailure(status) && !next;
    receipts.push({ status, reason, afterMs, happenedMs: happenedAt - attempt.requestedAt, costMicros: null, asked });
  };
  const { delivery, finalAt } = attempt;
  const failed = delivery !== null && isFailure(delivery) && !(attempt.read || attempt.clicked || attempt.replied);
  const earlierFailure = attempt.seen.find((receipt) => isFailure(statusOfKey(receipt)));
  const failedAt = failed || earlierFailure === undefined ? null : failedFirstAt(situation);
  if (earlierFailure !== undefined && failedAt !== null) {
    add(statusOfKey(earlierFailure), failedAt, failedAt, reasonOfKey(earlierFailure));
  }
  addSuccess(situation, failed, add);
  if (failed && finalAt !== null && attempt.send !== 'rejected') add(delivery, finalAt, finalAt, attempt.reason);
  bill(situation, receipts);
  return receipts.sort((a, b) => a.afterMs - b.afterMs);
}

/** When it failed before it succeeded: a success has taken the time of it, but the ladder went on, or tried again, then. */
function failedFirstAt({ step, attempt, leftAt, next }: Situation): number | null {
  if (next) return next.requestedAt - backoffMs(attempt.number);
  // In one of several branches that are all required a step that was left is succeeded by a late success.
  const left = step.phase === 'failed' || (step.phase === 'succeeded' && attempt.late && leftAt !== step.deadlineAt);
  return left ? leftAt : null;
}

function addSuccess(
  situation: Situation,
  failed: boolean,
  add: (status: ReceiptStatus, cameAt: number, happenedAt?: number) => void,
): void {
  const { state, rung, step, attempt } = situation;
  const { successOn } = rung;
  const { reachedAt, finalAt, acceptedAt, seen } = attempt;
  const delivered = seen.some((receipt) => statusOfKey(receipt) === 'delivered');
  if (reachedAt === null) {
    // Not enough for the step's own criterion, or on its way: a draft may ask for less.
    if (delivered && !failed && finalAt !== null) add('delivered', finalAt);
    else if (successOn === 'sent' && step.phase === 'succeeded') add('sent', state.endedAt ?? reachedTime(attempt));
    return;
  }
  if (successOn === 'accepted' && reachedAt === acceptedAt) return;
  const proven = seen.some((receipt) => provesReach(statusOfKey(receipt), 'delivered'));
  if (!meets(successOn, 'read')) {
    // A failure that outranks it has taken its time.
    const cameAt = failed ? reachedAt : (finalAt ?? reachedAt);
    add(proven ? 'delivered' : 'sent', cameAt, Math.min(reachedAt, cameAt));
    return;
  }
  if (delivered && finalAt !== null && !failed) add('delivered', finalAt);
  add(successOn, endedByIt(situation, delivered), reachedAt);
}

/** When the sign of life came by our clock: a state keeps that of the delivery alone, but a run ends by it. */
function endedByIt({ state, step, attempt }: Situation, delivered: boolean): number {
  const { reachedAt, finalAt, late } = attempt;
  const happenedAt = reachedAt ?? finalAt ?? attempt.requestedAt;
  if (!delivered && finalAt !== null) return finalAt;
  const ends = state.status === 'succeeded' && (step.phase === 'succeeded' || late);
  return ends && state.endedAt !== null && state.endedAt >= happenedAt ? state.endedAt : happenedAt;
}

/** What was never answered, or refused, and yet billed was billed by a receipt. */
function bill({ attempt, lookedAt }: Situation, receipts: RecordedReceipt[]): void {
  if (attempt.send === 'accepted' || attempt.costMicros === 0) return;
  const [first] = receipts;
  if (first) first.costMicros = attempt.costMicros;
  else {
    // When is not kept: late enough to change nothing else.
    const afterMs = lookedAt - attempt.requestedAt;
    const { costMicros } = attempt;
    receipts.push({ status: 'accepted', reason: null, afterMs, happenedMs: afterMs, costMicros, asked: false });
  }
}

function wasAsked(step: StepState, attempt: AttemptState, cameAt: number): boolean {
  if (!attempt.reconciled || step.deadlineAt === null || cameAt <= step.deadlineAt) return false;
  return cameAt <= step.deadlineAt + RECONCILE_PATIENCE_MS && (attempt.reachedAt ?? cameAt) <= step.deadlineAt;
}

function reachedTime({ finalAt, acceptedAt, requestedAt }: AttemptState): number {
  return finalAt ?? acceptedAt ?? requestedAt;
}

function reasonOfKey(receipt: string): Reason | null {
  return (receipt.split('|')[1] || null) as Reason | null;
}

/** As core/attempt-status.ts writes what makes two receipts the same. */
function statusOfKey(receipt: string): ReceiptStatus {
  const end = receipt.indexOf('|');
  return (end < 0 ? receipt : receipt.slice(0, end)) as ReceiptStatus;
}
