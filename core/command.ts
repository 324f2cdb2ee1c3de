import type { Reason } from '../schemas/vocabulary';

/** What a host is told to do. Each is safe to be carried out again: see activities/. */
export type Command =
  | { type: 'Send'; step: string; attempt: number }
  | { type: 'Lookup'; step: string; attempt: number }
  | { type: 'Recall'; step: string; attempt: number }
  | { type: 'SuppressAddress'; step: string; reason: Reason };
