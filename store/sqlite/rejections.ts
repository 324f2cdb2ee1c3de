import type { Mode } from '../../schemas/vocabulary';
import type { GroupCommit } from '../../sqlite/group-commit';
import type { SqlValue } from '../../sqlite/open';
import type { RejectionReason, RejectionStore, RollupQuery } from '../contract';

interface RejectionRow {
  mode: Mode;
  flow_id: string;
  hour: number;
  version: number;
  reason: RejectionReason;
  count: number;
}

/** Counts of refused invocations in onward.db, written with the groups of the journal. */
export function createSqliteRejections(group: GroupCommit): RejectionStore {
  const upsert = group.db.prepare(
    `INSERT INTO rejections (mode, flow_id, hour, version, reason, count) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (mode, flow_id, hour, version, reason) DO UPDATE SET count = count + excluded.count`,
  );
  return {
    async add(counts) {
      if (counts.length === 0) return;
      group.write(() => {
        for (const { mode, flowId, hour, flowVersion, reason, count } of counts) {
          upsert.run([mode, flowId, hour, flowVersion, reason, count]);
        }
      });
      await group.flushed();
    },
    async find(query) {
      const { sql, values } = conditions(query);
      const rows = group.db
        .prepare(`SELECT * FROM rejections WHERE ${sql} ORDER BY hour, flow_id, version, reason`)
        .all(values) as RejectionRow[];
      return rows.map(({ mode, flow_id: flowId, version: flowVersion, hour, reason, count }) => {
        return { mode, flowId, flowVersion, hour, reason, count };
      });
    },
  };
}

function conditions({ mode, flowId, flowVersion, from, to }: RollupQuery): { sql: string; values: SqlValue[] } {
  const given: [string, SqlValue | undefined][] = [
    ['mode = ?', mode],
    ['flow_id = ?', flowId],
    ['version = ?', flowVersion],
    ['hour >= ?', from],
    ['hour < ?', to],
  ];
  const used = given.filter((one): one is [string, SqlValue] => one[1] !== undefined);
  return { sql: used.map(([sql]) => sql).join(' AND '), values: used.map(([, value]) => value) };
}

/** Removes up to `limit` of those before a moment. @returns how many went */
export function rejectionsSweep(group: GroupCommit): (before: number, limit: number) => Promise<number> {
  const remove = group.db.prepare(
    `DELETE FROM rejections WHERE (mode, flow_id, hour, version, reason) IN (
       SELECT mode, flow_id, hour, version, reason FROM rejections WHERE mode IN ('live', 'test') AND hour < ? LIMIT ?)`,
  );
  const any = group.db.prepare("SELECT 1 FROM rejections WHERE mode IN ('live', 'test') AND hour < ? LIMIT 1");
  return async (before, limit) => {
    // Most often there is nothing: then nobody waits for a group.
    if (any.get([before]) === undefined) return 0;
    let removed = 0;
    group.write(() => {
      removed = remove.run([before, limit]).changes;
    });
    await group.flushed();
    return removed;
  };
}
