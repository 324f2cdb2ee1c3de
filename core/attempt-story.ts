import type { Channel } from '../schemas/vocabulary';
import { isFailure, statusOf } from './attempt-status';
import { clockTime } from './iso-time';
import { NONE, type Rung, routeAt, rungAt, type SendRung } from './ladder';
import { type AttemptState, newestAttempt, type State, type StepState, stepAt } from './state';
import { reasonWords } from './why';

const CHANNEL_WORDS: Record<Channel, string> = {
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

/**
 * What happened to one attempt and what came of it, in a sentence: “WhatsApp: accepted 10:00:01, no receipt by
 * 10:00:31, so “sms” was sent; the receipt came late at 10:02:10, so the person was reached twice.” Times are UTC.
 */
export function whyOf(state: State, rung: SendRung, attempt: AttemptState, duplicate: boolean): string {
  const step = stepAt(state, rung.index);
  const newest = newestAttempt(step) === attempt;
  const parts = [sent(attempt), outcome(state, rung, attempt, newest)].filter((part) => part !== '');
  const next = newest && attempt.send !== 'blocked' && left(step) ? consequence(state, rung) : '';
  const risk = attempt.duplicateRisk ? '; it was sent while an earlier message might still arrive' : '';
  const later = newest && failedAfterTimeout(attempt, step) ? `; later it was ${failure(attempt)}` : '';
  return `${CHANNEL_WORDS[rung.channel]}: ${parts.join(', ')}${next}${risk}${later}${afterwards(attempt, duplicate)}.`;
}

/** The same for a step that was passed over without an attempt. */
export function whySkipped(rung: SendRung, step: StepState): string {
  const why = step.reason === null ? 'nobody waited for it any more' : reasonWords(step.reason);
  return `${CHANNEL_WORDS[rung.channel]}: not sent, because ${why}.`;
}

function left(step: StepState): boolean {
  return step.phase === 'timed_out' || step.phase === 'failed' || step.phase === 'skipped';
}

function sent(attempt: AttemptState): string {
  const said = attempt.reason === null ? '' : `${reasonWords(attempt.reason)}${code(attempt)}`;
  switch (attempt.send) {
    case 'requested':
      return attempt.delivery === null ? `requested ${clockTime(attempt.requestedAt)}` : '';
    case 'accepted':
      return attempt.acceptedAt === null ? 'accepted' : `accepted ${clockTime(attempt.acceptedAt)}`;
    case 'rejected':
      return `refused, because ${said}`;
    case 'uncertain':
      return 'the send was never answered, so the provider may have it';
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
  const cameLater = newest && failedAfterTimeout(attempt, stepAt(state, rung.index));
  if (!cameLate && !cameLater && hasFailedReceipt(attempt)) return failure(attempt);
  if (attempt.reachedAt !== null && !attempt.late)
    return attempt.seen.length > 0 ? `${status} ${time(attempt.finalAt)}` : '';
  if (!newest) return attempt.send === 'rejected' ? triedAgain(rung, stepAt(state, rung.index), attempt) : '';
  return attempt.send === 'blocked' ? '' : standing(state, rung, stepAt(state, rung.index), attempt);
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
      return silence(rung, step, attempt);
    case 'reconciling':
      return `${silence(rung, step, attempt)}, being asked about`;
    case 'running':
      return step.deadlineAt === null ? '' : `waiting until ${clockTime(step.deadlineAt)}`;
    case 'deferred':
      return step.until === null ? '' : `tried again at ${clockTime(step.until)}`;
    case 'failed':
      return attempt.late ? `failed, because ${reasonWords(step.reason ?? 'unknown')}` : '';
    case 'dropped':
      return DROPPED[state.status];
    default:
      return '';
  }
}

const DROPPED: Record<State['status'], string> = {
  new: '',
  running: 'then it was no longer waited for',
  succeeded: 'then it was no longer waited for',
  failed: 'then it was no longer waited for',
  cancelled: 'then the invocation was cancelled',
  expired: 'then the invocation expired',
};

const RECALLS = { requested: ', being taken back', confirmed: ', taken back', failed: ', not taken back' } as const;

function silence(rung: SendRung, step: StepState, attempt: AttemptState): string {
  const none = attempt.seen.length === 0 || attempt.late || hasFailedReceipt(attempt);
  const receipt = none ? 'no receipt' : `no receipt that says “${rung.successOn}”`;
  return `${receipt} by ${time(step.deadlineAt)}${attempt.recall === null ? '' : RECALLS[attempt.recall]}`;
}

function consequence(state: State, rung: SendRung): string {
  const next = followerOf(state, rung);
  if (next === null) return state.status === 'failed' ? ', and nothing was left to try' : '';
  const follower = stepAt(state, next.index);
  if (next.kind === 'send' && follower.attempts.some(({ send }) => send !== 'blocked'))
    return `, so “${next.name}” was sent`;
  if (follower.phase === 'pending') return state.status === 'failed' ? ', and the flow stopped there' : '';
  return `, so the ladder went on to “${next.name}”`;
}

/** The step after it: on its own track, or after the parallel step whose track has ended. */
function followerOf(state: State, rung: Rung): Rung | null {
  if (rung.next !== NONE) return rungAt(state.ladder, rung.next);
  return rung.parent === NONE ? null : followerOf(state, rungAt(state.ladder, rung.parent));
}

function afterwards(attempt: AttemptState, duplicate: boolean): string {
  const late = attempt.late && attempt.reachedAt !== null ? `; the receipt came late at ${time(attempt.finalAt)}` : '';
  if (!duplicate) return late;
  return `${late}${late === '' ? '; ' : ', so '}the person was reached twice`;
}

function time(ms: number | null): string {
  return ms === null ? 'then' : clockTime(ms);
}
