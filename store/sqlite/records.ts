import { bytesOf } from '../../sqlite/blob';
import type { GroupCommit } from '../../sqlite/group-commit';
import { createBoundedMap } from '../bounded-map';
import type { InvocationRecord, RecordStore } from '../contract';
import type { Seal } from '../seal';

interface RecordRow {
  id: string;
  sealed: Buffer | ArrayBuffer;
}

/** The newest, held for the send that follows at once: to read one back and open it costs as much as to write it. */
const RECORDS_HELD = 2_000;

export interface SqliteRecords extends RecordStore {
  /** Some were removed from the file: what is held in memory is let go with them. */
  forget(): void;
}

/**
 * Invocation records in onward.db, each sealed whole: one row of two columns, no read before the write, in the same
 * group as the run's own first events.
 */
export function createSqliteRecords(group: GroupCommit, seal: Seal): SqliteRecords {
  const rows = group.table('invocation_records', ['id', 'sealed'], 'INSERT OR REPLACE INTO');
  const select = group.db.prepare('SELECT id, sealed FROM invocation_records WHERE id = ?');
  const selectMany = group.db.prepare(
    'SELECT id, sealed FROM invocation_records WHERE id IN (SELECT value FROM json_each(?))',
  );

  const held = createBoundedMap<string, InvocationRecord>(RECORDS_HELD);

  return {
    put(record) {
      const { id, ...rest } = record;
      held.set(id, record);
      rows.add([id, seal.seal(JSON.stringify(rest))]);
      return group.flushed();
    },
    async get(id) {
      const known = held.get(id);
      if (known) return known;
      const row = select.get([id]) as RecordRow | undefined;
      return row ? toRecord(row, seal) : null;
    },
    async getMany(ids) {
      const found = selectMany.all([JSON.stringify(ids)]) as RecordRow[];
      return new Map(found.map((row) => [row.id, toRecord(row, seal)]));
    },
    forget: () => held.clear(),
  };
}

function toRecord(row: RecordRow, seal: Seal): InvocationRecord {
  return { id: row.id, ...JSON.parse(seal.open(bytesOf(row.sealed))) };
}
