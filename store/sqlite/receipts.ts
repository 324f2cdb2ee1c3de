import { bytesOf } from '../../sqlite/blob';
import type { GroupCommit } from '../../sqlite/group-commit';
import type { ReceiptStore } from '../contract';
import { closeReceipt, inOrderTaken, openReceipt } from '../kept-receipts';
import type { Seal } from '../seal';

interface KeptRow {
  id: string;
  taken_at: number;
  receipt: string | Buffer | ArrayBuffer;
}

/** Receipts as they came, in onward.db: in the same group as what they led to. */
export function createSqliteReceipts(group: GroupCommit, seal: Seal): ReceiptStore {
  const rows = group.table(
    'kept_receipts',
    ['invocation_id', 'id', 'taken_at', 'receipt'],
    // A record that comes again was kept.
    'INSERT OR IGNORE INTO',
  );
  const select = group.db.prepare('SELECT id, taken_at, receipt FROM kept_receipts WHERE invocation_id = ?');

  return {
    keep(receipts) {
      for (const { id, invocationId, takenAt, receipt } of receipts) {
        rows.add([invocationId, id, takenAt, closeReceipt(seal, receipt)]);
      }
      return group.flushed();
    },
    async of(invocationId) {
      const found = (select.all([invocationId]) as KeptRow[]).map(({ id, taken_at: takenAt, receipt }) => {
        const kept = typeof receipt === 'string' ? receipt : bytesOf(receipt);
        return { id, invocationId, takenAt, receipt: openReceipt(seal, kept) };
      });
      return found.sort(inOrderTaken);
    },
  };
}
