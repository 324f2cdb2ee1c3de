import type { Rollup, RollupSum, RollupSumQuery } from './contract';

const LATENCY = 'latency.';

interface Sum extends Omit<RollupSum, 'latencies'> {
  byBucket: Map<number, number>;
}

/** Adds rollups up by period, for a store that cannot do it itself. */
export function sumRollups(
  rollups: Iterable<Rollup>,
  { bounds, byCountry, latencies }: Pick<RollupSumQuery, 'bounds' | 'byCountry' | 'latencies'>,
): RollupSum[] {
  const sums = new Map<string, Sum>();
  for (const { key, counts } of rollups) {
    const period = periodOf(key.hour, bounds);
    if (period === null) continue;
    const { flowId, flowVersion, step, channel } = key;
    const country = byCountry ? key.country : '';
    const name = JSON.stringify([period, flowId, flowVersion, step, channel, country]);
    const place = { period, flowId, flowVersion, step, channel, country };
    const sum = sums.get(name) ?? { ...place, counts: {}, byBucket: new Map() };
    sums.set(name, sum);
    add(sum, counts, latencies);
  }
  return [...sums.values()].map(withoutNothing).filter(isSomething);
}

function add({ counts, byBucket }: Sum, added: Readonly<Record<string, number>>, latencies: boolean): void {
  for (const [name, count] of Object.entries(added)) {
    if (!name.startsWith(LATENCY)) counts[name] = (counts[name] ?? 0) + count;
    else if (latencies) {
      const bucket = Number(name.slice(LATENCY.length));
      byBucket.set(bucket, (byBucket.get(bucket) ?? 0) + count);
    }
  }
}

function withoutNothing({ byBucket, counts, ...place }: Sum): RollupSum {
  return {
    ...place,
    counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    latencies: [...byBucket].filter(([, count]) => count !== 0).flat(),
  };
}

function isSomething({ counts, latencies }: RollupSum): boolean {
  return latencies.length > 0 || Object.keys(counts).length > 0;
}

/** The number of the period that `at` falls into, or null. */
function periodOf(at: number, bounds: readonly number[]): number | null {
  let low = 0;
  let high = bounds.length - 1;
  if (at < (bounds[low] ?? Number.POSITIVE_INFINITY) || at >= (bounds[high] ?? 0)) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at < (bounds[middle] ?? 0)) high = middle;
    else low = middle;
  }
  return low;
}
