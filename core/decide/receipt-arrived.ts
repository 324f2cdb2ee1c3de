import { hasFailed, meets, receiptKey, successOf } from '../attempt-status';
import { failAttempt, succeedLate, succeedStep } from '../climb';
import type { ReceiptRecorded } from '../event';
import { belongTogether } from '../evolve';
import type { ReceiptInput } from '../input';
import { NONE, rungAt, type SendRung, sendRungOf } from '../ladder';
import { type AttemptState, newestAttempt, type State, type StepPhase, stepAt } from '../state';
import { emit, type Transition } from '../transition';
import { recallConfirmed } from './recall-answered';

/** A receipt: before the send's answer, in time, late, or after the end. A fact seen before changes nothing. */
export function receiptArrived(t: Transition, input: ReceiptInput): void {
  const rung = sendRungOf(t.state.ladder, input.step);
  if (!rung) return;
  const step = stepAt(t.state, rung.index);
  const before = input.attempt === null ? newestAttempt(step) : (step.attempts[input.attempt - 1] ?? null);
  if (before === null) return;
  const fact = receiptFact(t, input, rung, before.number, isLate(t.state, step.phase));
  if (before.seen.includes(receiptKey(fact.receiptStatus, fact.reason, fact.code))) return;
  emit(t, fact);
  const after = attemptOf(t.state, rung, before.number);
  if (before.reachedAt === null && isDuplicate(t.state, rung, after)) {
    emit(t, { type: 'DuplicateDetected', step: rung.name, attempt: after.number, costMicros: after.costMicros });
  }
  if (t.state.status === 'running') followUp(t, rung, after, step.phase);
}

function receiptFact(
  t: Transition,
  input: ReceiptInput,
  rung: SendRung,
  attempt: number,
  late: boolean,
): Omit<ReceiptRecorded, 'seq' | 'at'> {
  const fact: Omit<ReceiptRecorded, 'seq' | 'at'> = {
    type: late ? 'LateReceiptRecorded' : 'ReceiptRecorded',
    step: rung.name,
    attempt,
    receiptStatus: input.status,
    // A provider's clock may run ahead; nothing was delivered in the future.
    receiptAt: Math.min(input.at ?? t.now, t.now),
  };
  if (input.reason !== null) fact.reason = input.reason;
  if (input.code !== null) fact.code = input.code;
  if (input.providerMessageId !== null) fact.providerMessageId = input.providerMessageId;
  if (input.costMicros !== null) fact.costMicros = input.costMicros;
  return fact;
}

/** The step was left, or the invocation ended, before it could count. */
function isLate(state: State, phase: StepPhase): boolean {
  if (phase === 'succeeded') return false;
  return state.status !== 'running' || !isAwaiting(phase);
}

/** A success would count for the step; a provider that is asked once more may still have one. */
function isAwaiting(phase: StepPhase): boolean {
  return phase === 'running' || phase === 'deferred' || phase === 'reconciling';
}

function attemptOf(state: State, rung: SendRung, number: number): AttemptState {
  const attempt = stepAt(state, rung.index).attempts[number - 1];
  if (!attempt) throw new RangeError(`no attempt ${number}`);
  return attempt;
}

/** It reached the person, and so has another attempt that was not meant to go with it. */
function isDuplicate(state: State, rung: SendRung, attempt: AttemptState): boolean {
  if (attempt.reachedAt === null || !state.duplicate || state.reachedStep === NONE) return false;
  return state.steps.some((step, index) => {
    const other = rungAt(state.ladder, index);
    const apart = !belongTogether(state.ladder, rung, other);
    return apart && step.attempts.some((one) => one !== attempt && one.reachedAt !== null);
  });
}

function followUp(t: Transition, rung: SendRung, attempt: AttemptState, phase: StepPhase): void {
  const status = successOf(attempt);
  if (status !== null && meets(status, rung.successOn)) {
    if (isAwaiting(phase)) succeedStep(t, rung, attempt.number, status);
    else if (phase !== 'succeeded') succeedLate(t, rung, attempt.number, status);
    return;
  }
  if (phase === 'recalling' && (attempt.delivery === 'recalled' || attempt.delivery === 'expired')) {
    recallConfirmed(t, rung, attempt.number);
    return;
  }
  const awaited =
    (phase === 'running' || phase === 'reconciling') && newestAttempt(stepAt(t.state, rung.index)) === attempt;
  if (awaited && hasFailed(attempt)) {
    failAttempt(t, rung, attempt.number, {
      reason: attempt.reason ?? 'unknown',
      code: attempt.code,
      retryAfterMs: null,
    });
  }
}
