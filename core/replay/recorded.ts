import type { InvocationStatus, Provider, Reason, ReceiptStatus } from '../../schemas/vocabulary';
import { type Ladder, NONE, rungAt, type SendRung } from '../ladder';
import { isSettled } from '../pending';
import type { AttemptState, State } from '../state';
import { recordedAttempt } from './recorded-attempt';

/** What came of a run. Times are milliseconds from its start (a scheduled one: from then). */
export interface Outcome {
  status: InvocationStatus;
  /** The step that reached the person first, late or in time; null: nobody was reached. */
  reachedStep: string | null;
  /** By the provider's clock. */
  reachedMs: number | null;
  endedMs: number;
  duplicate: boolean;
  costMicros: number;
  costTwiceMicros: number;
}

/** Times are milliseconds after the attempt was requested. */
export interface RecordedReceipt {
  status: ReceiptStatus;
  reason: Reason | null;
  /** When it came to us. */
  afterMs: number;
  /** When it was so by the provider's clock. */
  happenedMs: number;
  /** Null: it said nothing of the cost. */
  costMicros: number | null;
  /** It came only because the provider was asked at the deadline. */
  asked: boolean;
}

/** What is known of one send. Times are milliseconds after it was requested. */
export interface RecordedAttempt {
  provider: Provider;
  /** `block`: a gate held it back; `drop`: nobody wanted it any more when its turn came. */
  answer: 'accept' | 'reject' | 'hang' | 'block' | 'drop';
  answeredMs: number;
  reason: Reason | null;
  /** Of a refusal: how long it was to be waited for; null: as the core has it. */
  retryAfterMs: number | null;
  costMicros: number;
  receipts: readonly RecordedReceipt[];
  /** Up to when it is known that nothing else came: when it was last looked at, was taken back, or expired. */
  watchedMs: number;
  /** The provider was told the step's time as its validity, it seems: with more of it, it might have arrived. */
  expiredWithStep: boolean;
  /** Null: not asked for. `afterMs` (from the deadline on) null: never answered. */
  recall: { confirmed: boolean; afterMs: number | null } | null;
  /** How long the provider was asked after the deadline; null: until its patience was over, or not at all. */
  askedForMs: number | null;
}

/** What a run recorded, without its ladder. */
export interface RecordedRun {
  id: string;
  startedAt: number;
  scheduledAt: number | null;
  timezone: string | null;
  /** By the step's number: the recipient has no address for it. */
  unaddressable: readonly boolean[];
  costs: readonly number[] | null;
  /** The customer ended it. */
  control: { type: 'CancelRequested' | 'CompleteRequested'; afterMs: number } | null;
  /** By the step's number; empty where nothing was sent. */
  steps: readonly (readonly RecordedAttempt[])[];
  /** By the step's number: it reached the person, in time or late. */
  reachedBy: readonly boolean[];
  outcome: Outcome;
}

/**
 * What is known of an ended run from its state alone.
 * @param lookedAt when it was last looked at, in ms since 1970
 * @returns null where a send is still to be answered
 */
export function recordedRun(id: string, state: State, lookedAt: number): RecordedRun | null {
  if (!isSettled(state) || state.endedAt === null) return null;
  const { ladder, startedAt, scheduledAt, timezone, costs } = state;
  return {
    id,
    startedAt,
    scheduledAt,
    timezone,
    unaddressable: ladder.rungs.map(({ name }) => state.unaddressable.includes(name)),
    costs,
    control: controlOf(state, state.endedAt),
    steps: ladder.rungs.map((rung, index) => {
      const attempts = state.steps[index]?.attempts ?? [];
      return rung.kind === 'send' ? attempts.map((_, n) => recordedAttempt(state, rung, n, lookedAt)) : [];
    }),
    reachedBy: state.steps.map((step) => step.attempts.some(({ reachedAt }) => reachedAt !== null)),
    outcome: outcomeOf(state),
  };
}

export function outcomeOf(state: State): Outcome {
  const from = state.scheduledAt ?? state.startedAt;
  return {
    status: state.status === 'new' ? 'running' : state.status,
    reachedStep: state.reachedStep === NONE ? null : rungAt(state.ladder, state.reachedStep).name,
    reachedMs: state.reachedAt === null ? null : state.reachedAt - from,
    endedMs: (state.endedAt ?? from) - from,
    duplicate: state.duplicate,
    costMicros: state.costMicros,
    costTwiceMicros: state.costTwiceMicros,
  };
}

/** A run that succeeded with no step to show for it was declared done by the customer. */
function controlOf(state: State, endedAt: number): RecordedRun['control'] {
  const afterMs = endedAt - state.startedAt;
  if (state.status === 'cancelled') return { type: 'CancelRequested', afterMs };
  if (state.status !== 'succeeded' || endedByStep(state, state.ladder, endedAt)) return null;
  return { type: 'CompleteRequested', afterMs };
}

function endedByStep(state: State, ladder: Ladder, endedAt: number): boolean {
  return state.steps.some((step, index) => {
    const rung = rungAt(ladder, index);
    if (step.phase === 'succeeded' && rung.parent === NONE) return true;
    return rung.kind === 'send' && step.attempts.some((attempt) => endedBy(rung, attempt, endedAt));
  });
}

/** A late success ends a run at the moment it comes; a `read` that does leaves no time but the provider's own. */
function endedBy({ successOn }: SendRung, attempt: AttemptState, endedAt: number): boolean {
  const { finalAt, reachedAt, acceptedAt, late } = attempt;
  if (successOn === 'accepted' && acceptedAt === endedAt) return true;
  if (reachedAt === null) return false;
  return finalAt === endedAt || (late && finalAt !== null && finalAt < reachedAt && reachedAt <= endedAt);
}
