import type { Document } from 'mongodb';
import type { Rollup, RollupIndex, RollupKey, RollupQuery } from '../contract';
import { sumRollups } from '../rollup-sums';
import type { LiveViews } from './generations';
import { rollupSpan } from './rollup-span';
import { decodeName, type RollupDocument } from './view-documents';

/** The counts of the analytics: each rollup as the sum of what its partitions have of it. */
export function createMongoRollups(live: LiveViews): RollupIndex {
  async function find({ mode, flowId, flowVersion, from, to }: RollupQuery): Promise<Rollup[]> {
    // What is undefined does not go over the wire: see connect.ts.
    const filter: Document = { mode, flowId, flowVersion };
    if (from !== undefined || to !== undefined) filter.hour = { $gte: from, $lt: to };
    const { rollups } = await live();
    const found = await rollups.find(filter).toArray();
    return added(found).sort(byPlace);
  }
  return {
    span: rollupSpan(live),
    find,
    async sums({ mode, flowId, flowVersion, ...wanted }, take) {
      const { bounds } = wanted;
      const from = bounds[0];
      const to = bounds[bounds.length - 1];
      if (from === undefined || from === to) return;
      await take(sumRollups(await find({ mode, flowId, flowVersion, from, to }), wanted));
    },
  };
}

function added(documents: readonly RollupDocument[]): Rollup[] {
  const rollups = new Map<string, Rollup>();
  for (const { mode, flowId, flowVersion, step, channel, country = '', hour, folded } of documents) {
    const key: RollupKey = { mode, flowId, flowVersion, step, channel, country, hour };
    const name = JSON.stringify(key);
    const rollup = rollups.get(name) ?? { key, counts: {} };
    for (const [field, count] of Object.entries(folded.counts)) {
      const counted = decodeName(field);
      rollup.counts[counted] = (rollup.counts[counted] ?? 0) + count;
    }
    rollups.set(name, rollup);
  }
  return [...rollups.values()];
}

function byPlace({ key: a }: Rollup, { key: b }: Rollup): number {
  return (
    a.hour - b.hour ||
    compare(a.flowId, b.flowId) ||
    a.flowVersion - b.flowVersion ||
    compare(a.step, b.step) ||
    compare(a.country, b.country)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
