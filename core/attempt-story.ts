import type { Channel } from '../schemas/vocabulary';
import { isFailure, statusOf } from './attempt-status';
import { clockTime, isoTime } from './iso-time';
import { NONE, type Rung, routeAt, rungAt, type SendRung } from './ladder';
import { type AttemptState, newestAttempt, type State, type StepState, stepAt } from './state';
import { reasonWords } from './why';

export const CHANNEL_WORDS: Record<Channel, string> = {
  sms: 'SMS',
  lms: 'LMS',
  xms: 'XMS',
  whatsapp: 'WhatsApp',
  rcs: 'RCS',
  email: 'E-mail',
  push: 'Push',
  messenger: 'Messenger',
  inapp: 'In-app message',
  webhook: 'Webhook',
};

/** In which two tellings of one attempt differ: the short one of the view, and the one that counts the money too. */
export interface Voice {
  /** How another step is called. */
  nameOf(rung: Rung): string;
  /** What came late, and whom it reached again; empty, or beginning with a semicolon. */
  afterwards(attempt: AttemptState, duplicate: boolean): string;
}

const DAY_MS = 86_400_000;

const SHORT: Omit<Voice, 'afterwards'> = { nameOf: ({ name }) => `“${name}”` };

/**
 * What happened to one attempt and what came of it, in a sentence: “WhatsApp: accepted 10:00:01, no receipt by
 * 10:00:31, so “sms” was sent; the receipt came late at 10:02:10, so the person was reached twice.” Times are UTC.
 */
export function whyOf(state: State, rung: SendRung, attempt: AttemptState, duplicate: boolean): string {
  const voice = { ...SHORT, afterwards: (one: AttemptState, twice: boolean) => afterwards(state, one, twice) };
  return `${CHANNEL_WORDS[rung.channel]}: ${attemptTold(state, rung, attempt, duplicate, voice)}.`;
}

/** The same for a step that was passed over without an attempt. */
export function whySkipped(rung: SendRung, step: StepState): string {
  return `${CHANNEL_WORDS[rung.channel]}: ${skipTold(step)}.`;
}

export function skipTold(step: StepState): string {
  const why = step.reason === null ? 'nobody waited for it any more' : reasonWords(step.reason);
  return `not sent, because ${why}`;
}

/** The sentence without its subject and its full stop. */
export function attemptTold(
  state: State,
  rung: SendRung,
  attempt: AttemptState,
  duplicate: boolean,
  voice: Voice,
): string {
  const step = stepAt(state, rung.index);
  const newest = newestAttempt(step) === attempt;
  const parts = [sent(state, attempt), outcome(state, rung, attempt, newest)].filter((part) => part !== '');
  // A receipt has come before the answer, and settles nothing.
  if (parts.length === 0) parts.push(`requested ${moment(state, attempt.requestedAt)}`);
  const next = newest && attempt.send !== 'blocked' && left(step) ? consequence(state, rung, voice) : '';
  const risk = attempt.duplicateRisk ? '; it was sent while an earlier message might still arrive' : '';
  const later = newest && failedAfterTimeout(attempt, step) ? `; later it was ${failure(attempt)}` : '';
  return `${parts.join(', ')}${next}${risk}${later}${voice.afterwards(attempt, duplicate)}`;
}

/** The time of day, with its date where that is not the day on which the run began. */
export function moment({ startedAt }: State, ms: number | null): string {
  if (ms === null) return 'then';
  const sameDay = Math.floor(ms / DAY_MS) === Math.floor(startedAt / DAY_MS);
  return sameDay ? clockTime(ms) : `${isoTime(ms).slice(0, 10)} ${clockTime(ms)}`;
}

function left(step: StepState): boolean {
  return step.phase === 'timed_out' || step.phase === 'failed' || step.phase === 'skipped';
}

function sent(state: State, attempt: AttemptState): string {
  const said = attempt.reason === null ? '' : `${reasonWords(attempt.reason)}${code(attempt)}`;
  switch (attempt.send) {
    case 'requested':
      return attempt.delivery === null ? `requested ${moment(state, attempt.requestedAt)}` : '';
    case 'accepted': {
      const asked = attempt.uncertain ? 'not answered at first, ' : '';
      return attempt.acceptedAt === null ? `${asked}accepted` : `${asked}accepted ${moment(state, attempt.acceptedAt)}`;
    }
    case 'rejected':
      return said === '' ? 'refused' : `refused, because ${said}`;
    case 'uncertain':
      return attempt.reachedAt !== null && !attempt.late
        ? 'the send was never answered'
        : 'the send was never answered, so the provider may have it';
    case 'blocked':
      return `not sent, because ${said === '' ? 'nobody waited for it any more' : said}`;
  }
}

function code({ code }: AttemptState): string {
  return code === null ? '' : ` (${code})`;
}

