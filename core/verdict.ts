import type { StepOutcome, Verdict } from '../schemas/story';
import { meets, successOf } from './attempt-status';
import { attemptTold, CHANNEL_WORDS, dropTold, moment, skipTold, type Voice } from './attempt-story';
import type { Event } from './event';
import { NONE, type ParallelRung, type Rung, rungAt, type SendRung } from './ladder';
import { amount } from './money';
import { isDuplicate, type Reach, reachedLate, reachesOf } from './reaches';
import { type AttemptState, isActive, type State, type StepState, stepAt } from './state';
import { reasonWords } from './why';

/** A run as its sentences are made from it. */
interface Told {
  state: State;
  /** What it was, in order; only what it says of delays is looked at, so that a history that is gone leaves the rest. */
  events: readonly Event[];
  reaches: readonly Reach[];
  nameOf(rung: Rung): string;
}

/**
 * A sentence for each step of the run, in the order of the ladder: what came of it, why the ladder went on, who got it
 * twice, and what was billed, such as “WhatsApp: accepted 10:00:01, no receipt by 10:00:31, so SMS was sent; the WhatsApp
 * receipt came at 10:02:10, delivered twice, EUR 0.071 billed, 0.0355 of it needlessly.” Times are UTC.
 */
export function verdictsOf(state: State, events: readonly Event[]): Verdict[] {
  const told: Told = { state, events, reaches: reachesOf(state), nameOf: namesIn(state) };
  return state.ladder.rungs.map((rung) => {
    const step = stepAt(state, rung.index);
    const sentence = rung.kind === 'send' ? sendTold(told, rung, step) : parallelTold(told, rung, step);
    const channel = rung.kind === 'send' ? rung.channel : null;
    return { step: rung.name, channel, outcome: outcomeOf(state, step), sentence };
  });
}

/** What a step is called in a sentence: by its channel, and by its name too where the channel alone would not tell. */
export function namesIn({ ladder }: Pick<State, 'ladder'>): (rung: Rung) => string {
  return (rung) => {
    if (rung.kind === 'parallel') return `“${rung.name}”`;
    const word = CHANNEL_WORDS[rung.channel];
    const alone = ladder.rungs.every(
      (other) => other === rung || other.kind !== 'send' || other.channel !== rung.channel,
    );
    return alone ? word : `${word} “${rung.name}”`;
  };
}

function outcomeOf(state: State, step: StepState): StepOutcome {
  if (step.phase === 'succeeded') return 'succeeded';
  if (step.attempts.some(reachedLate)) return 'late';
  if (isActive(step.phase)) return 'waiting';
  switch (step.phase) {
    case 'failed':
    case 'timed_out':
    case 'skipped':
    case 'dropped':
      return step.phase;
    default:
      return state.endedAt === null && !isOver(state, step) ? 'pending' : 'unused';
  }
}

/** A step of a parallel one that was left is not begun any more, though the invocation goes on. */
function isOver(state: State, step: StepState): boolean {
  const rung = rungAt(state.ladder, state.steps.indexOf(step));
  if (rung.parent === NONE) return false;
  const { phase } = stepAt(state, rung.parent);
  return phase !== 'running' && phase !== 'pending';
}

function sendTold(told: Told, rung: SendRung, step: StepState): string {
  const { state } = told;
  const voice: Voice = {
    nameOf: told.nameOf,
    afterwards: (attempt, duplicate) => afterwards(told, rung, attempt, duplicate),
  };
  const parts = step.attempts.map((attempt) => {
    return attemptTold(state, rung, attempt, isDuplicate(state, rung, attempt), voice);
  });
  if (parts.length === 0) parts.push(withoutAttempt(told, rung, step));
  const held = heldBack(told, rung);
  const twice = step.attempts.some((attempt) => isDuplicate(state, rung, attempt));
  const billed = twice ? '' : billedTold(state, costOf(step));
  return `${told.nameOf(rung)}: ${[...held, parts.join('; ')].filter((part) => part !== '').join(', ')}${billed}.`;
}

