import {
  type AttemptStatus,
  FAILURE_STATUSES,
  type FailureStatus,
  REASONS,
  type Reason,
  type ReceiptStatus,
  SUCCESS_STATUSES,
  type SuccessStatus,
} from '../schemas/vocabulary';
import type { ReceiptRecorded } from './event';
import type { StatusPolicy } from './provider-facts';
import type { AttemptState } from './state';

/**
 * Folds receipts into an attempt. Each rule here is a maximum over an ordering, never "what came last", so that any
 * order of the same receipts gives the same status, reason and code.
 */

const DELIVERY_ORDER: Record<StatusPolicy, readonly ReceiptStatus[]> = {
  success_wins: ['accepted', 'sent', ...FAILURE_STATUSES, 'delivered'],
  failure_wins: ['accepted', 'sent', 'delivered', ...FAILURE_STATUSES],
};

const DELIVERY_RANK: Record<StatusPolicy, ReadonlyMap<ReceiptStatus, number>> = {
  success_wins: rankOf(DELIVERY_ORDER.success_wins),
  failure_wins: rankOf(DELIVERY_ORDER.failure_wins),
};
const SUCCESS_RANK = rankOf(SUCCESS_STATUSES);
const FAILURES: ReadonlySet<string> = new Set(FAILURE_STATUSES);
/** A reason that says something goes before `unknown`, which stands last. */
const REASON_RANK = rankOf(['unknown', ...REASONS.filter((reason) => reason !== 'unknown').reverse()] as const);

function rankOf<T>(order: readonly T[]): ReadonlyMap<T, number> {
  return new Map(order.map((word, rank) => [word, rank]));
}

/** What makes two receipts the same fact. */
export function receiptKey(status: ReceiptStatus, reason: Reason | undefined, code: string | undefined): string {
  return reason === undefined && code === undefined ? status : `${status}|${reason ?? ''}|${code ?? ''}`;
}

/** The attempt with one more receipt. `reachedAt` and `finalAt` are settled by the caller, which knows the step. */
export function foldReceipt(attempt: AttemptState, event: ReceiptRecorded, policy: StatusPolicy): AttemptState {
  const status = event.receiptStatus;
  const folded: AttemptState = {
    ...attempt,
    seen: [...attempt.seen, receiptKey(status, event.reason, event.code)],
    providerMessageId: attempt.providerMessageId ?? event.providerMessageId ?? null,
  };
  if (status === 'read') folded.read = true;
  else if (status === 'clicked') folded.clicked = true;
  else if (status === 'replied') folded.replied = true;
  else if (outranks(attempt, event, policy)) {
    folded.delivery = status;
    folded.reason = event.reason ?? (FAILURES.has(status) ? 'unknown' : null);
    folded.code = event.code ?? null;
  }
  return folded;
}

function outranks(attempt: AttemptState, event: ReceiptRecorded, policy: StatusPolicy): boolean {
  if (attempt.delivery === null) return true;
  const ranks = DELIVERY_RANK[policy];
  const byStatus = (ranks.get(event.receiptStatus) ?? 0) - (ranks.get(attempt.delivery) ?? 0);
  if (byStatus !== 0) return byStatus > 0;
  const byReason = reasonRank(event.reason ?? null) - reasonRank(attempt.reason);
  if (byReason !== 0) return byReason > 0;
  return (event.code ?? '') > (attempt.code ?? '');
}

function reasonRank(reason: Reason | null): number {
  return reason === null ? -1 : (REASON_RANK.get(reason) ?? 0);
}

/** The strongest sign of success, or null where there is none or a failure stands. */
export function successOf(attempt: AttemptState): SuccessStatus | null {
  if (attempt.replied) return 'replied';
  if (attempt.clicked) return 'clicked';
  if (attempt.read) return 'read';
  if (attempt.delivery === null) return attempt.send === 'accepted' ? 'accepted' : null;
  return isFailure(attempt.delivery) ? null : (attempt.delivery as SuccessStatus);
}

/** A definitive failure stands: a refused send, or a receipt that says so. */
export function hasFailed(attempt: AttemptState): boolean {
  if (attempt.read || attempt.clicked || attempt.replied) return false;
  return attempt.delivery === null ? attempt.send === 'rejected' : isFailure(attempt.delivery);
}

export function isFailure(status: ReceiptStatus): status is FailureStatus {
  return FAILURES.has(status);
}

export function meets(status: SuccessStatus | null, criterion: SuccessStatus): boolean {
  return status !== null && (SUCCESS_RANK.get(status) ?? -1) >= (SUCCESS_RANK.get(criterion) ?? 0);
}

/** The person has it, and the step's own criterion is met: `accepted` and `sent` reach nobody yet. */
export function hasReached(attempt: AttemptState, criterion: SuccessStatus): boolean {
  const status = successOf(attempt);
  return meets(status, 'delivered') && meets(status, criterion);
}

/** The receipt alone shows that the person has it, as the step's own criterion asks. */
export function provesReach(status: ReceiptStatus, criterion: SuccessStatus): boolean {
  return !isFailure(status) && meets(status, 'delivered') && meets(status, criterion);
}

/** The one word an attempt is shown with. */
export function statusOf(attempt: AttemptState): AttemptStatus {
  if (attempt.replied) return 'replied';
  if (attempt.clicked) return 'clicked';
  if (attempt.read) return 'read';
  if (attempt.recall === 'confirmed' && !isFinal(attempt.delivery)) return 'recalled';
  if (attempt.delivery !== null) return attempt.delivery;
  return attempt.send === 'blocked' ? 'skipped' : attempt.send;
}

function isFinal(delivery: ReceiptStatus | null): boolean {
  return delivery !== null && (delivery === 'delivered' || isFailure(delivery));
}
