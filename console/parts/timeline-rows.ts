import type { WireEvent } from '../../schemas/event';
import type { FlowDefinition } from '../../schemas/flow';
import type { AttemptView } from '../../schemas/invocation';
import type { StepOutcome, Story } from '../../schemas/story';
import { type Channel, FAILURE_STATUSES } from '../../schemas/vocabulary';

/** `held`: put off; `ahead`: from now to the deadline; `ghost`: after its step was left, until a receipt came. */
export type Stretch = 'held' | 'sending' | 'waiting' | 'ahead' | 'ghost';
export type Sign = 'good' | 'bad' | 'receipt' | 'deadline' | 'late';

export interface Segment {
  attempt: number;
  kind: Stretch;
  fromMs: number;
  toMs: number;
}

export interface Mark {
  sign: Sign;
  atMs: number;
}

/** One step as a bar: every attempt is a further part of it. Times in ms since 1970. */
export interface TimelineRow {
  step: string;
  /** Null: a parallel step, whose branches are the rows after it. */
  channel: Channel | null;
  outcome: StepOutcome;
  /** 0 on the ladder itself; 1 within a parallel step. */
  depth: number;
  /** Which branch of its parallel step, from 1. */
  branch: number | null;
  segments: Segment[];
  marks: Mark[];
}

export interface Timeline {
  startMs: number;
  endMs: number;
  rows: TimelineRow[];
}

const FAILURES: ReadonlySet<string> = new Set(FAILURE_STATUSES);
const OVER: ReadonlySet<string> = new Set(['StepTimedOut', 'StepFailed', 'StepSucceeded']);
/** Room for a deadline, and for a late receipt, as a multiple of what the run itself took. */
const DEADLINE_ROOM = 4;
const LATE_ROOM = 12;
const LEAST_MS = 200;

/** @param nowMs the viewer's clock; where the run goes on, bars end there */
export function timelineOf(story: Story, nowMs: number, definition?: FlowDefinition): Timeline {
  const { invocation, events, verdicts } = story;
  const places = placesIn(definition);
  const endMs = msOf(invocation.endedAt);
  const newestMs = Math.max(Date.parse(invocation.createdAt), ...events.map(atOf));
  const until = endMs ?? Math.max(nowMs, newestMs);
  const rows = verdicts.map(({ step, channel, outcome }) => {
    const attempts = invocation.attempts.filter((attempt) => attempt.step === step && attempt.attempt > 0);
    const own = events.filter((event) => event.step === step);
    return {
      step,
      channel: channel ?? null,
      outcome,
      ...(places.get(step) ?? { depth: 0, branch: null }),
      segments: segmentsOf(attempts, own, until, endMs === null),
      marks: marksOf(attempts, own),
    };
  });
  return { ...spanOf(Date.parse(invocation.createdAt), until, endMs === null, rows), rows };
}

/** Where a parallel step's branches stand, by the names of their steps. */
function placesIn(definition: FlowDefinition | undefined): Map<string, { depth: number; branch: number }> {
  const places = new Map<string, { depth: number; branch: number }>();
  for (const step of definition?.steps ?? []) {
    if (!('parallel' in step)) continue;
    const branches = step.parallel as { name: string }[][];
    branches.forEach((steps, at) => {
      for (const { name } of steps) places.set(name, { depth: 1, branch: at + 1 });
    });
  }
  return places;
}

/** What lies far beyond what the run took would make the rest too small to see: it stands at the edge. */
function spanOf(startMs: number, until: number, running: boolean, rows: readonly TimelineRow[]) {
  const tookMs = Math.max(until - startMs, LEAST_MS);
  const roomy = (times: number) => (running ? Number.POSITIVE_INFINITY : startMs + tookMs * times);
  const farthest = rows.flatMap(({ segments, marks }) => [
    ...segments.map(({ toMs }) => Math.min(toMs, roomy(LATE_ROOM))),
    ...marks.map(({ sign, atMs }) => (sign === 'deadline' && atMs > roomy(DEADLINE_ROOM) ? until : atMs)),
  ]);
  const most = roomy(LATE_ROOM);
  const endMs = Math.max(Math.min(Math.max(until, ...farthest), most), startMs + LEAST_MS);
  return { startMs, endMs: endMs + (endMs - startMs) * 0.02 };
}

function segmentsOf(
  attempts: readonly AttemptView[],
  events: readonly WireEvent[],
  until: number,
  running: boolean,
): Segment[] {
  const held = events.flatMap((event) => {
    const toMs = event.type === 'StepDeferred' ? msOf(event.until) : null;
    return toMs === null
      ? []
      : [
          {
            attempt: event.attempt ?? 0,
            kind: 'held' as const,
            fromMs: atOf(event),
            toMs: running ? toMs : Math.min(toMs, until),
          },
        ];
  });
  return [...held, ...attempts.flatMap((attempt, at) => lifeOf(attempt, attempts[at + 1], events, { until, running }))];
}

