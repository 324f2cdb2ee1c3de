import { type Action, DEFAULT_ACTIONS, type Reason } from '../schemas/vocabulary';
import type {
  AttemptRequested,
  Event,
  InvocationFailed,
  LadderAdvanced,
  StepFailed,
  StepSkipped,
  StepTimedOut,
} from './event';
import { isoTime } from './iso-time';
import { type Ladder, type SendRung, sendRungOf } from './ladder';

/** How a reason reads after “because”. */
const REASON_WORDS: Record<Reason, string> = {
  rate_limited: 'the provider asked us to slow down',
  provider_unavailable: 'the provider was away',
  unreachable: 'the person could not be reached there',
  not_on_channel: 'the person is not on that channel',
  outside_session_window: 'the session window was closed',
  content_rejected: 'the provider refused the content',
  spam_filtered: 'a filter took it for spam',
  template_not_approved: 'the template is not approved',
  template_invalid: 'the template did not fit',
  insufficient_funds: 'the provider account has no funds',
  auth_failed: 'the provider did not accept our credentials',
  provider_rejected: 'the provider refused it',
  expired: 'it expired at the provider',
  timeout: 'no receipt came in time',
  uncertain: 'the send was never answered and no receipt came in time',
  unknown: 'the provider gave no reason that we know',
  no_address: 'the recipient has no address for it',
  no_consent: 'the person has not consented',
  not_subscribed: 'the person is not subscribed',
  suppressed: 'the address is suppressed',
  quiet_hours: 'it is quiet hours there',
  budget: 'it would have passed the budget',
  online: 'the person is online in the app',
  invalid_address: 'the address is not valid',
  landline: 'the number is a landline',
  unregistered: 'the address is no longer registered',
  blocked: 'the person blocks us',
  opted_out: 'the person has opted out',
};

const ACTION_WORDS: Record<Action, string> = {
  retry: 'try again',
  advance: 'go on',
  stop: 'stop the flow',
  suppress_address: 'suppress the address and go on',
};

export function reasonWords(reason: Reason): string {
  return REASON_WORDS[reason];
}

/**
 * Why the event happened, in one plain sentence; undefined for an event that is no decision (a start, an answer, a
 * receipt in time). With the ladder it names the criterion and the timeout too.
 */
export function becauseOf(event: Event, ladder?: Ladder): string | undefined {
  switch (event.type) {
    case 'StepSkipped':
      return skipped(event);
    case 'StepDeferred':
      return deferred(event.reason, event.until);
    case 'AttemptRequested':
      return requested(event);
    case 'AttemptUncertain':
      return 'The provider did not answer and may have the message, so it is not sent again blindly.';
    case 'LateReceiptRecorded':
      return 'The receipt came after the step was left or the invocation had ended.';
    case 'StepTimedOut':
      return timedOut(event, ladder);
    case 'StepSucceeded':
      return event.receiptStatus === undefined
        ? 'Its branches met what the step requires.'
        : `The message was ${event.receiptStatus}, which is what the step waits for.`;
    case 'StepFailed':
      return failed(event, ladder);
    case 'LadderAdvanced':
      return advanced(event);
    case 'ReconcileRequested':
      return 'Its time is over without a receipt; the provider is asked what became of the message before anything else is sent.';
    case 'RecallRequested':
      return `The message is taken back before the next step; the provider has until ${isoTime(event.until)}.`;
    case 'RecallConfirmed':
      return 'The provider took the message back: the next one cannot be a duplicate.';
    case 'RecallFailed':
      return 'The message was not taken back in time, so the person may get both.';
    case 'BudgetReached':
      return `Sending “${event.step}” would have passed the budget; ${event.costMicros} micros are spent.`;
    case 'DuplicateDetected':
      return `The person was reached twice; the second message cost ${event.costMicros} micros.`;
    default:
      return ending(event);
  }
}

function requested({ provider, route, duplicateRisk }: AttemptRequested): string | undefined {
  const parts: string[] = [];
  if (route !== undefined) parts.push(`The provider before it surely did not send, so ${provider} takes over.`);
  if (duplicateRisk) parts.push('An earlier message may still arrive: the person may get it twice.');
  return parts.length > 0 ? parts.join(' ') : undefined;
}

function ending(event: Event): string | undefined {
  switch (event.type) {
    case 'InvocationSucceeded':
      return event.step === undefined ? 'The customer said that it is done.' : `“${event.step}” reached the person.`;
    case 'InvocationFailed':
      return exhausted(event);
    case 'InvocationCancelled':
      return 'The customer cancelled it.';
    case 'InvocationExpired':
      return 'Its time to live was over.';
    default:
      return undefined;
  }
}

function skipped({ reason }: StepSkipped): string {
  return reason === undefined ? 'Nobody waited for it any more when it was to be sent.' : `${sentence(reason)}.`;
}

function deferred(reason: Reason | undefined, until: number): string {
  if (reason === undefined) return `The first send is scheduled for ${isoTime(until)}.`;
  if (reason === 'quiet_hours') return `It is quiet hours for the recipient until ${isoTime(until)}.`;
  return `${sentence(reason)} (${reason}); it is tried again at ${isoTime(until)}.`;
}

function timedOut({ step, deadlineAt }: StepTimedOut, ladder: Ladder | undefined): string {
  const index = ladder?.indexByName.get(step);
  const rung = index === undefined ? undefined : ladder?.rungs[index];
  const by = `came by the deadline ${isoTime(deadlineAt)}`;
  if (!rung) return `No receipt that meets the criterion ${by}.`;
  const seconds = rung.timeoutMs / 1000;
  return rung.kind === 'send'
    ? `No receipt that says “${rung.successOn}” ${by}, ${seconds} s after acceptance.`
    : `No success that the step requires ${by}, ${seconds} s after its start.`;
}

function failed(event: StepFailed, ladder: Ladder | undefined): string {
  const { reason, code, action, attempt } = event;
  if (attempt === undefined) return `Its branches did not give what the step requires; the last ended as ${reason}.`;
  const said = code === undefined ? reason : `${reason} (${code})`;
  return `The provider said ${said}; rule: ${reason} -> ${ACTION_WORDS[action]}${ruleOf(event, rungOf(event, ladder))}.`;
}

function rungOf({ step }: StepFailed, ladder: Ladder | undefined): SendRung | null {
  return ladder ? sendRungOf(ladder, step) : null;
}

/** Whose rule it was, where it was not the usual one. */
function ruleOf({ reason, action }: StepFailed, rung: SendRung | null): string {
  const wanted = rung?.onReason[reason] ?? DEFAULT_ACTIONS[reason];
  if (wanted === 'retry' && action !== 'retry') return ', since its retries are used up';
  return rung?.onReason[reason] === undefined ? '' : ', as the step says';
}

function advanced({ step, nextStep, reason }: LadderAdvanced): string {
  const why = reason === undefined ? '' : ` because ${REASON_WORDS[reason]}`;
  return `“${step}” was left${why}; next is “${nextStep}”.`;
}

function exhausted({ step, reason }: InvocationFailed): string {
  const why = `${REASON_WORDS[reason]} (${reason})`;
  return step === undefined ? `Nothing is left to try: ${why}.` : `Nothing is left to try after “${step}”: ${why}.`;
}

function sentence(reason: Reason): string {
  const words = REASON_WORDS[reason];
  return words.charAt(0).toUpperCase() + words.slice(1);
}
