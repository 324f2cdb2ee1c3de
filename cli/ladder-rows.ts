import type { WireEvent } from '../schemas/event';
import type { AttemptView, InvocationView } from '../schemas/invocation';
import { FAILURE_STATUSES } from '../schemas/vocabulary';
import type { Ink } from './ink';

/** One attempt as it is to be drawn. Times in ms since 1970. */
export interface LadderRow {
  label: string;
  status: string;
  ink: Ink;
  why: string;
  /** Stretches of its life, in order. */
  bars: Bar[];
  marks: Mark[];
}

export type Stretch = 'deferred' | 'sending' | 'waiting' | 'ahead' | 'left';
interface Bar {
  kind: Stretch;
  fromMs: number;
  toMs: number;
}

export type Sign = 'sent' | 'receipt' | 'good' | 'bad' | 'deadline' | 'late';
interface Mark {
  sign: Sign;
  atMs: number;
}

const FAILURES: ReadonlySet<string> = new Set([...FAILURE_STATUSES, 'uncertain']);
const OVER: ReadonlySet<string> = new Set(['StepTimedOut', 'StepFailed', 'StepSucceeded']);

/** The rows of a run: one for each attempt and each skipped step, in the view's order, then those still held back. */
export function ladderRows(view: InvocationView, events: readonly WireEvent[]): LadderRow[] {
  // What is known of a run under way ends with its newest event.
  const nowMs = view.endedAt ? null : Math.max(Date.parse(view.createdAt), ...events.map(atOf));
  const drawn = view.attempts.map((attempt) => {
    const own = events.filter((event) => event.step === attempt.step && belongs(event, attempt, view, events));
    return {
      label: attempt.attempt > 1 ? `${attempt.step} #${attempt.attempt}` : attempt.step,
      status: attempt.late ? `${attempt.status}, late` : attempt.status,
      ink: inkOf(attempt, own),
      why: attempt.why ?? '',
      bars: barsOf(attempt, own, nowMs),
      marks: marksOf(attempt, own),
    };
  });
  return [...drawn, ...heldBack(view, events)];
}

/** An event that names no attempt belongs to the step's newest one; a delay to the attempt that it delayed. */
function belongs(event: WireEvent, attempt: AttemptView, view: InvocationView, events: readonly WireEvent[]): boolean {
  if (event.attempt !== undefined) return event.attempt === attempt.attempt;
  const delayed = event.type === 'StepDeferred' ? events.find((later) => isSendAfter(event, later)) : undefined;
  if (delayed) return delayed.attempt === attempt.attempt;
  return attempt === view.attempts.findLast(({ step }) => step === event.step);
}

function isSendAfter(event: WireEvent, later: WireEvent): boolean {
  return later.type === 'AttemptRequested' && later.step === event.step && later.seq > event.seq;
}

function inkOf(attempt: AttemptView, events: readonly WireEvent[]): Ink {
  if (attempt.late || attempt.status === 'skipped') return 'ghost';
  if (FAILURES.has(attempt.status)) return 'bad';
  return events.some(({ type }) => type === 'StepSucceeded') ? 'good' : 'wait';
}

function barsOf(attempt: AttemptView, events: readonly WireEvent[], nowMs: number | null): Bar[] {
  const bars = delays(events);
  const requestedMs = timeOf(attempt.requestedAt);
  if (requestedMs === null) return bars;
  // A send that was never answered waits out its deadline as if it had been accepted.
  const unanswered = events.find(({ type }) => type === 'AttemptUncertain');
  const acceptedMs = timeOf(attempt.acceptedAt) ?? timeOf(unanswered?.at);
  const leftMs = overAt(events) ?? (attempt.late ? null : timeOf(attempt.finalAt));
  const overMs = Math.max(leftMs ?? nowMs ?? lastInTime(events) ?? requestedMs, acceptedMs ?? requestedMs);
  bars.push({ kind: 'sending', fromMs: requestedMs, toMs: acceptedMs ?? overMs });
  if (acceptedMs !== null) bars.push({ kind: 'waiting', fromMs: acceptedMs, toMs: overMs });
  const deadlineMs = timeOf(attempt.deadlineAt);
  if (leftMs === null && nowMs !== null && deadlineMs !== null && deadlineMs > overMs) {
    bars.push({ kind: 'ahead', fromMs: overMs, toMs: deadlineMs });
  }
  const ghostMs = Math.max(overMs, ...events.filter(({ type }) => type === 'LateReceiptRecorded').map(atOf));
  if (ghostMs > overMs) bars.push({ kind: 'left', fromMs: overMs, toMs: ghostMs });
  return bars;
}

function delays(events: readonly WireEvent[]): Bar[] {
  return events.flatMap((event) => {
    const toMs = event.type === 'StepDeferred' ? timeOf(event.until) : null;
    return toMs === null ? [] : [{ kind: 'deferred' as const, fromMs: atOf(event), toMs }];
  });
}

/** Steps that wait (quiet hours, a scheduled start) and have not been sent at all yet. */
function heldBack(view: InvocationView, events: readonly WireEvent[]): LadderRow[] {
  if (view.endedAt) return [];
  const sent = new Set(view.attempts.map(({ step }) => step));
  const waiting = events.filter(({ type, step }) => type === 'StepDeferred' && step !== undefined && !sent.has(step));
  return waiting.map((event) => ({
    label: event.step ?? '',
    status: 'held back',
    ink: 'wait',
    why: event.because ?? '',
    bars: delays([event]),
    marks: [],
  }));
}

function marksOf(attempt: AttemptView, events: readonly WireEvent[]): Mark[] {
  const requestedMs = timeOf(attempt.requestedAt);
  const sent: Mark[] = requestedMs === null ? [] : [{ sign: 'sent', atMs: requestedMs }];
  const later = events.flatMap((event) => {
    const sign = signOf(event);
    return sign === null ? [] : [{ sign, atMs: atOf(event) }];
  });
  const success = events.find(({ type }) => type === 'StepSucceeded');
  if (!success) return [...sent, ...later];
  // The receipt at which the step succeeded is the outcome; those before it were on the way.
  const receipt = later.findLast((mark) => mark.sign === 'receipt' && mark.atMs <= atOf(success));
  if (!receipt) return [...sent, ...later, { sign: 'good', atMs: atOf(success) }];
  return [...sent, ...later.map((mark) => (mark === receipt ? { ...mark, sign: 'good' as const } : mark))];
}

function signOf(event: WireEvent): Sign | null {
  switch (event.type) {
    case 'LateReceiptRecorded':
      return 'late';
    case 'StepTimedOut':
      return 'deadline';
    case 'AttemptRejected':
      return 'bad';
    case 'ReceiptRecorded':
      return FAILURES.has(event.receiptStatus ?? '') ? 'bad' : 'receipt';
    default:
      return null;
  }
}

/** When the step was over: it succeeded, failed or timed out. */
function overAt(events: readonly WireEvent[]): number | null {
  const over = events.find(({ type }) => OVER.has(type));
  return over ? atOf(over) : null;
}

function lastInTime(events: readonly WireEvent[]): number | null {
  const last = events.findLast(({ type }) => type !== 'LateReceiptRecorded' && type !== 'StepDeferred');
  return last ? atOf(last) : null;
}

function atOf(event: WireEvent): number {
  return Date.parse(event.at);
}

function timeOf(text: string | null | undefined): number | null {
  return text ? Date.parse(text) : null;
}
