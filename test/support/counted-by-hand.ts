import type { EventRecord, WireEvent } from '../../schemas/event';
import type { FlowDefinition, SendStep, Step } from '../../schemas/flow';
import { isParallel } from '../../schemas/flow';

/**
 * What the rollups have to be, from the meaning of the events alone: written without the core’s state and without
 * projection/rollup.ts, so that it can be wrong in other ways than they are. Of each run its whole history is looked at.
 * It knows providers whose successes win, and at most one kind of failure receipt for each attempt.
 */
export type ByKey = Map<string, Record<string, number>>;

export interface HandFlow {
  definition: FlowDefinition;
  /** What one send of each step is reckoned at, where the run does not say otherwise; by the step’s number. */
  reckoned: readonly number[];
}

interface Rung {
  name: string;
  number: number;
  step: SendStep | null;
  /** Of a parallel step that it stands in. */
  parent: { name: string; all: boolean; first: boolean } | null;
  branch: number;
  opensBranch: boolean;
}

interface Attempt {
  rung: Rung;
  number: number;
  answer: 'none' | 'accepted' | 'rejected' | 'uncertain' | 'held';
  neverAnswered: boolean;
  acceptedAt: number | null;
  finalAt: number | null;
  reason: string | null;
  statuses: Set<string>;
  cost: number;
  reachedAt: number | null;
  late: boolean;
}

interface Story {
  attempts: Attempt[];
  /** The last that happened to each step as a whole. */
  fate: Map<string, string>;
  skippedFor: Map<string, string>;
  deadline: Map<string, number>;
  start: WireEvent;
  end: WireEvent | null;
}

const GOOD = ['accepted', 'sent', 'delivered', 'read', 'clicked', 'replied'];
const ENGAGED = ['read', 'clicked', 'replied'];
const ENDS: Record<string, string> = {
  InvocationSucceeded: 'succeeded',
  InvocationFailed: 'failed',
  InvocationCancelled: 'cancelled',
  InvocationExpired: 'expired',
};

const ms = (text: string | undefined) => (text === undefined ? Number.POSITIVE_INFINITY : Date.parse(text));

/** Adds one run. @param records all that was written of it, each event once, in order */
export function countByHand(
  sums: ByKey,
  records: readonly EventRecord[],
  flow: HandFlow,
  slotOf: (at: number) => number,
) {
  const [first] = records;
  if (!first) return;
  const rungs = rungsOf(flow.definition.steps);
  const story = tell(records, rungs, flow);
  const place = [first.mode, first.flowId, first.flowVersion, story.start.country ?? '', slotOf(ms(story.start.at))];
  const under = (step: string, channel: string): Add => {
    let counts: Record<string, number> | null = null;
    return (name, by = 1) => {
      counts ??= countsUnder(sums, JSON.stringify([step, channel, ...place]));
      counts[name] = (counts[name] ?? 0) + by;
    };
  };
  const opener = firstReached(story);
  countRun(under('', ''), story, rungs, flow, opener);
  const saviour = saviourOf(story, opener);
  for (const rung of rungs) countStep(under(rung.name, rung.step?.channel ?? ''), rung, story, opener, saviour);
}

function countsUnder(sums: ByKey, key: string): Record<string, number> {
  const counts = sums.get(key) ?? {};
  sums.set(key, counts);
  return counts;
}

function rungsOf(steps: readonly Step[]): Rung[] {
  const rungs: Rung[] = [];
  steps.forEach((step, at) => {
    const parallel = isParallel(step);
    const base = { name: step.name, number: rungs.length, parent: null, branch: -1, opensBranch: false };
    rungs.push({ ...base, step: parallel ? null : step });
    if (!parallel) return;
    const parent = { name: step.name, all: step.require === 'all', first: at === 0 };
    step.parallel.forEach((track, branch) => {
      track.forEach((inner, n) => {
        rungs.push({
          name: inner.name,
          number: rungs.length,
          step: inner as SendStep,
          parent,
          branch,
          opensBranch: n === 0,
        });
      });
    });
  });
  return rungs;
}

function tell(records: readonly EventRecord[], rungs: readonly Rung[], flow: HandFlow): Story {
  const events = records.flatMap((record) => record.events);
  const [start] = events;
  if (!start) throw new Error('a run without events');
  const story: Story = {
    ...{ attempts: [], fate: new Map(), skippedFor: new Map(), deadline: new Map(), start, end: null },
  };
  for (const event of events) hear(story, event, rungs, flow);
  return story;
}

