import type { Db } from 'mongodb';
import { monotonicFactory } from 'ulid';
import type { ParkedReceipts } from '../contract';
import type { Seal } from '../seal';

interface ParkedDocument {
  _id: string;
  sealed: Buffer;
  tries: number;
  dueAt: number;
  /** Absent in what an older version parked. */
  source?: string | null;
}

/** Parked receipts in MongoDB, sealed: a provider's own body may hold an address. */
export function createMongoParked(db: Db, seal: Seal): ParkedReceipts {
  const parked = db.collection<ParkedDocument>('parked_receipts');
  const nextId = monotonicFactory();

  return {
    async park(receipt, tries, dueAt, source) {
      await parked.insertOne({ _id: nextId(), sealed: seal.seal(receipt), tries, dueAt, source });
    },
    async due(now, limit) {
      const due = parked.find({ dueAt: { $lte: now } }).sort({ dueAt: 1, _id: 1 });
      const found = await due.limit(limit).toArray();
      return found.map(({ _id, sealed, tries, dueAt, source }) => {
        return { id: _id, receipt: seal.open(sealed), tries, dueAt, source: source ?? null };
      });
    },
    async remove(id) {
      await parked.deleteOne({ _id: id });
    },
    count: () => parked.countDocuments({}),
  };
}
