import type { Document } from 'mongodb';
import type { RollupIndex } from '../contract';
import type { LiveViews } from './generations';

/** By an index, from either end. */
export function rollupSpan(live: LiveViews): RollupIndex['span'] {
  return async ({ mode, flowId, flowVersion, from, to }) => {
    // What is undefined does not go over the wire: see connect.ts.
    const filter: Document = { mode, flowId, flowVersion };
    if (from !== undefined || to !== undefined) filter.hour = { $gte: from, $lt: to };
    const { rollups } = await live();
    const end = (direction: 1 | -1) => rollups.findOne(filter, { sort: { hour: direction }, projection: { hour: 1 } });
    const [first, last] = await Promise.all([end(1), end(-1)]);
    return first && last ? { first: first.hour, last: last.hour } : null;
  };
}
