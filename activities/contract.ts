import type { Input } from '../core/input';
import type { AttemptJob, SuppressJob } from '../core/job';

export type LookupAnswered = Extract<Input, { type: 'LookupAnswered' }>;

/** What touches the world, shared by both hosts. None of them throws for what a provider says or does not say. */
export interface Activities {
  /**
   * Gates, renders, sends. `maybeSent`: the process died after this attempt was decided, so that the provider is asked
   * first, and where it cannot be asked the send counts as uncertain. `notAfter`, in milliseconds since 1970: when the
   * provider is not to be called any more; then it is a SendDropped.
   * @throws when a store is away: then it was surely not sent
   */
  send(job: AttemptJob, options: { maybeSent: boolean; notAfter?: number }): Promise<Input>;
  lookup(job: AttemptJob): Promise<LookupAnswered>;
  recall(job: AttemptJob): Promise<Input>;
  suppressAddress(job: SuppressJob): Promise<void>;
}
