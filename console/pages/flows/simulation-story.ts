import type { WireEvent } from '../../../schemas/event';
import type { Reason, ReceiptStatus } from '../../../schemas/vocabulary';

/** All that happens at one moment of the virtual clock. */
export interface Moment {
  /** Milliseconds from the start of the run. */
  atMs: number;
  /** Seconds of watching until then: long waits are shortened, short ones are given time. */
  watched: number;
  events: readonly WireEvent[];
}

export function momentsOf(events: readonly WireEvent[]): Moment[] {
  const moments: { atMs: number; watched: number; events: WireEvent[] }[] = [];
  const start = startOf(events);
  for (const event of events) {
    const atMs = Date.parse(event.at) - start;
    const last = moments.at(-1);
    if (last?.atMs === atMs) last.events.push(event);
    else moments.push({ atMs, watched: last ? last.watched + watchedFor(atMs - last.atMs) : 0, events: [event] });
  }
  return moments;
}

/** The virtual clock's first moment, in milliseconds since 1970. */
export function startOf(events: readonly WireEvent[]): number {
  return Date.parse(events[0]?.at ?? '1970-01-01T00:00:00.000Z');
}

/** Of an hour about two and a half seconds are seen, of a tenth of a second almost one. */
function watchedFor(gapMs: number): number {
  return 0.5 + 0.4 * Math.log10(1 + gapMs / 10);
}

/** Where the virtual clock stands after so many seconds of watching. */
export function clockAt(moments: readonly Moment[], watched: number): number {
  return between(moments, watched, 'watched', 'atMs');
}

/** The seconds of watching after which the virtual clock stands there. */
export function watchedAt(moments: readonly Moment[], clockMs: number): number {
  return between(moments, clockMs, 'atMs', 'watched');
}

type Axis = 'watched' | 'atMs';

function between(moments: readonly Moment[], value: number, given: Axis, wanted: Axis): number {
  const next = moments.findIndex((moment) => moment[given] > value);
  const before = moments[next === -1 ? moments.length - 1 : Math.max(0, next - 1)];
  const after = moments[next];
  if (!before) return 0;
  if (!after || next === 0) return before[wanted];
  const part = (value - before[given]) / (after[given] - before[given]);
  return before[wanted] + part * (after[wanted] - before[wanted]);
}

export type Phase =
  | 'idle'
  | 'sending'
  | 'waiting'
  | 'uncertain'
  | 'deferred'
  | 'recalling'
  | 'succeeded'
  | 'left'
  | 'skipped'
  | 'unsent'
  | 'dropped';

/** How a step stands at a moment. Times are milliseconds from the start. */
export interface Standing {
  phase: Phase;
  reason: Reason | null;
  /** Since when, and until when, it waits. */
  sinceMs: number;
  untilMs: number | null;
  /** A receipt that came after the step was left. */
  late: ReceiptStatus | null;
  duplicate: boolean;
}

export interface Standings {
  steps: ReadonlyMap<string, Standing>;
  costMicros: number;
  duplicates: number;
  /** Null while it runs. */
  ended: 'succeeded' | 'failed' | 'cancelled' | 'expired' | null;
}

const UNTOUCHED: Standing = {
  phase: 'idle',
  reason: null,
  sinceMs: 0,
  untilMs: null,
  late: null,
  duplicate: false,
};

const ENDS: Partial<Record<WireEvent['type'], NonNullable<Standings['ended']>>> = {
  InvocationSucceeded: 'succeeded',
  InvocationFailed: 'failed',
  InvocationCancelled: 'cancelled',
  InvocationExpired: 'expired',
};

/** What the events until that time amount to, for every step of the flow. */
export function standingsAt(moments: readonly Moment[], clockMs: number, names: readonly string[]): Standings {
  const steps = new Map<string, Standing>(names.map((name) => [name, UNTOUCHED]));
  const start = startOf(moments[0]?.events ?? []);
  let costMicros = 0;
  let duplicates = 0;
  let ended: Standings['ended'] = null;
  for (const event of moments.filter(({ atMs }) => atMs <= clockMs).flatMap(({ events }) => events)) {
    if (event.type === 'AttemptAccepted') costMicros += event.costMicros ?? 0;
    if (event.type === 'DuplicateDetected') duplicates++;
    const end = ENDS[event.type];
    if (end) {
      ended = end;
      for (const [name, step] of steps) {
        if (!OVER.has(step.phase)) steps.set(name, { ...step, phase: step.phase === 'idle' ? 'unsent' : 'dropped' });
      }
    } else if (event.step !== undefined) {
      const before = steps.get(event.step) ?? UNTOUCHED;
      steps.set(event.step, { ...before, ...changeBy(event, start) });
    }
  }
  return { steps, costMicros, duplicates, ended };
}

const OVER: ReadonlySet<Phase> = new Set(['succeeded', 'left', 'skipped']);

function changeBy(event: WireEvent, start: number): Partial<Standing> {
  const sinceMs = Date.parse(event.at) - start;
  const end = event.deadlineAt ?? event.until;
  const untilMs = end === undefined ? null : Date.parse(end) - start;
  const reason = event.reason ?? null;
  switch (event.type) {
    case 'StepStarted':
      // A step of branches has a deadline from its start; another one first sends.
      return { phase: untilMs === null ? 'sending' : 'waiting', sinceMs, untilMs, reason: null };
    case 'AttemptRequested':
      return { phase: 'sending', sinceMs, untilMs: null, reason: null };
    case 'AttemptAccepted':
      return { phase: 'waiting', sinceMs, untilMs };
    case 'AttemptUncertain':
      return { phase: 'uncertain', sinceMs, untilMs };
    case 'StepDeferred':
      return { phase: 'deferred', sinceMs, untilMs, reason };
    case 'RecallRequested':
      return { phase: 'recalling', sinceMs, untilMs };
    case 'RecallConfirmed':
    case 'RecallFailed':
      return { phase: 'left' };
    case 'StepSkipped':
      return { phase: 'skipped', reason };
    case 'StepTimedOut':
      return { phase: 'left', reason: 'timeout' };
    case 'StepFailed':
      return { phase: 'left', reason };
    case 'StepSucceeded':
      return { phase: 'succeeded', reason: null };
    case 'LateReceiptRecorded':
      return { late: event.receiptStatus ?? null };
    case 'DuplicateDetected':
      return { duplicate: true };
    default:
      return {};
  }
}
