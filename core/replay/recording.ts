import type { InvocationStatus, Provider, Reason, ReceiptStatus } from '../../schemas/vocabulary';

/** What came of a run. Times are milliseconds from its start (a scheduled one: from then). */
export interface Outcome {
  status: InvocationStatus;
  /** The step that reached the person first, late or in time; null: nobody was reached. */
  reachedStep: string | null;
  /** By the provider's clock. */
  reachedMs: number | null;
  endedMs: number;
  duplicate: boolean;
  costMicros: number;
  costTwiceMicros: number;
}

/** Times are milliseconds after the attempt was requested. */
export interface RecordedReceipt {
  status: ReceiptStatus;
  reason: Reason | null;
  /** When it came to us. */
  afterMs: number;
  /** When it was so by the provider's clock. */
  happenedMs: number;
  /** Null: it said nothing of the cost. */
  costMicros: number | null;
  /** It came only because the provider was asked at the deadline. */
  asked: boolean;
}

/** What is known of one send. Times are milliseconds after it was requested. */
export interface RecordedAttempt {
  provider: Provider;
  /** `block`: a gate held it back; `drop`: nobody wanted it any more when its turn came. */
  answer: 'accept' | 'reject' | 'hang' | 'block' | 'drop';
  answeredMs: number;
  reason: Reason | null;
  /** Of a refusal: how long it was to be waited for; null: as the core has it. */
  retryAfterMs: number | null;
  costMicros: number;
  receipts: readonly RecordedReceipt[];
  /** Up to when it is known that nothing else came: when it was last looked at, was taken back, or expired. */
  watchedMs: number;
  /** The provider was told the step's time as its validity, it seems: with more of it, it might have arrived. */
  expiredWithStep: boolean;
  /** Null: not asked for. `afterMs` (from the deadline on) null: never answered. */
  recall: { confirmed: boolean; afterMs: number | null } | null;
  /** How long the provider was asked after the deadline; null: until its patience was over, or not at all. */
  askedForMs: number | null;
}

/** What a run recorded, without its ladder. */
export interface RecordedRun {
  id: string;
  startedAt: number;
  scheduledAt: number | null;
  timezone: string | null;
  /** By the step's number: the recipient has no address for it. */
  unaddressable: readonly boolean[];
  costs: readonly number[] | null;
  /** The customer ended it. */
  control: { type: 'CancelRequested' | 'CompleteRequested'; afterMs: number } | null;
  /** By the step's number; empty where nothing was sent. */
  steps: readonly (readonly RecordedAttempt[])[];
  /** By the step's number: it reached the person, in time or late. */
  reachedBy: readonly boolean[];
  outcome: Outcome;
}
