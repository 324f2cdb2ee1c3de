import { addCounts, type StepTally } from './analytics-tally';

/** Where nothing is told in money, a step of flows in several currencies is one. */
export function withoutCurrency(steps: readonly StepTally[]): StepTally[] {
  const merged = new Map<string, StepTally>();
  for (const one of steps) {
    const name = JSON.stringify([one.step, one.channel]);
    const before = merged.get(name);
    if (!before) {
      merged.set(name, { ...one, counts: { ...one.counts }, latencies: new Map(one.latencies) });
      continue;
    }
    addCounts(before.counts, one.counts);
    for (const [bucket, count] of one.latencies) {
      before.latencies.set(bucket, (before.latencies.get(bucket) ?? 0) + count);
    }
  }
  return [...merged.values()];
}
