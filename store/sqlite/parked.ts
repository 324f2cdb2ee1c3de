import { bytesOf } from '../../sqlite/blob';
import type { GroupCommit } from '../../sqlite/group-commit';
import type { ParkedReceipts } from '../contract';
import type { Seal } from '../seal';

interface ParkedRow {
  id: number;
  sealed: Buffer | ArrayBuffer;
  tries: number;
  due_at: number;
  source: string | null;
}

/** Parked receipts in onward.db, sealed: a provider's own body may hold an address. */
export function createSqliteParked(group: GroupCommit, seal: Seal): ParkedReceipts {
  const rows = group.table('parked_receipts', ['sealed', 'tries', 'due_at', 'source']);
  const due = group.db.prepare('SELECT * FROM parked_receipts WHERE due_at <= ? ORDER BY due_at, id LIMIT ?');
  const remove = group.db.prepare('DELETE FROM parked_receipts WHERE id = ?');
  const count = group.db.prepare('SELECT count(*) AS count FROM parked_receipts');

  return {
    park(receipt, tries, dueAt, source) {
      rows.add([seal.seal(receipt), tries, dueAt, source]);
      return group.flushed();
    },
    async due(now, limit) {
      const found = due.all([now, limit]) as ParkedRow[];
      return found.map((row) => {
        const { tries, due_at: dueAt, source } = row;
        return { id: String(row.id), receipt: seal.open(bytesOf(row.sealed)), tries, dueAt, source };
      });
    },
    remove(id) {
      group.write(() => remove.run([Number(id)]));
      return group.flushed();
    },
    async count() {
      return (count.get([]) as { count: number }).count;
    },
  };
}