function costOf({ attempts }: StepState): number {
  return attempts.reduce((sum, { costMicros }) => sum + costMicros, 0);
}

function billedTold({ ladder }: State, micros: number): string {
  return micros === 0 ? '' : `, ${ladder.currency} ${amount(micros)} billed`;
}

/** “; the WhatsApp receipt came at 10:02:10, delivered twice, EUR 0.071 billed, 0.0355 of it needlessly” */
function afterwards(told: Told, rung: SendRung, attempt: AttemptState, duplicate: boolean): string {
  const { state } = told;
  const late = reachedLate(attempt);
  const came = `the ${told.nameOf(rung)} receipt came ${duplicate ? '' : 'late '}at ${moment(state, attempt.finalAt)}`;
  if (!duplicate) return late ? `; ${came}` : '';
  const until = told.reaches.slice(0, told.reaches.findIndex((reach) => reach.attempt === attempt) + 1);
  const others = until.filter((reach) => reach === until[0] || reach.duplicate);
  const needlessly = others.reduce((sum, one) => sum + (one.duplicate ? one.attempt.costMicros : 0), 0);
  const other = until[0]?.attempt.costMicros ?? 0;
  const own = costOf(stepAt(state, rung.index)) - attempt.costMicros;
  const billed = needlessly + other + (until[0]?.rung === rung ? 0 : own);
  const money =
    billed === 0 ? '' : `, ${state.ladder.currency} ${amount(billed)} billed, ${amount(needlessly)} of it needlessly`;
  return `; ${late ? `${came}, ` : ''}${timesTold(others)}${money}`;
}

/** What has met a weaker criterion counts as having reached the person, but nobody knows that it was delivered. */
function timesTold(reaches: readonly Reach[]): string {
  const delivered = reaches.every(({ attempt }) => meets(successOf(attempt), 'delivered'));
  const times = reaches.length === 2 ? 'twice' : `${reaches.length} times`;
  return delivered ? `delivered ${times}` : `the person was reached ${times}`;
}

/** Delays before the first send that are over, or are the last thing that the step came to. */
function heldBack({ state, events }: Told, rung: SendRung): string[] {
  const found: string[] = [];
  for (const event of events) {
    if (event.type !== 'StepDeferred' || event.step !== rung.name) continue;
    if (event.reason === 'quiet_hours') found.push(`held back by quiet hours until ${moment(state, event.until)}`);
    else if (event.reason === undefined) found.push(`scheduled for ${moment(state, event.until)}`);
  }
  return found;
}

function withoutAttempt(told: Told, rung: SendRung, step: StepState): string {
  const { state } = told;
  if (step.phase === 'skipped') return skipTold(step);
  if (step.phase === 'dropped') return dropTold(state);
  if (step.phase === 'deferred') return heldBack(told, rung).length > 0 ? '' : waitTold(state, step);
  if (isActive(step.phase)) return 'about to be sent';
  return neverBegun(told, step);
}

function waitTold(state: State, step: StepState): string {
  const until = `until ${moment(state, step.until)}`;
  return step.reason === 'quiet_hours' ? `held back by quiet hours ${until}` : `held back ${until}`;
}

function neverBegun(told: Told, step: StepState): string {
  const { state } = told;
  if (state.endedAt === null)
    return isOver(state, step) ? 'not sent, because nobody waited for it any more' : 'its turn has not come';
  const [first] = told.reaches;
  if (state.endReason === 'budget') return 'not sent, because the budget would have been passed';
  switch (state.status) {
    case 'cancelled':
      return 'not sent, because the invocation was cancelled';
    case 'expired':
      return 'not sent, because the invocation expired';
    case 'failed':
      return `not sent, because the flow had stopped: ${reasonWords(state.endReason ?? 'unknown')}`;
    default:
      if (!first || byCustomer(told)) return 'not needed, since the customer said that it was done';
      return `not needed, since ${told.nameOf(first.rung)} ${reachTold(first)}`;
  }
}

