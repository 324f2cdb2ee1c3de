import type { Event } from './event';
import type { Input, ReceiptInput } from './input';
import type { Ladder } from './ladder';
import type { State } from './state';

/** What a host of the core offers to the API and to the receipts. Hosts: embedded/, workflows/. */
export interface Engine {
  /**
   * Starts a run. Resolves once it is durable.
   * @param recorded resolves once what the run is made of (its record) is durable. An engine that shares one commit with
   * the store starts beside it; one elsewhere waits for it, as what it sends is read from there.
   * @throws EngineUnavailable when it cannot be made durable now. An engine elsewhere may have started it all the same,
   * unheard: starting the same run again is safe there and changes nothing.
   */
  start(run: NewRun, recorded: Promise<unknown>): Promise<void>;
  /**
   * Resolves once the run has the receipt, durably; `unknown` where no run has that ID, step and attempt (yet).
   * @param taken called by an engine that shares one commit with the store, in the very turn in which the run takes it:
   * what is written then is durable with it. Others do not call it.
   */
  receive(invocationId: string, receipt: ReceiptInput, taken?: () => void): Promise<'taken' | 'unknown'>;
  cancel(invocationId: string): Promise<ControlOutcome>;
  complete(invocationId: string): Promise<ControlOutcome>;
  /** The state as it stands, running or ended; null where no run has that ID. */
  describe(invocationId: string): Promise<State | null>;
  /** Events with a `seq` above `after`, in order. */
  history(invocationId: string, after: number): Promise<Event[]>;
  /** Resolves true once there is an event with a `seq` above `after`, false when `timeoutMs` are over. */
  changed(invocationId: string, after: number, timeoutMs: number): Promise<boolean>;
  /** Null when it can take work, else a sentence that says why not. */
  unavailable(): string | null;
  /** Stops taking work, lets what is in hand finish, leaves every run durable. */
  close(): Promise<void>;
}

export interface NewRun {
  invocationId: string;
  ladder: Ladder;
  input: Extract<Input, { type: 'Invoked' }>;
  /** The trace that it belongs to, as W3C's `traceparent`, where somebody records it. */
  traceparent?: string;
}

export type ControlOutcome = 'done' | 'already_ended' | 'unknown';

/** The engine cannot make anything durable now; the caller may try again after `retryAfterSeconds`. */
export class EngineUnavailable extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds = 1,
  ) {
    super(message);
    this.name = 'EngineUnavailable';
  }
}
