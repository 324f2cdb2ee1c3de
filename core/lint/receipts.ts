import type { ReceiptStatus, SuccessStatus } from '../../schemas/vocabulary';
import { FAILURE_STATUSES, SUCCESS_STATUSES } from '../../schemas/vocabulary';
import { type Finding, finding, type LintSubject, type PlacedCarrier, type PlacedStep } from './finding';

/** What can be known of a message at all: its success, its failure, and what silence means. */
export function lintReceipts({ steps }: LintSubject): Finding[] {
  return steps.flatMap((placed) => placed.carriers.flatMap((carrier) => judge(placed, carrier)));
}

interface Judged extends PlacedStep, Pick<PlacedCarrier, 'provider'> {
  /** What the provider can say of the channel. */
  given: readonly ReceiptStatus[];
}

function judge(placed: PlacedStep, { provider, facts }: PlacedCarrier): Finding[] {
  const given = facts?.receipts[placed.step.channel];
  if (!given) return [];
  const criterion = placed.step.successOn ?? 'delivered';
  const unknowable = successUnknowable({ ...placed, provider, given }, criterion);
  return unknowable.length > 0 ? unknowable : silence({ ...placed, provider, given }, criterion);
}

function successUnknowable({ given, ...placed }: Judged, criterion: SuccessStatus): Finding[] {
  const enough = SUCCESS_STATUSES.slice(SUCCESS_STATUSES.indexOf(criterion));
  // That it was accepted is told by the send's own answer.
  if (criterion === 'accepted' || given.some((status) => enough.some((word) => word === status))) return [];
  const values = { provider: placed.provider, status: criterion, channel: placed.step.channel };
  const pointer = `${placed.pointer}/successOn`;
  if (criterion === 'sent' || criterion === 'delivered') {
    return [finding('warning', 'success-unknowable.reported', pointer, values)];
  }
  return [finding('error', 'success-unknowable.never', pointer, { ...values, statuses: given })];
}

function silence({ given, ...placed }: Judged, criterion: SuccessStatus): Finding[] {
  if (criterion === 'accepted') return [];
  const noNegative = !given.some((status) => FAILURE_STATUSES.some((word) => word === status));
  const { provider, step, pointer, last } = placed;
  const { timeoutSeconds, channel } = step;
  if (last && criterion === 'read') {
    return [finding('warning', 'last-step-silence.opened', pointer, { timeoutSeconds })];
  }
  if (last && (criterion === 'clicked' || criterion === 'replied')) {
    return [finding('warning', 'last-step-silence.answered', pointer, { timeoutSeconds })];
  }
  if (!noNegative) return [];
  if (last) return [finding('warning', 'last-step-silence.arrived', pointer, { timeoutSeconds })];
  return [finding('warning', 'no-negative-receipt', pointer, { provider, channel })];
}
