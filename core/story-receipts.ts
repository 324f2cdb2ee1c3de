import type { Receipt } from '../schemas/receipt';
import type { StoryReceipt } from '../schemas/story';
import { receiptKey } from './attempt-status';
import type { Event, ReceiptRecorded } from './event';
import { isoTime } from './iso-time';
import { rungAt, type SendRung } from './ladder';
import type { State } from './state';

/** A receipt as it came, and when the engine was given it, in milliseconds since 1970. */
export interface CameReceipt {
  takenAt: number;
  receipt: Receipt;
}

/** The clocks of who hands a receipt over and of who decides need not agree to the millisecond. */
const SKEW_MS = 1_000;

/**
 * What became of each receipt, in the order in which they came: the first of several equal ones is the fact. A fact that
 * was known before its receipt came (the provider had been asked) leaves the receipt without effect.
 */
export function storyReceipts(state: State, events: readonly Event[], came: readonly CameReceipt[]): StoryReceipt[] {
  const facts = new Set(events.flatMap((event) => (isReceipt(event) ? [event] : [])));
  return came.map(({ takenAt, receipt }) => {
    const target = targetOf(state, receipt);
    const fact = [...facts].find((one) => isFactOf(one, target, receipt) && takenAt <= one.at + SKEW_MS);
    if (fact) facts.delete(fact);
    return {
      receivedAt: isoTime(takenAt),
      status: receipt.status,
      at: receipt.at ?? null,
      step: target?.rung.name ?? null,
      attempt: target?.attempt ?? fact?.attempt ?? null,
      provider: receipt.provider ?? null,
      providerMessageId: receipt.providerMessageId ?? null,
      reason: receipt.reason ?? null,
      code: receipt.code ?? null,
      effect: effectOf(fact),
      raw: receipt.raw ?? null,
    };
  });
}

function isReceipt(event: Event): event is ReceiptRecorded {
  return event.type === 'ReceiptRecorded' || event.type === 'LateReceiptRecorded';
}

function effectOf(fact: ReceiptRecorded | undefined): StoryReceipt['effect'] {
  if (!fact) return 'ignored';
  return fact.type === 'LateReceiptRecorded' ? 'late' : 'recorded';
}

interface Target {
  rung: SendRung;
  /** Null: the newest at that time. */
  attempt: number | null;
}

function isFactOf(fact: ReceiptRecorded, target: Target | null, { status, reason, code }: Receipt): boolean {
  if (!target || fact.step !== target.rung.name) return false;
  if (target.attempt !== null && fact.attempt !== target.attempt) return false;
  const key = receiptKey(fact.receiptStatus, fact.reason, fact.code);
  return key === receiptKey(status, reason ?? undefined, code ?? undefined);
}

/** A reference names step and attempt, and was verified when it came. */
const REFERENCE = /^[^.]+\.(\d+)\.(\d+)\./;

function targetOf(state: State, receipt: Receipt): Target | null {
  const { ref, step, attempt = null, providerMessageId } = receipt;
  if (ref !== undefined) {
    const [, index, number] = REFERENCE.exec(ref) ?? [];
    return index === undefined ? null : targetAt(state, Number(index), Number(number));
  }
  if (typeof step === 'number') return targetAt(state, step, attempt);
  if (step !== undefined) return targetAt(state, state.ladder.indexByName.get(step) ?? -1, attempt);
  for (const [index, { attempts }] of state.steps.entries()) {
    const found = attempts.find((one) => one.providerMessageId === providerMessageId);
    if (found) return targetAt(state, index, found.number);
  }
  return null;
}

function targetAt(state: State, index: number, attempt: number | null): Target | null {
  if (!state.steps[index]) return null;
  const rung = rungAt(state.ladder, index);
  return rung.kind === 'send' ? { rung, attempt } : null;
}
