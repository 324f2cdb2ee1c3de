import { addLatencies, latenciesIn } from '../core/latency-buckets';
import { addCounts, type StepTally } from './analytics-runs';

/** Where nothing is told in money, a step of flows in several currencies is one. */
export function withoutCurrency(steps: readonly StepTally[]): StepTally[] {
  const merged = new Map<string, StepTally>();
  for (const one of steps) {
    const name = JSON.stringify([one.step, one.channel]);
    const before = merged.get(name);
    if (!before) {
      merged.set(name, { ...one, counts: { ...one.counts }, latencies: one.latencies?.slice() ?? null });
      continue;
    }
    addCounts(before.counts, one.counts);
    if (!before.latencies) before.latencies = one.latencies?.slice() ?? null;
    else if (one.latencies) addLatencies(before.latencies, latenciesIn(one.latencies));
  }
  return [...merged.values()];
}
