import type { ReceiptStatus, SuccessStatus } from '../../schemas/vocabulary';
import { FAILURE_STATUSES, SUCCESS_STATUSES } from '../../schemas/vocabulary';
import type { Finding, LintSubject, PlacedCarrier, PlacedStep } from './finding';

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
  const where = `${placed.provider} never says “${criterion}” of ${placed.step.channel}`;
  const pointer = `${placed.pointer}/successOn`;
  if (criterion === 'sent' || criterion === 'delivered') {
    return [
      {
        level: 'warning',
        rule: 'success-unknowable',
        pointer,
        message: `${where}: the step succeeds only if your own app or gateway reports it, else it times out.`,
        hint: 'Have it send the receipt to POST /v1/receipts, or choose “accepted”.',
      },
    ];
  }
  return [
    {
      level: 'error',
      rule: 'success-unknowable',
      pointer,
      message: `${where}: the step could never succeed.`,
      hint: `It can tell: ${given.join(', ')}.`,
    },
  ];
}

function silence({ given, ...placed }: Judged, criterion: SuccessStatus): Finding[] {
  if (criterion === 'accepted') return [];
  const noNegative = !given.some((status) => FAILURE_STATUSES.some((word) => word === status));
  const byPerson = criterion === 'read' || criterion === 'clicked' || criterion === 'replied';
  const { provider, step, pointer, last } = placed;
  if (last && (noNegative || byPerson)) {
    return [
      {
        level: 'warning',
        rule: 'last-step-silence',
        pointer,
        message:
          `Nothing follows this step: silence for ${step.timeoutSeconds} s counts as failed, although the message ` +
          `may have arrived${byPerson ? ` and nobody ${criterion === 'read' ? 'opened' : 'answered'} it` : ''}.`,
        hint: byPerson ? 'Choose “delivered” if reaching the person is enough.' : 'Add a step after it.',
      },
    ];
  }
  if (!noNegative) return [];
  return [
    {
      level: 'warning',
      rule: 'no-negative-receipt',
      pointer,
      message: `${provider} never says that ${step.channel} failed: only the timeout moves on to the next step.`,
      hint: 'Keep the timeout short.',
    },
  ];
}
