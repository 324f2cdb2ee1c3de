import type { Document } from 'mongodb';
import type { Rollup, RollupIndex, RollupKey } from '../contract';
import type { LiveViews } from './generations';
import { rollupSpan } from './rollup-span';
import { decodeName, type RollupDocument } from './view-documents';

/** The counts of the analytics: each rollup as the sum of what its partitions have of it. */
export function createMongoRollups(live: LiveViews): RollupIndex {
  return {
    span: rollupSpan(live),
    async find({ mode, flowId, flowVersion, from, to }) {
      // What is undefined does not go over the wire: see connect.ts.
      const filter: Document = { mode, flowId, flowVersion };
      if (from !== undefined || to !== undefined) filter.hour = { $gte: from, $lt: to };
      const { rollups } = await live();
      const found = await rollups.find(filter).toArray();
      return sums(found).sort(byPlace);
    },
  };
}

function sums(documents: readonly RollupDocument[]): Rollup[] {
  const rollups = new Map<string, Rollup>();
  for (const { mode, flowId, flowVersion, step, channel, hour, folded } of documents) {
    const key: RollupKey = { mode, flowId, flowVersion, step, channel, hour };
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
    compare(a.channel, b.channel)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
