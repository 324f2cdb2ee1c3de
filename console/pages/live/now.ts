import type { Mode, Reason } from '../../../schemas/vocabulary';
import { ask } from '../../client/ask';

export interface ProviderNow {
  provider: string;
  account: string;
  breaker: 'closed' | 'half_open' | 'open' | null;
  sent: number | null;
  failed: number | null;
  failureRate: number | null;
  p95Ms: number | null;
  lastFailure: { at: string; reason: Reason; code: string | null } | null;
}

/** As GET /v1/live answers; null is what the process that answers cannot know. */
export interface Now {
  at: string;
  running: {
    total: number;
    byFlow: { flowId: string; workflowId: string; name: string; running: number }[];
  };
  rates: {
    invocationsPerSecond: number | null;
    endedPerSecond: number | null;
    receiptsPerSecond: number | null;
    callbacksPerSecond: number | null;
  };
  lag: { eventsBehind: number | null; receiptsBehind: number | null; oldestSeconds: number | null };
  providers: ProviderNow[];
  deadLetters: number | null;
  callbacks: { pending: number; failing: number; disabledProfiles: number };
}

export function askNow(mode: Mode, signal: AbortSignal): Promise<Now> {
  return ask<Now>('GET', `/v1/live?mode=${mode}`, undefined, signal);
}

/** How far what is shown lies behind what happened. */
export type Judgement = 'unknown' | 'good' | 'behind' | 'bad';

const SECONDS = { behind: 5, bad: 60 } as const;
const RECORDS = { behind: 1_000, bad: 50_000 } as const;

/** By the age of the oldest that is not shown; where that is not known, by how many they are. */
export function judge({ oldestSeconds, eventsBehind, receiptsBehind }: Now['lag']): Judgement {
  const records = Math.max(eventsBehind ?? 0, receiptsBehind ?? 0);
  if (oldestSeconds === null && eventsBehind === null && receiptsBehind === null) return 'unknown';
  if ((oldestSeconds ?? 0) >= SECONDS.bad || records >= RECORDS.bad) return 'bad';
  if ((oldestSeconds ?? 0) >= SECONDS.behind || records >= RECORDS.behind) return 'behind';
  return 'good';
}
