import type { LookupOutcome, News } from '../../core/input';
import type { Reason, ReceiptStatus } from '../../schemas/vocabulary';
import { FAILURE_STATUSES } from '../../schemas/vocabulary';
import type { MessageHandle, RecallAnswer, SendAnswer } from '../contract';
import { type Answer, byHttpStatus, retryAfterMs } from '../http-call';
import { isOneOf, microsOf, ReadAnswer, timeOf } from './locate';
import type { Codes, HttpSettings, LookupSettings, RecallSettings, Statuses } from './settings';

type Unknown = (code: string) => void;

/** As long as receipts and events take them. */
const ID_MAX = 200;
const CODE_MAX = 64;

/** Of a gateway whose own codes and statuses are known first, and what HTTP says of any after them. */
export function sendAnswer(
  { answer: how = {}, codes = {}, statusCodes = {} }: HttpSettings,
  answer: Answer,
  unknown: Unknown,
): SendAnswer {
  const read = new ReadAnswer(answer);
  const inList = isOneOf(how.accepted ?? ['2xx'], answer.status);
  if (inList && (!how.acceptedWhen || read.is(how.acceptedWhen))) {
    const costMicros = how.cost ? microsOf(read.at(how.cost.at), how.cost.unit) : null;
    return { outcome: 'accepted', providerMessageId: idOf(read.at(how.messageId)), costMicros };
  }
  const code = codeOf(read.at(how.code));
  const rejected = (reason: Reason): SendAnswer => ({
    outcome: 'rejected',
    reason,
    code: code ?? String(answer.status),
    retryAfterMs: retryAfterMs(answer.headers.get('retry-after')),
  });
  if (code !== null && Object.hasOwn(codes, code)) return rejected(codes[code] ?? 'unknown');
  const status = String(answer.status);
  if (Object.hasOwn(statusCodes, status)) return rejected(statusCodes[status] ?? 'unknown');
  // It answers as if it had taken the message, and not one thing that was looked for stands in it.
  if (inList && code === null && how.acceptedWhen && read.at(how.acceptedWhen.at) === null) {
    return { outcome: 'uncertain' };
  }
  const general = byHttpStatus(answer, code);
  if (general) return general;
  unknown(code ?? status);
  return rejected('unknown');
}

export function lookupAnswer(
  how: LookupSettings,
  codes: Codes,
  answer: Answer,
  { providerMessageId }: MessageHandle,
  unknown: Unknown,
): LookupOutcome {
  if (how.absent && isOneOf(how.absent, answer.status)) return { known: 'no' };
  if (!isOneOf(['2xx'], answer.status)) return { known: 'unknown' };
  const read = new ReadAnswer(answer);
  const theirs = read.at(how.status);
  if (theirs === null) return { known: 'unknown' };
  const code = codeOf(read.at(how.code));
  const told = toldBy(how.statuses, { ...codes, ...how.codes }, theirs, code, unknown);
  const known: LookupOutcome = { known: 'yes', providerMessageId, costMicros: null };
  if (!told) return known;
  const at = how.at ? timeOf(read.at(how.at.at), how.at.format) : null;
  const news: News = { status: told.status, reason: told.reason, code, at };
  return { ...known, news };
}

export function recallAnswer(how: RecallSettings, answer: Answer): RecallAnswer {
  const read = new ReadAnswer(answer);
  const confirmed =
    isOneOf(how.confirmed ?? ['2xx'], answer.status) && (!how.confirmedWhen || read.is(how.confirmedWhen));
  if (confirmed) return { outcome: 'confirmed' };
  return { outcome: 'refused', code: codeOf(read.at(how.code)) ?? String(answer.status) };
}

/**
 * A gateway's status in our words, with the reason of a failure: that of its code, where it has one, else of the status.
 * Null: it says nothing that a receipt could say, or nobody knows it; that is counted.
 */
export function toldBy(
  statuses: Statuses,
  codes: Codes,
  theirs: string,
  code: string | null,
  unknown: Unknown,
): { status: ReceiptStatus; reason: Reason | null } | null {
  if (!Object.hasOwn(statuses, theirs)) {
    unknown(theirs.slice(0, CODE_MAX));
    return null;
  }
  const ours = statuses[theirs] ?? null;
  if (ours === null) return null;
  const { status, reason = null } = typeof ours === 'string' ? { status: ours } : ours;
  if (!isFailure(status)) return { status, reason: null };
  if (code !== null && Object.hasOwn(codes, code)) return { status, reason: codes[code] ?? null };
  if (reason === null && code !== null) unknown(code);
  return { status, reason: reason ?? (code === null ? null : 'unknown') };
}

function isFailure(status: ReceiptStatus): boolean {
  return (FAILURE_STATUSES as readonly string[]).includes(status);
}

/** An ID that is too long to be kept names nothing. */
export function idOf(text: string | null): string | null {
  return text !== null && text.length <= ID_MAX ? text : null;
}

export function codeOf(text: string | null): string | null {
  return text === null ? null : text.slice(0, CODE_MAX);
}
