import { cpuWithin, type Pids } from '../cpu';
import { preciseClock } from '../load/clock';
import { closedLoop, type LoopOptions } from '../load/closed-loop';
import { type Spread, spreadOf } from '../load/percentile';

export interface Trial {
  perSecond: number;
  /** From the request to the answer that the run has ended. */
  latencyMs: Spread;
  /** All runs, the warm-up's too. */
  ids: string[];
  /** In ms since 1970, when the first was begun. */
  since: number;
  /** Processor time that one run took, by process; null but on Linux. */
  cpuMsPerRun: Record<string, number> | null;
}

/**
 * One trial of the closed loop.
 * @param once one run to its end; resolves with its ID
 * @param pids the processes that take part; the load generator is this one
 */
export async function trialOf(once: () => Promise<string>, pids: Pids, options: LoopOptions): Promise<Trial> {
  const now = preciseClock();
  const seen: { id: string; startedAt: number; doneAt: number }[] = [];
  const all = { ...pids, 'load generator': process.pid };
  const cpu = cpuWithin(all, options.warmupMs, options.measureMs);
  const window = await closedLoop(
    async () => {
      const startedAt = now();
      const id = await once();
      seen.push({ id, startedAt, doneAt: now() });
    },
    now,
    options,
  );
  const counted = seen.filter(({ doneAt }) => doneAt >= window.from && doneAt < window.to);
  if (counted.length === 0) throw new Error(`no run ended within ${options.measureMs / 1000} s`);
  const cpuMs = await cpu;
  const shares = Object.entries(cpuMs ?? {}).map(([name, ms]) => [name, ms / counted.length]);
  return {
    perSecond: (counted.length * 1000) / (window.to - window.from),
    latencyMs: spreadOf(counted.map(({ startedAt, doneAt }) => doneAt - startedAt)),
    ids: seen.map(({ id }) => id),
    since: Math.min(...seen.map(({ startedAt }) => startedAt)),
    cpuMsPerRun: cpuMs && Object.fromEntries(shares),
  };
}
