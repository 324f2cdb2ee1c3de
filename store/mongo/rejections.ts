import type { Db } from 'mongodb';
import type { RejectionCount, RejectionStore } from '../contract';

export interface RejectionDocument extends RejectionCount {
  /** Of all but the count. */
  _id: string;
}

/**
 * Counts of refused invocations. An update that was on its way when the server went may be counted or not: unlike a
 * rollup, which follows from the events, it is told once.
 */
export function createMongoRejections(db: Db): RejectionStore {
  const rejections = db.collection<RejectionDocument>('rejections');
  async function increase(counts: readonly RejectionCount[]): Promise<void> {
    for (const { count, ...key } of counts) {
      const { mode, flowId, flowVersion, hour, reason } = key;
      const _id = JSON.stringify([mode, flowId, flowVersion, hour, reason]);
      await rejections.updateOne({ _id }, { $set: key, $inc: { count } }, { upsert: true });
    }
  }
  // One after the other: FerretDB loses one of two increments that meet.
  let turn: Promise<void> = Promise.resolve();
  return {
    add(counts) {
      const added = turn.then(() => increase(counts));
      turn = added.catch(() => {});
      return added;
    },
    async find({ mode, flowId, flowVersion, from, to }) {
      const hour = from === undefined && to === undefined ? undefined : { $gte: from, $lt: to };
      const found = await rejections.find({ mode, flowId, flowVersion, ...(hour && { hour }) }).toArray();
      return found
        .map(({ _id, ...count }) => count)
        .sort(
          (a, b) =>
            a.hour - b.hour ||
            compare(a.flowId, b.flowId) ||
            a.flowVersion - b.flowVersion ||
            compare(a.reason, b.reason),
        );
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
