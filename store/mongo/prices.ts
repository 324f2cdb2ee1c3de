import type { Db } from 'mongodb';
import type { PriceStore } from '../contract';
import { createPriceStore } from '../price-table';
import { isTaken } from './faults';

interface PriceDocument {
  _id: number;
  revision: number;
  /** JSON. */
  rows: string;
  madeAt: number;
}

/** The price table in MongoDB, a document for each revision. */
export function createMongoPrices(db: Db): PriceStore {
  const tables = db.collection<PriceDocument>('price_tables');
  const sort = { revision: -1 } as const;
  return createPriceStore({
    async newest() {
      return (await tables.findOne({}, { sort, projection: { revision: 1 } }))?.revision ?? 0;
    },
    read: () => tables.findOne({}, { sort }),
    async insert(revision, rows, now) {
      try {
        await tables.insertOne({ _id: revision, revision, rows, madeAt: now });
        return true;
      } catch (error) {
        if (!isTaken(error)) throw error;
        return false;
      }
    },
    async emptyBefore(revision) {
      await tables.updateMany({ revision: { $lt: revision }, rows: { $ne: '' } }, { $set: { rows: '' } });
    },
  });
}
