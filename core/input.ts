import type { Reason, ReceiptStatus } from '../schemas/vocabulary';

/** What can happen to an invocation. Times are milliseconds since 1970, money is in micros. */
export type Input =
  | {
      type: 'Invoked';
      unaddressable: string[];
      timezone: string | null;
      sendAt: number | null;
      /** What one send of each step is reckoned at for this recipient, by the step's number; left out: as the ladder has it. */
      costs?: readonly number[];
      /** Of the recipient's phone number, ISO 3166-1 alpha-2; left out: there is none, or none can be told. */
      country?: string;
    }
  /** The provider took the message. `costMicros` null: what the ladder reckons. */
  | { type: 'SendAccepted'; step: string; attempt: number; providerMessageId: string | null; costMicros: number | null }
  | {
      type: 'SendRejected';
      step: string;
      attempt: number;
      reason: Reason;
      code: string | null;
      retryAfterMs: number | null;
    }
  /** No answer: the provider may have it. */
  | { type: 'SendUncertain'; step: string; attempt: number }
  /** A gate (consent, suppression, presence …) held it back: surely not sent. */
  | { type: 'SendBlocked'; step: string; attempt: number; reason: Reason }
  /** The invocation had ended, or the step was left, before it was sent. */
  | { type: 'SendDropped'; step: string; attempt: number }
  | { type: 'LookupAnswered'; step: string; attempt: number; outcome: LookupOutcome }
  | ReceiptInput
  | { type: 'RecallConfirmed'; step: string; attempt: number }
  | { type: 'RecallFailed'; step: string; attempt: number; code: string | null }
  | { type: 'TimerFired' }
  | { type: 'CancelRequested' }
  | { type: 'CompleteRequested' };

export interface ReceiptInput {
  type: 'ReceiptArrived';
  /** By name, or by its number counted depth first from 0. */
  step: string | number;
  /** Null: the newest attempt of the step. */
  attempt: number | null;
  status: ReceiptStatus;
  reason: Reason | null;
  code: string | null;
  /** The provider's own time, or null. */
  at: number | null;
  providerMessageId: string | null;
  costMicros: number | null;
}

/** What became of a message, where a provider that is asked can tell: what its receipt would have said. */
export type News = Pick<ReceiptInput, 'status' | 'reason' | 'code' | 'at'>;

/** What a provider says when asked by our reference; `unknown` where it cannot tell. */
export type LookupOutcome =
  | { known: 'yes'; providerMessageId: string | null; costMicros: number | null; news?: News }
  | { known: 'no' }
  /** It had the request and refused it. */
  | { known: 'rejected'; reason: Reason; code: string | null }
  | { known: 'unknown' };

/** What a look-up says of a send whose answer was lost, in the words of that answer. */
export function answerOf(
  outcome: Exclude<LookupOutcome, { known: 'no' }>,
  { step, attempt }: { step: string; attempt: number },
): Input {
  if (outcome.known === 'unknown') return { type: 'SendUncertain', step, attempt };
  if (outcome.known === 'rejected') {
    return { type: 'SendRejected', step, attempt, reason: outcome.reason, code: outcome.code, retryAfterMs: null };
  }
  const { providerMessageId, costMicros } = outcome;
  return { type: 'SendAccepted', step, attempt, providerMessageId, costMicros };
}
