import { setTimeout as pause } from 'node:timers/promises';
import { RETAINED, type Retained, type RetentionStore } from './contract';

const DAY_MS = 86_400_000;
const MS = { betweenRounds: 60_000, betweenPortions: 50 } as const;
/** Small enough that nobody who writes meanwhile notices. */
const PORTION = 200;

export interface RetentionOptions {
  retention: RetentionStore;
  /** What is not named is kept for good. */
  days: Partial<Record<Retained, number>>;
  /** Milliseconds since 1970. */
  clock(): number;
  onFault(message: string, error: unknown): void;
}

/** Removes what has grown old, a little at a time, until stopped. Null where everything is kept. */
export function startRetention(options: RetentionOptions): { stop(): Promise<void> } | null {
  if (Object.keys(options.days).length === 0) return null;
  const stopped = new AbortController();
  const { signal } = stopped;
  const wait = (ms: number) => pause(ms, undefined, { signal, ref: false }).catch(() => {});
  const run = async () => {
    while (!signal.aborted) {
      await round(options, signal, wait).catch((error) => options.onFault('what is old could not be removed', error));
      await wait(MS.betweenRounds);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

async function round(
  { retention, days, clock }: RetentionOptions,
  signal: AbortSignal,
  wait: (ms: number) => Promise<unknown>,
): Promise<void> {
  for (const what of RETAINED) {
    const kept = what === 'callbacks' ? callbackDays(days) : days[what];
    if (kept === undefined) continue;
    const before = clock() - kept * DAY_MS;
    while (!signal.aborted && (await retention.sweep(what, before, PORTION)) >= PORTION) await wait(MS.betweenPortions);
  }
}

/** A callback holds what its run's record holds, metadata and sometimes an address, so that it is not kept for longer. */
function callbackDays({ callbacks, records }: RetentionOptions['days']): number | undefined {
  if (callbacks === undefined || records === undefined) return callbacks ?? records;
  return Math.min(callbacks, records);
}
