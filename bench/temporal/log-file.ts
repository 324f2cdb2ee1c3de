import { join } from 'node:path';
import type { EventRecord } from '../../schemas/event';
import { openDatabase } from '../../sqlite/open';
import { until } from '../load/until';

export interface LogSize {
  records: number;
  /** Of keys and values, as they would go to any log. */
  bytes: number;
}

export interface LogFile {
  /** Whether the log has an event of that type of that run. */
  tells(id: string, type: EventRecord['events'][number]['type']): boolean;
  /** Position of the newest record of an event; each decision is one record. */
  newest(): number;
  /** Of one run, or of all runs together: its events, and the receipts for it. */
  size(id?: string): { events: LogSize; receipts: LogSize };
  close(): void;
}

/** Resolves once the log has such an event of every one of those runs. */
export async function toldOfAll(
  log: LogFile,
  ids: readonly string[],
  type: EventRecord['events'][number]['type'],
  withinMs: number,
): Promise<void> {
  const notYet = (id: string) => !log.tells(id, type);
  let left = ids.filter(notYet);
  const all = () => {
    left = left.filter(notYet);
    return left.length === 0;
  };
  await until(all, { what: `${type} of ${ids.length} runs`, everyMs: 100, withinMs });
}

/** A look into the log of a server that runs, from outside. @see ../../log/sqlite.ts for its tables */
export function lookIntoLog(dataFolder: string): LogFile {
  const db = openDatabase(join(dataFolder, 'onward.db'), { durability: 'normal', readonly: true });
  const byKey = db.prepare<[string]>('SELECT value FROM events WHERE key = ?');
  const newest = db.prepare('SELECT coalesce(max(position), 0) AS position FROM events');
  const sizeOf = (table: 'events' | 'receipts', id?: string): LogSize => {
    const sum = 'coalesce(sum(length(CAST(key AS BLOB)) + length(CAST(value AS BLOB))), 0)';
    const all = `SELECT count(*) AS records, ${sum} AS bytes FROM ${table}`;
    return (id === undefined ? db.prepare(all).get() : db.prepare<[string]>(`${all} WHERE key = ?`).get(id)) as LogSize;
  };
  return {
    tells(id, type) {
      const records = (byKey.all(id) as { value: string }[]).map(({ value }) => JSON.parse(value) as EventRecord);
      return records.some(({ events }) => events.some((event) => event.type === type));
    },
    newest: () => (newest.get([]) as { position: number }).position,
    size: (id) => ({ events: sizeOf('events', id), receipts: sizeOf('receipts', id) }),
    close: () => db.close(),
  };
}