function hear(story: Story, event: WireEvent, rungs: readonly Rung[], flow: HandFlow): void {
  const { type, step = '', at } = event;
  const attempt = story.attempts.find(({ rung, number }) => rung.name === step && number === event.attempt);
  if (event.deadlineAt !== undefined) story.deadline.set(step, ms(event.deadlineAt));
  if (ENDS[type]) story.end = event;
  else if (type === 'AttemptRequested') {
    const rung = rungs.find(({ name }) => name === step) as Rung;
    story.fate.set(step, 'running');
    story.deadline.delete(step);
    story.attempts.push({
      ...{ rung, number: event.attempt ?? 0, answer: 'none', neverAnswered: false, acceptedAt: null, finalAt: null },
      ...{ reason: null, statuses: new Set(), cost: 0, reachedAt: null, late: false },
    });
  } else if (type === 'StepDeferred') {
    story.fate.set(step, 'waits');
    story.deadline.delete(step);
  } else if (type === 'StepTimedOut') story.fate.set(step, 'timedOut');
  else if (type === 'StepFailed') story.fate.set(step, 'failed');
  else if (type === 'StepSucceeded') {
    story.fate.set(step, 'succeeded');
    // What is weaker than delivery counts as reached when the step has it.
    if (attempt && attempt.reachedAt === null) {
      attempt.reachedAt = ms(at);
      attempt.finalAt ??= ms(at);
    }
  } else if (type === 'StepSkipped' && !attempt) {
    story.fate.set(step, 'skipped');
    if (event.reason) story.skippedFor.set(step, event.reason);
  } else if (attempt) hearOfAttempt(story, attempt, event, flow);
}

function hearOfAttempt(story: Story, attempt: Attempt, event: WireEvent, flow: HandFlow): void {
  const at = ms(event.at);
  switch (event.type) {
    case 'AttemptAccepted':
      attempt.answer = 'accepted';
      attempt.acceptedAt = at;
      attempt.cost = event.costMicros ?? 0;
      break;
    case 'AttemptRejected':
      attempt.answer = 'rejected';
      attempt.finalAt = at;
      if (attempt.statuses.size === 0) attempt.reason = event.reason ?? null;
      break;
    case 'AttemptUncertain':
      attempt.answer = 'uncertain';
      attempt.neverAnswered = true;
      break;
    case 'StepSkipped':
      attempt.answer = 'held';
      attempt.finalAt = at;
      attempt.reason = event.reason ?? null;
      break;
    case 'ReceiptRecorded':
    case 'LateReceiptRecorded':
      hearReceipt(story, attempt, event, flow);
  }
}

function hearReceipt(story: Story, attempt: Attempt, event: WireEvent, flow: HandFlow): void {
  const status = event.receiptStatus ?? '';
  const success = GOOD.includes(status);
  const unpaid = attempt.cost === 0;
  const shows = attempt.answer === 'uncertain' || (attempt.answer === 'rejected' && success);
  const { number } = attempt.rung;
  if (event.costMicros !== undefined) attempt.cost = event.costMicros;
  else if (unpaid && shows) attempt.cost = story.start.costs?.[number] ?? flow.reckoned[number] ?? 0;

  const knew = hasIt(attempt);
  const before = [...attempt.statuses].filter((one) => !ENGAGED.includes(one));
  attempt.statuses.add(status);
  const stands =
    !before.includes('delivered') &&
    !(before.some((one) => !GOOD.includes(one)) && ['accepted', 'sent'].includes(status));
  if (!ENGAGED.includes(status) && stands) attempt.reason = event.reason ?? (success ? null : 'unknown');
  const failed = !hasIt(attempt) && !success;
  // A refusal that the provider takes back has settled nothing.
  if (before.length === 0 && attempt.answer === 'rejected' && ['accepted', 'sent'].includes(status))
    attempt.finalAt = null;
  if ((hasIt(attempt) && !knew) || (failed && attempt.finalAt === null)) {
    const weak = attempt.reachedAt !== null && !knew;
    if (!(weak && attempt.finalAt !== null)) attempt.finalAt = ms(event.at);
  }
  const { successOn = 'delivered' } = attempt.rung.step as SendStep;
  const enough = (one: string) => GOOD.indexOf(one) >= Math.max(GOOD.indexOf('delivered'), GOOD.indexOf(successOn));
  if ([...attempt.statuses].some(enough)) {
    if (attempt.reachedAt === null) {
      attempt.reachedAt = ms(event.receiptAt);
      attempt.late = event.type === 'LateReceiptRecorded';
    } else if (enough(status)) attempt.reachedAt = Math.min(attempt.reachedAt, ms(event.receiptAt));
  }
}

/** The person has the message. */
function hasIt({ statuses }: Attempt): boolean {
  return statuses.has('delivered') || ENGAGED.some((one) => statuses.has(one));
}

function firstReached({ attempts }: Story): Attempt | null {
  let first: Attempt | null = null;
  const inOrder = [...attempts].sort((a, b) => a.rung.number - b.rung.number || a.number - b.number);
  for (const one of inOrder) {
    if (one.reachedAt !== null && (first === null || one.reachedAt < (first.reachedAt ?? 0))) first = one;
  }
  return first;
}

/** It reached the person whom the first had reached, and the two were not meant to go together. */
function isSecond(attempt: Attempt, first: Attempt | null): boolean {
  if (attempt.reachedAt === null || first === null || attempt === first) return false;
  const { parent, branch } = attempt.rung;
  const other = first.rung;
  return !(parent?.all && parent.name === other.parent?.name && branch !== other.branch);
}

