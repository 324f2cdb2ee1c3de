import type { Receipt } from '../schemas/receipt';

/** The way in for delivery receipts, whoever brings them. */
export interface ReceiptIntake {
  /**
   * Checks the references, writes the receipts to the log and resolves once the log has them.
   * @throws ForgedReference when a `ref` was not signed by us; none of the receipts is written then.
   */
  accept(receipts: readonly Receipt[]): Promise<void>;
}

export class ForgedReference extends Error {
  constructor(
    /** Index of the receipt among those given. */
    readonly index: number,
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