function outcome(state: State, rung: SendRung, attempt: AttemptState, newest: boolean): string {
  // A success after the step was left is told last, as what came late.
  const cameLate = attempt.late && attempt.reachedAt !== null;
  const status = statusOf(attempt);
  const step = stepAt(state, rung.index);
  const cameLater = newest && failedAfterTimeout(attempt, step);
  if (!cameLate && !cameLater && hasFailedReceipt(attempt))
    return newest ? failure(attempt) : `${failure(attempt)}, ${triedAgain(rung, step, attempt)}`;
  if (attempt.reachedAt !== null && !attempt.late) {
    if (attempt.seen.length === 0) return '';
    const asked = attempt.reconciled ? `asked about ${moment(state, step.deadlineAt)}, ` : '';
    return `${asked}${status} ${moment(state, attempt.finalAt)}`;
  }
  if (!newest) return attempt.send === 'rejected' ? triedAgain(rung, step, attempt) : '';
  return attempt.send === 'blocked' ? '' : standing(state, rung, step, attempt);
}

function triedAgain(rung: SendRung, step: StepState, attempt: AttemptState): string {
  const next = step.attempts[attempt.number];
  // After the last provider the first one has another turn.
  if (next === undefined || next.route <= attempt.route) return 'so it was tried again';
  return `so ${routeAt(rung, next.route).provider} took over`;
}

function hasFailedReceipt(attempt: AttemptState): boolean {
  return attempt.delivery !== null && isFailure(attempt.delivery) && statusOf(attempt) === attempt.delivery;
}

function failedAfterTimeout(attempt: AttemptState, step: StepState): boolean {
  return hasFailedReceipt(attempt) && (step.phase === 'timed_out' || step.phase === 'recalling');
}

function failure(attempt: AttemptState): string {
  return `${statusOf(attempt)}, because ${reasonWords(attempt.reason ?? 'unknown')}${code(attempt)}`;
}

/** Where the step stands that has no success in time. */
function standing(state: State, rung: SendRung, step: StepState, attempt: AttemptState): string {
  switch (step.phase) {
    case 'timed_out':
    case 'recalling':
      return silence(state, rung, step, attempt);
    case 'reconciling':
      return `${silence(state, rung, step, attempt)}, being asked about`;
    case 'running':
      return step.deadlineAt === null ? '' : `waiting until ${moment(state, step.deadlineAt)}`;
    case 'deferred':
      return step.until === null ? '' : `tried again at ${moment(state, step.until)}`;
    case 'failed':
      return attempt.late ? `failed, because ${reasonWords(step.reason ?? 'unknown')}` : '';
    case 'dropped':
      return dropTold(state);
    default:
      return '';
  }
}

/** Why a step that was under way was no longer waited for. */
export function dropTold({ status }: State): string {
  if (status === 'cancelled') return 'then the invocation was cancelled';
  if (status === 'expired') return 'then the invocation expired';
  return status === 'new' ? '' : 'then it was no longer waited for';
}

const RECALLS = { requested: ', being taken back', confirmed: ', taken back', failed: ', not taken back' } as const;

function silence(state: State, rung: SendRung, step: StepState, attempt: AttemptState): string {
  const none = attempt.seen.length === 0 || attempt.late || hasFailedReceipt(attempt);
  const receipt = none ? 'no receipt' : `no receipt that says “${rung.successOn}”`;
  const asked = attempt.reconciled && step.phase !== 'reconciling' ? ` even when ${attempt.provider} was asked` : '';
  const recall = attempt.recall === null ? '' : RECALLS[attempt.recall];
  return `${receipt} by ${moment(state, step.deadlineAt)}${asked}${recall}`;
}

function consequence(state: State, rung: SendRung, voice: Voice): string {
  const next = followerOf(state, rung);
  if (next === null) return state.status === 'failed' ? ', and nothing was left to try' : '';
  const follower = stepAt(state, next.index);
  if (next.kind === 'send' && follower.attempts.some(({ send }) => send !== 'blocked'))
    return `, so ${voice.nameOf(next)} was sent`;
  if (follower.phase === 'pending') return state.status === 'failed' ? ', and the flow stopped there' : '';
  return `, so the ladder went on to ${voice.nameOf(next)}`;
}

/** The step after it: on its own track, or after the parallel step whose track has ended. */
function followerOf(state: State, rung: Rung): Rung | null {
  if (rung.next !== NONE) return rungAt(state.ladder, rung.next);
  return rung.parent === NONE ? null : followerOf(state, rungAt(state.ladder, rung.parent));
}

function afterwards(state: State, attempt: AttemptState, duplicate: boolean): string {
  const came = attempt.late && attempt.reachedAt !== null;
  const late = came ? `; the receipt came late at ${moment(state, attempt.finalAt)}` : '';
  if (!duplicate) return late;
  return `${late}${late === '' ? '; ' : ', so '}the person was reached twice`;
}
