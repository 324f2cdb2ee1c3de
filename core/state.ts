import type { InvocationStatus, Provider, Reason, ReceiptStatus } from '../schemas/vocabulary';
import { type Ladder, NONE, type Rung, rungAt } from './ladder';

export interface AttemptState {
  number: number;
  provider: Provider;
  /** Which of the step's routes. */
  route: number;
  /** What we know of the send itself; `blocked`: a gate held it back, or nobody wanted it any more. */
  send: 'requested' | 'accepted' | 'rejected' | 'uncertain' | 'blocked';
  /** The receipts folded by the provider's status policy; null before the first. */
  delivery: ReceiptStatus | null;
  /** What the person did, a set beside the delivery status. */
  read: boolean;
  clicked: boolean;
  replied: boolean;
  /** Every distinct receipt recorded, as status|reason|code: a receipt seen before changes nothing. */
  seen: readonly string[];
  reason: Reason | null;
  code: string | null;
  providerMessageId: string | null;
  requestedAt: number;
  acceptedAt: number | null;
  /** When it was settled by our clock. */
  finalAt: number | null;
  /** When it met the step's criterion by the provider's clock; null where it has not. */
  reachedAt: number | null;
  costMicros: number;
  late: boolean;
  /** The send was never answered. */
  uncertain: boolean;
  /** Sent while an earlier message might still arrive. */
  duplicateRisk: boolean;
  recall: 'requested' | 'confirmed' | 'failed' | null;
  /** The provider was asked what became of it when the step's time was over. */
  reconciled: boolean;
}

export type StepPhase =
  | 'pending'
  | 'deferred'
  | 'running'
  | 'recalling'
  /** Its time is over, and the provider is asked once more. */
  | 'reconciling'
  | 'succeeded'
  | 'failed'
  | 'timed_out'
  | 'skipped'
  /** Left without an outcome of its own: the ladder, or its parallel step, was over. */
  | 'dropped';

export interface StepState {
  phase: StepPhase;
  attempts: readonly AttemptState[];
  startedAt: number | null;
  /** Success must have come by then. */
  deadlineAt: number | null;
  /** Until when it is deferred, backing off, or waiting for a recall or for the provider's word. */
  until: number | null;
  reason: Reason | null;
}

export interface State {
  ladder: Ladder;
  seq: number;
  /** `new` before InvocationStarted. */
  status: InvocationStatus | 'new';
  startedAt: number;
  endedAt: number | null;
  expiresAt: number | null;
  timezone: string | null;
  unaddressable: readonly string[];
  /** What one send is reckoned at for this recipient, by the step's number; null: as the ladder has it. */
  costs: readonly number[] | null;
  /** Of the recipient's phone number, ISO 3166-1 alpha-2; null: not known. */
  country: string | null;
  scheduledAt: number | null;
  steps: readonly StepState[];
  costMicros: number;
  /** The step that reached the person first, or NONE; its time by the provider's clock. */
  reachedStep: number;
  reachedAt: number | null;
  /** Reached again by a further attempt. */
  duplicate: boolean;
  costTwiceMicros: number;
  endReason: Reason | null;
}

const PENDING: StepState = {
  phase: 'pending',
  attempts: [],
  startedAt: null,
  deadlineAt: null,
  until: null,
  reason: null,
};

export function initialState(ladder: Ladder): State {
  return {
    ladder,
    seq: 0,
    status: 'new',
    startedAt: 0,
    endedAt: null,
    expiresAt: null,
    timezone: null,
    unaddressable: [],
    costs: null,
    country: null,
    scheduledAt: null,
    steps: ladder.rungs.map(() => PENDING),
    costMicros: 0,
    reachedStep: NONE,
    reachedAt: null,
    duplicate: false,
    costTwiceMicros: 0,
    endReason: null,
  };
}

/** A copy to write on. Field by field: measured, a spread of so many fields takes as long as all the rest of a step. */
export function copyState(state: State): State {
  return {
    ladder: state.ladder,
    seq: state.seq,
    status: state.status,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    expiresAt: state.expiresAt,
    timezone: state.timezone,
    unaddressable: state.unaddressable,
    costs: state.costs,
    country: state.country,
    scheduledAt: state.scheduledAt,
    steps: state.steps,
    costMicros: state.costMicros,
    reachedStep: state.reachedStep,
    reachedAt: state.reachedAt,
    duplicate: state.duplicate,
    costTwiceMicros: state.costTwiceMicros,
    endReason: state.endReason,
  };
}

export function stepAt(state: State, index: number): StepState {
  const step = state.steps[index];
  if (!step) throw new RangeError(`no step ${index}`);
  return step;
}

export function rungNamed(state: State, name: string): Rung {
  const index = state.ladder.indexByName.get(name);
  if (index === undefined) throw new RangeError(`no step “${name}”`);
  return rungAt(state.ladder, index);
}

/** Work is under way on it or waits for it. */
export function isActive(phase: StepPhase): boolean {
  return phase === 'running' || phase === 'deferred' || phase === 'recalling' || phase === 'reconciling';
}

export function newestAttempt(step: StepState): AttemptState | null {
  return step.attempts[step.attempts.length - 1] ?? null;
}
