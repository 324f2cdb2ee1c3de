import type { Action, Provider, Reason, ReceiptStatus } from '../schemas/vocabulary';

/**
 * The facts of an invocation. Times are milliseconds since 1970; core/wire.ts writes them as RFC 3339. An event
 * carries no address, variable or message text.
 */
interface Stamped {
  /** From 1, without gaps. */
  seq: number;
  at: number;
}

export interface InvocationStarted extends Stamped {
  type: 'InvocationStarted';
  expiresAt?: number;
  /** The recipient's IANA zone, for quiet hours. */
  timezone?: string;
  /** Names of the steps that the recipient has no address for. */
  unaddressable?: string[];
  /** A scheduled start. */
  until?: number;
  /** What one send of each step is reckoned at for this recipient, by the step's number. */
  costs?: readonly number[];
  /** Of the recipient's phone number, ISO 3166-1 alpha-2: what is counted is told apart by it. */
  country?: string;
}
export interface StepStarted extends Stamped {
  type: 'StepStarted';
  step: string;
  /** Of a parallel step: its clock starts here. */
  deadlineAt?: number;
}
export interface StepSkipped extends Stamped {
  type: 'StepSkipped';
  step: string;
  attempt?: number;
  /** Absent: the invocation had ended before this was sent. */
  reason?: Reason;
}
export interface StepDeferred extends Stamped {
  type: 'StepDeferred';
  step: string;
  /** quiet_hours, or the failure that a retry waits on; absent for a scheduled start. */
  reason?: Reason;
  until: number;
}
export interface AttemptRequested extends Stamped {
  type: 'AttemptRequested';
  step: string;
  attempt: number;
  provider: Provider;
  /** Where the step names one account of that provider. */
  account?: string;
  /** The number of its route, from 0, where it is not the first. */
  route?: number;
  duplicateRisk?: boolean;
}
export interface AttemptAccepted extends Stamped {
  type: 'AttemptAccepted';
  step: string;
  attempt: number;
  providerMessageId?: string;
  costMicros: number;
  /** When the step times out; absent once the step was over. */
  deadlineAt?: number;
}
export interface AttemptRejected extends Stamped {
  type: 'AttemptRejected';
  step: string;
  attempt: number;
  reason: Reason;
  code?: string;
}
export interface AttemptUncertain extends Stamped {
  type: 'AttemptUncertain';
  step: string;
  attempt: number;
  deadlineAt?: number;
}
export interface ReceiptRecorded extends Stamped {
  type: 'ReceiptRecorded' | 'LateReceiptRecorded';
  step: string;
  attempt: number;
  receiptStatus: ReceiptStatus;
  /** The provider's own time. */
  receiptAt: number;
  reason?: Reason;
  code?: string;
  providerMessageId?: string;
  costMicros?: number;
}
export interface StepTimedOut extends Stamped {
  type: 'StepTimedOut';
  step: string;
  deadlineAt: number;
}
export interface StepSucceeded extends Stamped {
  type: 'StepSucceeded';
  step: string;
  attempt?: number;
  receiptStatus?: ReceiptStatus;
}
export interface StepFailed extends Stamped {
  type: 'StepFailed';
  step: string;
  attempt?: number;
  reason: Reason;
  code?: string;
  action: Action;
}
export interface LadderAdvanced extends Stamped {
  type: 'LadderAdvanced';
  step: string;
  nextStep: string;
  reason?: Reason;
}
export interface RecallRequested extends Stamped {
  type: 'RecallRequested';
  step: string;
  attempt: number;
  until: number;
}
export interface RecallConfirmed extends Stamped {
  type: 'RecallConfirmed';
  step: string;
  attempt: number;
}
export interface RecallFailed extends Stamped {
  type: 'RecallFailed';
  step: string;
  attempt: number;
  code?: string;
}
/** The step's time is over: the provider is asked what became of the message before the ladder goes on. */
export interface ReconcileRequested extends Stamped {
  type: 'ReconcileRequested';
  step: string;
  attempt: number;
  until: number;
}
export interface BudgetReached extends Stamped {
  type: 'BudgetReached';
  step: string;
  costMicros: number;
}
export interface DuplicateDetected extends Stamped {
  type: 'DuplicateDetected';
  step: string;
  attempt: number;
  costMicros: number;
}
export interface InvocationSucceeded extends Stamped {
  type: 'InvocationSucceeded';
  /** Absent when the customer declared the outcome (complete). */
  step?: string;
}
export interface InvocationFailed extends Stamped {
  type: 'InvocationFailed';
  step?: string;
  reason: Reason;
}
export interface InvocationStopped extends Stamped {
  type: 'InvocationCancelled' | 'InvocationExpired';
}

export type Event =
  | InvocationStarted
  | StepStarted
  | StepSkipped
  | StepDeferred
  | AttemptRequested
  | AttemptAccepted
  | AttemptRejected
  | AttemptUncertain
  | ReceiptRecorded
  | StepTimedOut
  | StepSucceeded
  | StepFailed
  | LadderAdvanced
  | RecallRequested
  | RecallConfirmed
  | RecallFailed
  | ReconcileRequested
  | BudgetReached
  | DuplicateDetected
  | InvocationSucceeded
  | InvocationFailed
  | InvocationStopped;

type Unstamp<E> = E extends Stamped ? Omit<E, 'seq' | 'at'> : never;
/** A fact before it has its number and time. */
export type NewEvent = Unstamp<Event>;
