import { preciseClock } from '../load/clock';
import { closedLoop, type LoopOptions } from '../load/closed-loop';
import { type Spread, spreadOf } from '../load/percentile';
import { restateRuns } from './restate-runs';
import type { RestateServer } from './restate-server';

export interface PeerResult {
  perSecond: number;
  /** From the invocation's request to its answer, which comes when the run has ended. */
  latencyMs: Spread;
}

/** One trial of the closed loop, as Onward's. */
export async function loadRestate(
  server: RestateServer,
  options: LoopOptions & { receiptAfterMs: number },
): Promise<PeerResult> {
  const now = preciseClock();
  const runs = restateRuns(server);
  const seen: { startedAt: number; doneAt: number }[] = [];
  const window = await closedLoop(
    async () => {
      const startedAt = now();
      await runs.once(options.receiptAfterMs);
      seen.push({ startedAt, doneAt: now() });
    },
    now,
    options,
  ).finally(() => runs.close());
  const counted = seen.filter(({ doneAt }) => doneAt >= window.from && doneAt < window.to);
  return {
    perSecond: (counted.length * 1000) / (window.to - window.from),
    latencyMs: spreadOf(counted.map(({ startedAt, doneAt }) => doneAt - startedAt)),
  };
}