function saviourOf({ attempts }: Story, first: Attempt | null): Rung | null {
  let found: Attempt | null = null;
  const inOrder = [...attempts].sort((a, b) => a.rung.number - b.rung.number || a.number - b.number);
  for (const one of first ? inOrder : []) {
    const { rung, late, reachedAt } = one;
    const begins = rung.parent ? rung.parent.first && rung.opensBranch : rung.number === 0;
    if (begins || late || reachedAt === null) continue;
    if (found === null || reachedAt < (found.reachedAt ?? 0)) found = one;
  }
  return found?.rung ?? null;
}

type Add = (name: string, by?: number) => void;

function countRun(add: Add, story: Story, rungs: readonly Rung[], flow: HandFlow, first: Attempt | null): void {
  const { attempts, start, end } = story;
  add('accepted');
  add('reckoned');
  if (end) add(ENDS[end.type] ?? '');
  const cost = attempts.reduce((sum, one) => sum + one.cost, 0);
  add('costMicros', cost);
  const second = attempts.filter((one) => isSecond(one, first));
  if (second.length > 0) add('duplicates');
  add(
    'costTwiceMicros',
    second.reduce((sum, one) => sum + one.cost, 0),
  );
  if (attempts.some(({ late, reachedAt }) => late && reachedAt !== null)) add('late');

  const missing = start.unaddressable ?? [];
  const price = ({ number }: Rung) => start.costs?.[number] ?? flow.reckoned[number] ?? 0;
  const sends = rungs.filter(({ step }) => step !== null);
  const reachable = sends.filter(({ name }) => !missing.includes(name));
  add(
    'allAtOnceMicros',
    reachable.reduce((sum, rung) => sum + price(rung), 0),
  );
  const sms = sends.find(({ step }) => ['sms', 'lms', 'xms'].includes(step?.channel ?? ''));
  if (!sms || missing.includes(sms.name)) return add('smsOnlyUnknown');
  add('smsOnlyMicros', price(sms));
  add('smsOnlyCostMicros', cost);
}

function countStep(add: Add, rung: Rung, story: Story, first: Attempt | null, saviour: Rung | null): void {
  const fate = story.fate.get(rung.name);
  if (fate === 'failed' || fate === 'timedOut') add(fate);
  if (!rung.step) return;
  const mine = story.attempts.filter((one) => one.rung === rung);
  const held = mine.some(({ answer, statuses }) => answer === 'held' && statuses.size === 0);
  if (fate === 'skipped' || held) add('skipped');
  const why = story.skippedFor.get(rung.name);
  if (fate === 'skipped' && mine.length === 0 && why) add(`reason.${why}`);
  if (saviour === rung) add('savedByFallback');
  for (const attempt of mine) countAttempt(add, attempt, story, mine[mine.length - 1] === attempt, first);
}

function countAttempt(add: Add, attempt: Attempt, story: Story, newest: boolean, first: Attempt | null): void {
  const { answer, statuses, cost, rung } = attempt;
  if (answer !== 'held' || statuses.size > 0) add('attempted');
  const fine =
    [...statuses].some((one) => GOOD.includes(one)) &&
    (hasIt(attempt) || ![...statuses].some((one) => !GOOD.includes(one)));
  if (answer === 'accepted' || fine) add('accepted');
  else if (answer === 'rejected') add('rejected');
  if (attempt.neverAnswered) add('uncertain');
  add('costMicros', cost);
  if (isSecond(attempt, first)) {
    add('duplicates');
    add('costTwiceMicros', cost);
  }
  const timedOut = story.fate.get(rung.name) === 'timedOut';
  if (hasIt(attempt)) countDelivery(add, attempt, story, newest);
  else if (attempt.reason !== null) add(`reason.${attempt.reason}`);
  else if (attempt.finalAt === null && newest && timedOut)
    add(attempt.neverAnswered ? 'reason.uncertain' : 'reason.timeout');
}

function countDelivery(add: Add, attempt: Attempt, story: Story, newest: boolean): void {
  const { rung, statuses, acceptedAt, finalAt } = attempt;
  const { successOn = 'delivered' } = rung.step as SendStep;
  const beyond = GOOD.indexOf(successOn) > GOOD.indexOf('delivered');
  const until = Math.min(story.deadline.get(rung.name) ?? Number.POSITIVE_INFINITY, ms(story.end?.at));
  const tooLate = (newest && story.fate.get(rung.name) === 'failed') || (finalAt ?? 0) > until;
  add((beyond ? tooLate : attempt.late) ? 'lateDelivered' : 'delivered');
  if (ENGAGED.some((one) => statuses.has(one))) add('read');
  if (statuses.has('clicked')) add('clicked');
  if (statuses.has('replied')) add('replied');
  if (acceptedAt === null || finalAt === null || GOOD.indexOf(successOn) < GOOD.indexOf('delivered')) return;
  const took = finalAt - acceptedAt;
  add(`latency.${took < 1 ? 0 : Math.ceil(Math.log(took) / Math.log(1.03)) + 1}`);
}