function lifeOf(
  attempt: AttemptView,
  next: AttemptView | undefined,
  events: readonly WireEvent[],
  now: { until: number; running: boolean },
): Segment[] {
  const requestedMs = msOf(attempt.requestedAt);
  if (requestedMs === null) return [];
  const number = attempt.attempt;
  const own = events.filter((event) => event.attempt === number || (event.attempt === undefined && !next));
  const over = overMs(attempt, own, next);
  // What is not over goes on until now, or until the run ended.
  const overAt = over ?? now.until;
  const answeredMs = msOf(attempt.acceptedAt) ?? timeOf(own, 'AttemptUncertain') ?? timeOf(own, 'AttemptRejected');
  const segments: Segment[] = [];
  const add = (kind: Stretch, fromMs: number, toMs: number) => {
    if (toMs >= fromMs) segments.push({ attempt: number, kind, fromMs, toMs });
  };
  add('sending', requestedMs, Math.max(answeredMs ?? overAt, requestedMs));
  if (answeredMs !== null && attempt.status !== 'rejected') add('waiting', answeredMs, Math.max(overAt, answeredMs));
  const deadlineMs = msOf(attempt.deadlineAt);
  if (over === null && now.running && deadlineMs !== null && deadlineMs > overAt) add('ahead', overAt, deadlineMs);
  const lastLate = Math.max(...own.filter(({ type }) => type === 'LateReceiptRecorded').map(atOf));
  if (lastLate > overAt) add('ghost', overAt, lastLate);
  return segments;
}

/** When nobody waited for this attempt any more; null while it is waited for. */
function overMs(attempt: AttemptView, own: readonly WireEvent[], next: AttemptView | undefined): number | null {
  const over = own.find(({ type }) => OVER.has(type));
  if (over) return atOf(over);
  if (!attempt.late && attempt.finalAt) return Date.parse(attempt.finalAt);
  return msOf(next?.requestedAt);
}

function marksOf(attempts: readonly AttemptView[], events: readonly WireEvent[]): Mark[] {
  const deadlines = attempts.flatMap(({ deadlineAt }) => {
    const atMs = msOf(deadlineAt);
    return atMs === null ? [] : [{ sign: 'deadline' as const, atMs }];
  });
  const success = events.find(({ type }) => type === 'StepSucceeded');
  const signs = events.flatMap((event) => {
    const sign = signOf(event);
    // The receipt at which the step succeeded is told by the success.
    const same = sign === 'receipt' && success !== undefined && atOf(event) === atOf(success);
    return sign === null || same ? [] : [{ sign, atMs: atOf(event) }];
  });
  return [...deadlines, ...signs];
}

function signOf(event: WireEvent): Sign | null {
  switch (event.type) {
    case 'StepSucceeded':
      return 'good';
    case 'AttemptRejected':
      return 'bad';
    case 'LateReceiptRecorded':
      return 'late';
    case 'ReceiptRecorded':
      return FAILURES.has(event.receiptStatus ?? '') ? 'bad' : 'receipt';
    default:
      return null;
  }
}

/** Lengths between ticks that a person counts in, in ms. */
const TICKS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((s) => s * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((min) => min * 60_000),
  ...[1, 2, 3, 6, 12].map((h) => h * 3_600_000),
  ...[1, 2, 5, 10].map((d) => d * 86_400_000),
];

/** At most `count` moments after the start, evenly apart, in ms since it. */
export function ticksOf({ startMs, endMs }: Pick<Timeline, 'startMs' | 'endMs'>, count: number): number[] {
  const span = endMs - startMs;
  const step = TICKS_MS.find((one) => span / one <= count) ?? span / count;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, at) => at * step);
}

/** Where on the axis, from 0 to 1; what lies outside stands at the edge. */
export function placeOf({ startMs, endMs }: Pick<Timeline, 'startMs' | 'endMs'>, atMs: number): number {
  return Math.min(Math.max((atMs - startMs) / (endMs - startMs), 0), 1);
}

function timeOf(events: readonly WireEvent[], type: WireEvent['type']): number | null {
  const found = events.find((event) => event.type === type);
  return found ? atOf(found) : null;
}

function atOf(event: WireEvent): number {
  return Date.parse(event.at);
}

function msOf(text: string | null | undefined): number | null {
  return text ? Date.parse(text) : null;
}
