import type { Document } from 'mongodb';
import type { Rollup, RollupIndex, RollupKey, RollupQuery } from '../contract';
import type { LiveViews } from './generations';
import { decodeName, type RollupDocument } from './view-documents';

/** The counts of the analytics: each rollup as the sum of what its partitions have of it. */
export function createMongoRollups(live: LiveViews): RollupIndex {
  return {
    async find(query) {
      const { rollups } = await live();
      const found = await rollups.find(filterOf(query)).toArray();
      return sums(found).sort(byPlace);
    },
    async span(query) {
      const { rollups } = await live();
      const end = (direction: 1 | -1) =>
        rollups.findOne(filterOf(query), { sort: { hour: direction }, projection: { hour: 1 } });
      const [first, last] = await Promise.all([end(1), end(-1)]);
      return first && last ? { first: first.hour, last: last.hour } : null;
    },
  };
}

/** What is undefined does not go over the wire: see connect.ts. */
function filterOf({ mode, flowId, flowVersion, from, to }: RollupQuery): Document {
  const filter: Document = { mode, flowId, flowVersion };
  if (from !== undefined || to !== undefined) filter.hour = { $gte: from, $lt: to };
  return filter;
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
