import { preciseClock } from '../load/clock';
import { closedLoop, type LoopOptions, type Window } from '../load/closed-loop';
import { type Spread, spreadOf } from '../load/percentile';
import { invokeAndReceive, type RunOptions, type SeenRun } from './runs';
import type { OnwardServer } from './start';
import { endsOf } from './sweep';

export interface LoadResult {
  perSecond: number;
  /** From the invocation's request to the end of the run. */
  latencyMs: Spread;
  /** From the invocation's request to its 202. */
  invokeMs: Spread;
  /** From the receipt's 202 to the end of the run; negative where the run had ended before the 202 was read. */
  endAfterReceiptMs: Spread;
  runs: number;
}

type OnwardLoad = LoopOptions & Pick<RunOptions, 'receiptAfterMs' | 'awaitEnd'>;

/**
 * One trial of the closed loop. What counts as ended when is the server's own record of the run, read afterwards, or the
 * receipt's 202 where that came later.
 */
export async function loadOnward(server: OnwardServer, options: OnwardLoad): Promise<LoadResult> {
  const { seen, window } = await loopOnward(server, options);
  const since = Math.min(...seen.slice(0, options.inFlight).map(({ startedAt }) => startedAt));
  const ends = await endsOf(server, new Set(seen.map(({ id }) => id)), since);
  const runs = seen
    .map((run) => ({ ...run, endedAt: ends.get(run.id) ?? Number.NaN }))
    .map((run) => ({ ...run, overAt: Math.max(run.doneAt, run.endedAt) }))
    .filter(({ overAt }) => overAt >= window.from && overAt < window.to);
  return {
    perSecond: (runs.length * 1000) / (window.to - window.from),
    latencyMs: spreadOf(runs.map(({ overAt, startedAt }) => overAt - startedAt)),
    invokeMs: spreadOf(runs.map(({ acceptedAt, startedAt }) => acceptedAt - startedAt)),
    endAfterReceiptMs: spreadOf(runs.map(({ endedAt, doneAt }) => endedAt - doneAt)),
    runs: seen.length,
  };
}

/** The load alone, nothing read back. */
export async function loopOnward(
  server: OnwardServer,
  options: OnwardLoad,
): Promise<{ seen: SeenRun[]; window: Window }> {
  const now = preciseClock();
  const seen: SeenRun[] = [];
  const once = async () => {
    seen.push(await invokeAndReceive(server, 'wf_bench', now, { ...options, status: 'delivered' }));
  };
  const window = await closedLoop(once, now, options);
  return { seen, window };
}
