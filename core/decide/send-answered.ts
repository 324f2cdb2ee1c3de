import { successOf } from '../attempt-status';
import { advanceFrom, type Failure, failAttempt, failSend, succeedStep, timeOut } from '../climb';
import { billedMicros } from '../cost';
import type { AttemptAccepted, AttemptRejected } from '../event';
import type { Input } from '../input';
import { routeAt, type SendRung, sendRungOf } from '../ladder';
import { type AttemptState, newestAttempt, stepAt } from '../state';
import { emit, type Transition } from '../transition';
import { receiptArrived } from './receipt-arrived';

type Answer<T extends Input['type']> = Extract<Input, { type: T }>;
interface Found {
  rung: SendRung;
  attempt: AttemptState;
  /** The step still waits for this very attempt. */
  awaited: boolean;
  /** Its time is over, and the provider is asked about this very attempt. */
  asked: boolean;
}

function find(t: Transition, input: { step: string; attempt: number }): Found | null {
  const rung = sendRungOf(t.state.ladder, input.step);
  if (!rung) return null;
  const step = stepAt(t.state, rung.index);
  const attempt = step.attempts[input.attempt - 1];
  if (!attempt) return null;
  const current = t.state.status === 'running' && newestAttempt(step) === attempt;
  return {
    rung,
    attempt,
    awaited: current && step.phase === 'running',
    asked: current && step.phase === 'reconciling',
  };
}

/** The answer is recorded even when the invocation has ended meanwhile: the message was sent and is billed. */
export function sendAccepted(t: Transition, input: Answer<'SendAccepted'>): void {
  const found = find(t, input);
  if (found?.attempt.send === 'requested') accept(t, found, input);
}

function accept(
  t: Transition,
  found: Found,
  input: { providerMessageId: string | null; costMicros: number | null },
): void {
  const { rung, attempt, awaited, asked } = found;
  const accepted: Omit<AttemptAccepted, 'seq' | 'at'> = {
    type: 'AttemptAccepted',
    step: rung.name,
    attempt: attempt.number,
    costMicros: input.costMicros ?? billedMicros(t.state, rung, attempt.route),
  };
  if (input.providerMessageId !== null) accepted.providerMessageId = input.providerMessageId;
  if (awaited) accepted.deadlineAt = t.now + rung.timeoutMs;
  emit(t, accepted);
  if ((awaited || asked) && rung.successOn === 'accepted') succeedStep(t, rung, attempt.number, 'accepted');
}

export function sendRejected(t: Transition, input: Answer<'SendRejected'>): void {
  const found = find(t, input);
  if (found?.attempt.send !== 'requested') return;
  // A receipt has already shown that the provider has it: the receipt is believed, not the answer.
  if (successOf(found.attempt) !== null) return accept(t, found, { providerMessageId: null, costMicros: null });
  refuse(t, found, input);
}

/** Never resent blindly: the provider is asked where it can be, else the step's time runs as if it were accepted. */
export function sendUncertain(t: Transition, input: Answer<'SendUncertain'>): void {
  const found = find(t, input);
  if (found?.attempt.send !== 'requested') return;
  if (found.attempt.seen.length > 0) return accept(t, found, { providerMessageId: null, costMicros: null });
  const { rung, awaited } = found;
  const fact = { type: 'AttemptUncertain', step: input.step, attempt: input.attempt } as const;
  emit(t, awaited ? { ...fact, deadlineAt: t.now + rung.timeoutMs } : fact);
  if (routeAt(rung, found.attempt.route).lookup)
    t.commands.push({ type: 'Lookup', step: input.step, attempt: input.attempt });
}

/** Surely not sent: a gate held it back, or nobody wanted it any more. */
export function sendNotMade(t: Transition, input: Answer<'SendBlocked' | 'SendDropped'>): void {
  const found = find(t, input);
  if (found?.attempt.send !== 'requested') return;
  const fact = { type: 'StepSkipped', step: input.step, attempt: input.attempt } as const;
  if (input.type === 'SendDropped') {
    // Dropped by an older state than this one, which still waits for it: it has to be sent after all.
    if (found.awaited) t.commands.push({ type: 'Send', step: input.step, attempt: input.attempt });
    else emit(t, fact);
    return;
  }
  emit(t, { ...fact, reason: input.reason });
  if (found.awaited) advanceFrom(t, found.rung, input.reason);
}

/** What the provider says of a send that it never answered, or of one whose receipt has not come in time. */
export function lookupAnswered(t: Transition, input: Answer<'LookupAnswered'>): void {
  const found = find(t, input);
  if (!found) return;
  if (found.attempt.send === 'uncertain' && found.attempt.seen.length === 0) lookedUp(t, found, input);
  const { outcome, step, attempt } = input;
  if (outcome.known === 'yes' && outcome.news) {
    const { providerMessageId, costMicros, news } = outcome;
    receiptArrived(t, { type: 'ReceiptArrived', step, attempt, ...news, providerMessageId, costMicros });
  }
  const { phase, attempts } = stepAt(t.state, found.rung.index);
  if (phase === 'reconciling' && attempts.length === attempt) timeOut(t, found.rung);
}

function lookedUp(t: Transition, found: Found, { outcome }: Answer<'LookupAnswered'>): void {
  if (outcome.known === 'yes') accept(t, found, outcome);
  // It did not arrive: the provider was away, and trying again cannot reach anyone twice.
  if (outcome.known === 'no') refuse(t, found, { reason: 'provider_unavailable', code: null, retryAfterMs: null });
  if (outcome.known === 'rejected') refuse(t, found, { ...outcome, retryAfterMs: null });
}

function refuse(t: Transition, { rung, attempt, awaited, asked }: Found, failure: Failure): void {
  const rejected: Omit<AttemptRejected, 'seq' | 'at'> = {
    type: 'AttemptRejected',
    step: rung.name,
    attempt: attempt.number,
    reason: failure.reason,
  };
  if (failure.code !== null) rejected.code = failure.code;
  emit(t, rejected);
  if (awaited) failSend(t, rung, attempt, failure);
  // The step has no time left for another provider.
  if (asked) failAttempt(t, rung, attempt.number, failure);
}
