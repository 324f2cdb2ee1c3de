import { isFailure, meets } from '../attempt-status';
import type { Ladder, SendRung } from '../ladder';
import { quantile } from '../replay/figures';
import type { RecordedRun } from '../replay/recording';
import type { Sample } from '../replay/sample';

export const LATENCY_QUANTILES = ['p50', 'p75', 'p90', 'p95', 'p99'] as const;
const SHARES = { p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99 } as const;

/** How soon one step met its criterion, late receipts included. */
export interface StepLatency {
  step: string;
  channel: SendRung['channel'];
  timeoutSeconds: number;
  /** Runs in which it was sent. */
  sent: number;
  /** Runs in which its criterion was met at last, and in which that was after its time. */
  met: number;
  metLate: number;
  /** From acceptance, in ms; null where it was never met. */
  latencyMs: Record<(typeof LATENCY_QUANTILES)[number], number> | null;
}

/** By the step's number: ascending, in ms from acceptance. @yields after each step */
export function* latenciesOf({ ladder, runs }: Sample): Generator<void, Map<number, number[]>, void> {
  const found = new Map<number, number[]>();
  for (const rung of ladder.rungs) {
    if (rung.kind !== 'send') continue;
    const times = Float64Array.from(runs.flatMap((run) => latencyIn(run, rung) ?? [])).sort();
    found.set(rung.index, [...times]);
    yield;
  }
  return found;
}

function latencyIn(run: RecordedRun, rung: SendRung): number | null {
  let least: number | null = null;
  for (const { answer, answeredMs, receipts } of run.steps[rung.index] ?? []) {
    if (answer === 'accept' && rung.successOn === 'accepted') return 0;
    for (const { status, afterMs } of receipts) {
      if (isFailure(status) || !meets(status, rung.successOn)) continue;
      const ms = Math.max(0, afterMs - answeredMs);
      least = Math.min(least ?? ms, ms);
    }
  }
  return least;
}

export function latencyTable(
  { ladder, pools }: Pick<Sample, 'ladder' | 'pools'>,
  latencies: Map<number, number[]>,
): StepLatency[] {
  return ladderSends(ladder).map((rung) => {
    const times = latencies.get(rung.index) ?? [];
    const latencyMs = Object.fromEntries(LATENCY_QUANTILES.map((name) => [name, quantile(times, SHARES[name])]));
    return {
      step: rung.name,
      channel: rung.channel,
      timeoutSeconds: rung.timeoutMs / 1000,
      sent: pools[rung.index]?.sent.length ?? 0,
      met: times.length,
      metLate: times.filter((ms) => ms > rung.timeoutMs).length,
      latencyMs: times.length === 0 ? null : (latencyMs as Record<(typeof LATENCY_QUANTILES)[number], number>),
    };
  });
}

export function ladderSends({ rungs }: Ladder): SendRung[] {
  return rungs.filter((rung): rung is SendRung => rung.kind === 'send');
}