/** What is known of the one that came first. */
function reachTold({ rung, attempt }: Reach, at = ''): string {
  if (meets(successOf(attempt), 'delivered')) return `reached the person${at}`;
  return `was ${rung.successOn}${at}, which is what it waits for`;
}

const BRANCHES = { any: 'one of them was to reach the person', all: 'all of them were to reach the person' } as const;

function parallelTold(told: Told, rung: ParallelRung, step: StepState): string {
  const { state } = told;
  const count = rung.branches.length;
  const what = count === 1 ? 'one branch' : `${count} branches side by side`;
  const name = told.nameOf(rung);
  if (step.phase === 'pending') return `${name}: ${neverBegun(told, step)}.`;
  if (step.phase === 'skipped') return `${name}: ${skipTold(step)}.`;
  return `${name}: ${what}, ${BRANCHES[rung.require]}${parallelEnd(state, step)}.`;
}

function parallelEnd(state: State, step: StepState): string {
  switch (step.phase) {
    case 'succeeded':
      return ', and so it was';
    case 'failed':
      return `; it failed, because ${reasonWords(step.reason ?? 'unknown')}`;
    case 'timed_out':
      return `, and by ${moment(state, step.deadlineAt)} it had not come to that`;
    case 'dropped':
      return `, ${dropTold(state)}`;
    default:
      return step.deadlineAt === null ? '' : `, until ${moment(state, step.deadlineAt)}`;
  }
}

/** The whole run in one sentence: how it ended, who reached the person, and what it cost. */
export function summaryOf(state: State, events: readonly Event[]): string {
  const told: Told = { state, events, reaches: reachesOf(state), nameOf: namesIn(state) };
  return `${[endTold(told), ...reachedTold(told), moneyTold(state)].join('; ')}.`;
}

function endTold(told: Told): string {
  const { state } = told;
  const at = moment(state, state.endedAt);
  switch (state.status) {
    case 'succeeded':
      return `Succeeded at ${at}${byCustomer(told) ? ', as the customer said that it was done' : ''}`;
    case 'failed':
      return `Failed at ${at}, because ${state.endReason === 'budget' ? 'the next message would have passed the budget' : reasonWords(state.endReason ?? 'unknown')}`;
    case 'cancelled':
      return `Cancelled at ${at} by the customer`;
    case 'expired':
      return `Expired at ${at}, as its time to live was over`;
    case 'new':
      return 'Running: accepted, and not begun yet';
    default:
      return `Running since ${moment(state, state.startedAt)}${waitingTold(told)}`;
  }
}

function byCustomer({ events, reaches }: Told): boolean {
  const end = events.find(({ type }) => type === 'InvocationSucceeded');
  return end?.type === 'InvocationSucceeded' ? end.step === undefined : reaches.length === 0;
}

function waitingTold({ state, nameOf }: Told): string {
  const active = state.ladder.rungs.filter((rung) => isActive(stepAt(state, rung.index).phase));
  const names = active.filter(({ kind }) => kind === 'send').map(nameOf);
  return names.length === 0 ? '' : `, waiting for ${names.join(' and ')}`;
}

function reachedTold({ state, reaches, nameOf }: Told): string[] {
  const [first] = reaches;
  if (!first) return state.status === 'succeeded' ? ['nobody is known to have been reached'] : ['nobody was reached'];
  const late = reachedLate(first.attempt) ? ', which was told late' : '';
  const told = `${nameOf(first.rung)} ${reachTold(first, ` at ${moment(state, first.attempt.reachedAt)}`)}${late}`;
  const again = reaches.filter(({ duplicate }) => duplicate);
  return again.length === 0
    ? [told]
    : [told, `${timesTold([first, ...again])}, again by ${again.map(({ rung }) => nameOf(rung)).join(' and ')}`];
}

function moneyTold({ costMicros, costTwiceMicros, ladder }: State): string {
  if (costMicros === 0) return 'nothing was billed';
  const needlessly = costTwiceMicros === 0 ? '' : `, ${amount(costTwiceMicros)} of it needlessly`;
  return `${ladder.currency} ${amount(costMicros)} billed${needlessly}`;
}
