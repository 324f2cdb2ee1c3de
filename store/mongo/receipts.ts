import type { Db } from 'mongodb';
import type { ReceiptStore } from '../contract';
import { closeReceipt, inOrderTaken, openReceipt } from '../kept-receipts';
import type { Seal } from '../seal';
import { gatherInserts } from './gather';

export interface KeptDocument {
  /** See keptId. */
  _id: string;
  takenAt: number;
  /** Text where it holds no address, sealed bytes where it may. */
  receipt: string | Buffer;
}

function keptId(invocationId: string, id: string): string {
  return `${invocationId}/${id}`;
}

/** The range of the IDs of one run's receipts: “0” is the sign after “/”. */
export function keptIdsOf(invocationId: string): { $gt: string; $lt: string } {
  return { $gt: `${invocationId}/`, $lt: `${invocationId}0` };
}

export function invocationOfKept(_id: string): string {
  return _id.slice(0, _id.indexOf('/'));
}

/** Receipts as they came, in MongoDB: what the engine has taken of a batch in one turn goes in one round trip. */
export function createMongoReceipts(db: Db, seal: Seal): ReceiptStore {
  const kept = db.collection<KeptDocument>('kept_receipts');
  // One that is there is the same record, which has come again.
  const insert = gatherInserts(kept);

  return {
    async keep(receipts) {
      const documents = receipts.map(({ id, invocationId, takenAt, receipt }) => {
        return { _id: keptId(invocationId, id), takenAt, receipt: closeReceipt(seal, receipt) };
      });
      await Promise.all(documents.map(insert));
    },
    async of(invocationId) {
      const found = await kept.find({ _id: keptIdsOf(invocationId) }).toArray();
      return found
        .map(({ _id, takenAt, receipt }) => {
          const id = _id.slice(invocationId.length + 1);
          return { id, invocationId, takenAt, receipt: openReceipt(seal, receipt) };
        })
        .sort(inOrderTaken);
    },
  };
}
