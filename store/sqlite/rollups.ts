import type { Channel, Mode } from '../../schemas/vocabulary';
import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { Contribution, Rollup, RollupIndex, RollupKey, RollupQuery } from '../contract';
import { MODE_CODES } from './views-schema';

type Counts = Record<string, number>;

/**
 * One row a key with all its counts as JSON: a batch touches few keys, and a query reads a row where it would read a
 * hundred with a row for each counter.
 */
export interface RollupWriter {
  /** To be called inside the batch's transaction. */
  add(contributions: Iterable<Contribution>): void;
}

/** @param wordNumber the number of a word that has one already: within the transaction none is given */
export function rollupWriter(db: SqliteDatabase, wordNumber: (word: string) => number): RollupWriter {
  const select = db.prepare(
    `SELECT number, counts FROM rollups
     WHERE mode = ? AND hour = ? AND flow = ? AND version = ? AND step = ? AND channel = ?`,
  );
  const insert = db.prepare(
    'INSERT INTO rollups (mode, hour, flow, version, step, channel, counts) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare('UPDATE rollups SET counts = ? WHERE number = ?');

  function addTo(key: RollupKey, added: Counts): void {
    const { mode, hour, flowId, flowVersion, step, channel } = key;
    const place: SqlValue[] = [MODE_CODES[mode], hour, wordNumber(flowId), flowVersion, step, channel];
    const row = select.get(place) as { number: number; counts: string } | undefined;
    if (!row) insert.run([...place, JSON.stringify(sumOf({}, added))]);
    else update.run([JSON.stringify(sumOf(JSON.parse(row.counts) as Counts, added)), row.number]);
  }

  return {
    add(contributions) {
      const sums = new Map<string, { key: RollupKey; counts: Counts }>();
      for (const { key, counts } of contributions) {
        const name = `${key.mode} ${key.flowId} ${key.flowVersion} ${key.hour} ${key.channel} ${key.step}`;
        const sum = sums.get(name);
        if (!sum) sums.set(name, { key, counts: { ...counts } });
        else for (const counter in counts) sum.counts[counter] = (sum.counts[counter] ?? 0) + (counts[counter] ?? 0);
      }
      for (const { key, counts } of sums.values()) addTo(key, counts);
    },
  };
}

/** What comes to nothing is left out. */
function sumOf(before: Counts, added: Counts): Counts {
  const sum: Counts = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(added)])) {
    const count = (before[name] ?? 0) + (added[name] ?? 0);
    if (count !== 0) sum[name] = count;
  }
  return sum;
}

interface RollupRow {
  hour: number;
  flow_id: string;
  version: number;
  step: string;
  channel: Channel | '';
  counts: string;
}

/** @param db a connection to views.db */
export function createSqliteRollups(db: SqliteDatabase): RollupIndex {
  const word = db.prepare('SELECT number FROM words WHERE word = ?');
  /** Null where no rollup can match, as none is of such a flow. */
  const conditionsOf = (query: RollupQuery) => {
    const flow = query.flowId === undefined ? undefined : (word.get([query.flowId]) as { number: number } | undefined);
    return query.flowId !== undefined && !flow ? null : conditions(query, flow?.number);
  };
  return {
    async span(query) {
      const found = conditionsOf(query);
      if (!found) return null;
      const row = db
        .prepare(`SELECT min(r.hour) AS first, max(r.hour) AS last FROM rollups r WHERE ${found.sql}`)
        .get(found.values) as { first: number | null; last: number | null };
      return row.first === null || row.last === null ? null : { first: row.first, last: row.last };
    },
    async find(query) {
      const found = conditionsOf(query);
      if (!found) return [];
      const { sql, values } = found;
      const rows = db
        .prepare(
          `SELECT r.hour, w.word AS flow_id, r.version, r.step, r.channel, r.counts
           FROM rollups r JOIN words w ON w.number = r.flow WHERE ${sql}`,
        )
        .all(values) as RollupRow[];
      return rows.map((row) => toRollup(row, query.mode)).sort(inOrder);
    },
  };
}

function conditions(query: RollupQuery, flow: number | undefined): { sql: string; values: SqlValue[] } {
  const parts = ['r.mode = ?'];
  const values: SqlValue[] = [MODE_CODES[query.mode]];
  const add = (sql: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    parts.push(sql);
    values.push(value);
  };
  add('r.hour >= ?', query.from);
  add('r.hour < ?', query.to);
  add('r.flow = ?', flow);
  add('r.version = ?', query.flowVersion);
  return { sql: parts.join(' AND '), values };
}

function toRollup({ hour, flow_id: flowId, version, step, channel, counts }: RollupRow, mode: Mode): Rollup {
  return { key: { mode, flowId, flowVersion: version, step, channel, hour }, counts: JSON.parse(counts) as Counts };
}

function inOrder({ key: a }: Rollup, { key: b }: Rollup): number {
  return a.hour - b.hour || compare(a.flowId, b.flowId) || a.flowVersion - b.flowVersion || compare(a.step, b.step);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
