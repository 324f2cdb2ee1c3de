import type { Db } from 'mongodb';
import type { InvocationRecord, RecordStore } from '../contract';
import type { Seal } from '../seal';
import { gatherInserts } from './gather';
import { createHeld } from './held';

interface RecordDocument {
  _id: string;
  sealed: Buffer;
}

/** The newest, held for the sends that follow at once. One that another process sweeps is forgotten after a minute. */
const HELD = { records: 2_000, maxAgeMs: 60_000 } as const;

/** Invocation records in MongoDB, each sealed whole. `forget` is to be called when some were removed. */
export function createMongoRecords(db: Db, seal: Seal): { records: RecordStore; forget(): void } {
  const documents = db.collection<RecordDocument>('records');
  const insert = gatherInserts(documents);
  const held = createHeld<InvocationRecord>(HELD.records, HELD.maxAgeMs);
  const open = ({ _id, sealed }: RecordDocument): InvocationRecord => ({ id: _id, ...JSON.parse(seal.open(sealed)) });

  const records: RecordStore = {
    async put(record) {
      const { id, ...rest } = record;
      const sealed = seal.seal(JSON.stringify(rest));
      if (!(await insert({ _id: id, sealed }))) await documents.updateOne({ _id: id }, { $set: { sealed } });
      held.set(id, record);
    },
    get(id) {
      return held.get(id, async () => {
        const document = await documents.findOne({ _id: id });
        return document && open(document);
      });
    },
    async getMany(ids) {
      if (ids.length === 0) return new Map();
      const found = await documents.find({ _id: { $in: [...ids] } }).toArray();
      return new Map(found.map((document) => [document._id, open(document)]));
    },
  };
  return { records, forget: held.clear };
}
