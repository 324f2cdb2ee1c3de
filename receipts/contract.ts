import type { DeadLetter } from '../schemas/dead-letter';
import type { Receipt } from '../schemas/receipt';

/** The way in for delivery receipts, whoever brings them. */
export interface ReceiptIntake {
  /**
   * Checks the references, writes the receipts to the log and resolves once the log has them.
   * @param orElse `spool`: while the log is away they are kept on this machine, durably, and brought to it afterwards
   * in the order they came; for senders that would not send them again.
   * @throws ForgedReference when a `ref` was not signed by us; none of the receipts is written then.
   */
  accept(receipts: readonly Receipt[], orElse?: 'spool'): Promise<void>;
}

export class ForgedReference extends Error {
  constructor(
    /** Index of the receipt among those given; of several, of the first. */
    readonly index: number,
    /** Of every one of them. */
    readonly indices: readonly number[] = [index],
  ) {
    super('the attempt reference was not signed by this Onward');
    this.name = 'ForgedReference';
  }
}

/** What an attempt reference names. */
export interface AttemptRef {
  invocationId: string;
  /** The step's number, counted depth first from 0. */
  step: number;
  attempt: number;
}

export interface References {
  /** `inv_….<step>.<attempt>.<mac>`: goes into callback URLs and client references, so it is short and URL-safe. */
  sign(ref: AttemptRef): string;
  /** Null when it was not signed by us. */
  verify(text: string): AttemptRef | null;
}

/** What became of the dead letters that were given another try. */
export interface Redriven {
  /** Written to `onward.receipts` again. */
  redriven: number;
  /** Not whole, so that they cannot be tried again. */
  left: number;
}

/** Where a dead letter stands in `onward.receipts.dead`. */
export interface DeadLetterPlace {
  partition: number;
  position: number;
}

/** A dead letter that waits to be given another try, and where it stands. */
export interface WaitingDeadLetter extends DeadLetterPlace {
  letter: DeadLetter;
  /** It was given another try by itself; it stands here until all are. */
  redriven: boolean;
}

/** Looks after what the consumer could not take. */
export interface DeadLetters {
  /** Every dead letter since the last call goes back to `onward.receipts`, to be taken as if it came now. */
  redrive(): Promise<Redriven>;
  /** That one alone; null where none waits there. Whoever redrives all later leaves it out, in the same process. */
  redriveOne(place: DeadLetterPlace): Promise<Redriven | null>;
  /** Those since the last `redrive`, of each partition the oldest first. */
  waiting(limit: number): Promise<WaitingDeadLetter[]>;
}
