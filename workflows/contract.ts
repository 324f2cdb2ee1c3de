import type { Event } from '../core/event';
import type { Input, ReceiptInput } from '../core/input';
import type { AttemptJob, SuppressJob } from '../core/job';
import type { SendRoute } from '../core/ladder';
import type { LadderJson } from '../core/ladder-json';
import type { EventRecord } from '../schemas/event';
import type { FinalStatus, Purpose } from '../schemas/vocabulary';
import { PURPOSES } from '../schemas/vocabulary';

/** What the workflow and the world around it (temporal/) agree upon. Times are milliseconds since 1970. */

export const WORKFLOW_TYPE = 'invocation';
/** Decisions, and every activity that is not a send, unless TEMPORAL_TASK_QUEUE says otherwise. */
export const TASK_QUEUE = 'onward';

/** Each provider account has a queue of its own, so that one that is slow or limited holds up no other. */
export function sendQueueOf(taskQueue: string, { provider, account }: Pick<SendRoute, 'provider' | 'account'>): string {
  return `${taskQueue}-send-${account ?? provider}`;
}

/** Temporal's priority keys: 1 goes first. A one-time password passes a backlog of marketing. */
export function priorityOf(flow: { purpose: Purpose; workflowId: string }) {
  return { priorityKey: PURPOSES.indexOf(flow.purpose) + 1, fairnessKey: flow.workflowId.slice(0, 64) };
}

/** The names under which the Temporal UI and CLI find runs, with their types. None holds anything personal. */
export const SEARCH_ATTRIBUTES = {
  OnwardWorkflow: 'KEYWORD',
  OnwardVersion: 'INT',
  OnwardMode: 'KEYWORD',
  OnwardStatus: 'KEYWORD',
  /** The channel that reached the person first. */
  OnwardChannel: 'KEYWORD',
  /** True where a step after the first was begun. */
  OnwardFellBack: 'BOOL',
} as const;

export interface InvocationInput {
  /** The flow's version as it was published, compiled: a later publish does not disturb this run. */
  ladder: LadderJson;
  /** SHA-256 of the ladder's JSON, in hex: which definition it was, without reading it. */
  ladderHash: string;
  /** How long a provider may take to answer a send. */
  sendTimeoutMs: number;
  begin:
    | { type: 'invoked'; at: number; input: Extract<Input, { type: 'Invoked' }> }
    | ({ type: 'continued' } & Carried);
}

/** What a run takes along when it goes on in a new history. */
export interface Carried {
  /** As core/state-json.ts writes it. */
  state: string;
  /** The latest time that anything was decided at. */
  now: number;
  /** Events that the log may not have yet. */
  untold: Event[];
  strays: ReceiptSignal[];
}

/** `at`: when it was handed over, by the clock of whoever did: a decision made again is made at the same time. */
export interface ReceiptSignal {
  at: number;
  receipt: ReceiptInput;
}
export interface ControlSignal {
  at: number;
}

export interface InvocationResult {
  status: FinalStatus;
  reachedStep: string | null;
  events: number;
}

/** What came of an activity, and when, by the worker's clock. */
export interface Answer {
  at: number;
  input: Input;
}

/** The kind of failure of a send that was surely not made; any other leaves that open. */
export const NOT_SENT = 'not sent';

/**
 * Carried out by the worker, each to its end however often it takes. `tell`: events that are to stand in the log before
 * anything else is done.
 */
export interface RunActivities {
  /** `notAfter`: when the whole flow's time is over; what has not been sent by then is not sent. */
  send(job: AttemptJob, tell: EventRecord | null, notAfter: number | null): Promise<Answer>;
  lookup(job: AttemptJob, tell: EventRecord | null): Promise<Answer>;
  recall(job: AttemptJob, tell: EventRecord | null): Promise<Answer>;
  suppressAddress(job: SuppressJob): Promise<void>;
  tell(record: EventRecord): Promise<void>;
}

/** Called by the worker before a decision is reported to Temporal, which waits for it. */
export type RunLog = {
  tell(record: EventRecord): void;
  /** Receipts for attempts that were never made: dead letters. */
  bury(invocationId: string, strays: ReceiptSignal[]): void;
};
