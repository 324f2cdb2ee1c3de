import type { Event } from '../core/event';
import { type Ladder, NONE, sendRungOf } from '../core/ladder';
import type { SpanAttributes, SpanEvent } from './finished-span';

/** A wait for what the provider says of a message it has taken. Times are milliseconds since 1970. */
export interface Wait {
  step: string;
  attempt: number;
  channel: string | null;
  from: number;
  until: number;
  /** `receipt`: it settled the step; `timeout`; `left`: the run or its parallel step was over. */
  outcome: 'receipt' | 'timeout' | 'left';
}

/** Events that say nothing which a span of its own does not say. */
const TOLD_ELSEWHERE: ReadonlySet<Event['type']> = new Set([
  'InvocationStarted',
  'AttemptRequested',
  'AttemptAccepted',
]);

/** What was decided, as events of the run's span; a provider's own code is not among what is told. */
export function decisionsOf(events: readonly Event[]): SpanEvent[] {
  return events
    .filter(({ type }) => !TOLD_ELSEWHERE.has(type))
    .map((event) => ({ name: event.type, at: event.at, attributes: attributesOf(event) }));
}

function attributesOf(event: Event): SpanAttributes {
  const attributes: SpanAttributes = { 'onward.seq': event.seq };
  if ('step' in event && event.step !== undefined) attributes['onward.step'] = event.step;
  if ('attempt' in event && event.attempt !== undefined) attributes['onward.attempt'] = event.attempt;
  if ('nextStep' in event) attributes['onward.next_step'] = event.nextStep;
  if ('reason' in event && event.reason !== undefined) attributes['onward.reason'] = event.reason;
  if ('action' in event) attributes['onward.action'] = event.action;
  if ('receiptStatus' in event && event.receiptStatus !== undefined) {
    attributes['onward.receipt_status'] = event.receiptStatus;
  }
  return attributes;
}

/** From each acceptance, or from a send that nobody answered, to whatever settled the step. */
export function waitsOf(events: readonly Event[], ladder: Ladder): Wait[] {
  const open = new Map<string, Omit<Wait, 'until' | 'outcome'>>();
  const waits: Wait[] = [];
  const close = (step: string, until: number, outcome: Wait['outcome']) => {
    const wait = open.get(step);
    open.delete(step);
    if (wait && until > wait.from) waits.push({ ...wait, until, outcome });
  };
  for (const event of events) {
    const ending = endingOf(event);
    if ('step' in event && event.step !== undefined && ending !== null) {
      close(event.step, event.at, ending);
      for (const step of [...open.keys()]) if (isWithin(step, event.step, ladder)) close(step, event.at, 'left');
    }
    if (event.type.startsWith('Invocation')) for (const step of [...open.keys()]) close(step, event.at, 'left');
    const begins = event.type === 'AttemptAccepted' || event.type === 'AttemptUncertain';
    // Without a deadline the step was over already.
    if (!begins || event.deadlineAt === undefined || open.has(event.step)) continue;
    const { step, attempt, at: from } = event;
    open.set(step, { step, attempt, channel: sendRungOf(ladder, step)?.channel ?? null, from });
  }
  return waits;
}

/** How the event ends the wait of its step; null: not at all. A failure that is tried again is no StepFailed. */
function endingOf({ type }: Event): Wait['outcome'] | null {
  if (type === 'StepTimedOut') return 'timeout';
  const settled = ['StepSucceeded', 'StepFailed', 'StepDeferred', 'AttemptRequested', 'AttemptRejected'];
  return settled.includes(type) ? 'receipt' : null;
}

/** The step is in a branch of the parallel step `outer`. */
function isWithin(step: string, outer: string, { rungs, indexByName }: Ladder): boolean {
  const goal = indexByName.get(outer);
  let rung = rungs[indexByName.get(step) ?? NONE];
  while (rung && rung.parent !== NONE) {
    if (rung.parent === goal) return true;
    rung = rungs[rung.parent];
  }
  return false;
}
