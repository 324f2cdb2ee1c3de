import type { EventRecord } from '../../schemas/event';
import type { SqliteDatabase } from '../../sqlite/open';
import type { EndedRun } from './ended-runs';

export interface RunEvents {
  /** Those of the runs that have any. */
  having(ids: readonly string[]): Set<string>;
  /**
   * Runs whose events may go: the read model has them all, every group of the log has passed them, and the newest row
   * of the table, on which the next position follows, is not among them.
   */
  removable(runs: readonly EndedRun[]): string[];
  remove(ids: readonly string[]): void;
}

const NONE: RunEvents = { having: () => new Set(), removable: () => [], remove: () => {} };

interface Row {
  position: number;
  key: string;
  value: string;
}

/** The log's events table as retention sees it, in the file that store and log share. */
export function runEvents(db: SqliteDatabase): RunEvents {
  let found: RunEvents | null = null;
  /** The log may make its tables after the store. */
  const now = () => {
    found ??= hasTables(db) ? statements(db) : null;
    return found ?? NONE;
  };
  return {
    having: (ids) => now().having(ids),
    removable: (runs) => now().removable(runs),
    remove: (ids) => now().remove(ids),
  };
}

function hasTables(db: SqliteDatabase): boolean {
  const tables = db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name IN ('events', 'offsets')").get([]);
  return (tables as { n: number }).n === 2;
}

function statements(db: SqliteDatabase): RunEvents {
  const given = 'SELECT value FROM json_each(?)';
  const having = db.prepare(`SELECT DISTINCT key FROM events WHERE key IN (${given})`);
  const rowsOf = db.prepare(`SELECT position, key, value FROM events WHERE key IN (${given})`);
  const newest = db.prepare('SELECT max(position) AS position FROM events');
  const consumed = db.prepare("SELECT min(position) AS position FROM offsets WHERE topic = 'onward.events'");
  const remove = db.prepare(`DELETE FROM events WHERE key IN (${given})`);
  const positionOf = (statement: typeof newest) => (statement.get([]) as { position: number | null }).position;

  return {
    having(ids) {
      return new Set((having.all([JSON.stringify(ids)]) as { key: string }[]).map(({ key }) => key));
    },
    removable(runs) {
      const rows = rowsOf.all([JSON.stringify(runs.map(({ id }) => id))]) as Row[];
      const passed = Math.min((positionOf(newest) ?? 0) - 1, positionOf(consumed) ?? Number.POSITIVE_INFINITY);
      const folded = new Map(runs.map(({ id, seq }) => [id, seq]));
      const removable = new Set(rows.map(({ key }) => key));
      for (const { position, key, value } of rows) {
        if (position > passed || lastSeq(value) > (folded.get(key) ?? 0)) removable.delete(key);
      }
      return [...removable];
    },
    remove(ids) {
      remove.run([JSON.stringify(ids)]);
    },
  };
}

function lastSeq(value: string): number {
  return Math.max(0, ...(JSON.parse(value) as EventRecord).events.map(({ seq }) => seq));
}
