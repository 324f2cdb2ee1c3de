import type { Input } from '../core/input';
import type { Ladder } from '../core/ladder';
import type { Reason } from '../schemas/vocabulary';

/** One attempt to be carried out, with all that a host knows of it. */
export interface AttemptJob {
  invocationId: string;
  ladder: Ladder;
  step: string;
  attempt: number;
  providerMessageId: string | null;
}

export type LookupAnswered = Extract<Input, { type: 'LookupAnswered' }>;

/** What touches the world, shared by both hosts. None of them throws for what a provider says or does not say. */
export interface Activities {
  /**
   * Gates, renders, sends. `maybeSent`: the process died after this attempt was decided, so that the provider is asked
   * first, and where it cannot be asked the send counts as uncertain.
   */
  send(job: AttemptJob, options: { maybeSent: boolean }): Promise<Input>;
  lookup(job: AttemptJob): Promise<LookupAnswered>;
  recall(job: AttemptJob): Promise<Input>;
  suppressAddress(job: { invocationId: string; ladder: Ladder; step: string; reason: Reason }): Promise<void>;
}
