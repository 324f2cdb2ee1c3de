import { countedIn, newHistogram } from '../core/latency-buckets';
import type { Rollup, RollupSum, RollupSumQuery } from './contract';

const LATENCY = 'latency.';

/** Adds rollups up by period, for a store that cannot do it itself. */
export function sumRollups(
  rollups: readonly Rollup[],
  { bounds, byCountry, latencies }: Pick<RollupSumQuery, 'bounds' | 'byCountry' | 'latencies'>,
): RollupSum[] {
  const sums = new Map<string, RollupSum>();
  for (const { key, counts } of rollups) {
    const period = periodOf(key.hour, bounds);
    if (period === null) continue;
    const { flowId, flowVersion, step, channel } = key;
    const country = byCountry ? key.country : '';
    const name = JSON.stringify([period, flowId, flowVersion, step, channel, country]);
    const sum = sums.get(name) ?? {
      ...{ period, flowId, flowVersion, step, channel, country },
      counts: {},
      latencies: newHistogram(),
    };
    sums.set(name, sum);
    add(sum, counts, latencies);
  }
  return [...sums.values()].map(withoutNothing).filter(isSomething);
}

function add({ counts, latencies }: RollupSum, added: Readonly<Record<string, number>>, both: boolean): void {
  for (const [name, count] of Object.entries(added)) {
    if (name.startsWith(LATENCY)) {
      if (!both) continue;
      const bucket = Number(name.slice(LATENCY.length));
      latencies[bucket] = (latencies[bucket] ?? 0) + count;
    } else counts[name] = (counts[name] ?? 0) + count;
  }
}

function withoutNothing(sum: RollupSum): RollupSum {
  return {
    ...sum,
    counts: Object.fromEntries(Object.entries(sum.counts).filter(([, count]) => count !== 0)),
  };
}

function isSomething({ counts, latencies }: RollupSum): boolean {
  return countedIn(latencies) > 0 || Object.keys(counts).length > 0;
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
