import type { Channel } from '../../schemas/vocabulary';
import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { Rollup, RollupIndex, RollupQuery, RollupSum, RollupSumQuery } from '../contract';
import { bucketOf, nameOf, readCounts } from './counts-text';
import { GRAINS, piecesOf } from './rollup-grains';
import { MODE_CODES } from './view-codes';

interface RollupRow {
  flow: number;
  version: number;
  step: string;
  channel: Channel | '';
  country: string;
  /** Of one row, or of several one after the other. */
  counts: string;
}

/** @param db a connection to views.db */
export function createSqliteRollups(db: SqliteDatabase): RollupIndex {
  const { wordOf, numberOf } = wordReader(db);
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const prepared = (sql: string) => {
    const held = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, held);
    return held;
  };

  return {
    async span(query) {
      const flow = query.flowId === undefined ? undefined : numberOf(query.flowId);
      if (flow === null) return null;
      const { sql, values } = conditions(query, flow);
      const ends = prepared(`SELECT min(r.hour) AS first, max(r.hour) AS last FROM rollups r WHERE ${sql}`);
      const { first, last } = ends.get(values) as { first: number | null; last: number | null };
      return first === null || last === null ? null : { first, last };
    },
    async find(query) {
      const flow = query.flowId === undefined ? undefined : numberOf(query.flowId);
      if (flow === null) return [];
      const { sql, values } = conditions(query, flow);
      const columns = 'r.hour, r.flow, r.version, r.step, r.channel, r.country, r.counts';
      const rows = prepared(`SELECT ${columns} FROM rollups r WHERE ${sql}`).all(values) as (RollupRow & {
        hour: number;
      })[];
      return rows.map((row) => toRollup(row, query, wordOf)).sort(inOrder);
    },
    async sums(query) {
      const flow = query.flowId === undefined ? undefined : numberOf(query.flowId);
      if (flow === null) return [];
      const { sql, values } = sumStatement(query, flow);
      const rows = prepared(sql).all(values) as (RollupRow & { period: number })[];
      return rows.map((row) => toSum(row, wordOf)).filter(({ counts, latencies }) => !isNothing(counts, latencies));
    },
  };
}

function isNothing(counts: Record<string, number>, latencies: ReadonlyMap<number, number>): boolean {
  for (const _ in counts) return false;
  return latencies.size === 0;
}

/** Words keep their number for good. */
function wordReader(db: SqliteDatabase) {
  const select = db.prepare('SELECT number FROM words WHERE word = ?');
  const read = db.prepare('SELECT word FROM words WHERE number = ?');
  const words = new Map<number, string>();
  return {
    numberOf: (word: string) => (select.get([word]) as { number: number } | undefined)?.number ?? null,
    wordOf(number: number) {
      const word = words.get(number) ?? (read.get([number]) as { word: string }).word;
      words.set(number, word);
      return word;
    },
  };
}

function conditions(query: RollupQuery, flow: number | undefined): { sql: string; values: SqlValue[] } {
  const parts = ['r.mode = ?', 'r.grain = ?'];
  const values: SqlValue[] = [MODE_CODES[query.mode], GRAINS.slot];
  const add = (sql: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    parts.push(sql);
    values.push(value);
  };
  add('r.flow = ?', flow);
  add('r.hour >= ?', query.from);
  add('r.hour < ?', query.to);
  add('r.version = ?', query.flowVersion);
  return { sql: parts.join(' AND '), values };
}

/** Hops from flow to flow along the index, instead of reading every row of it. */
const EVERY_FLOW = `
  SELECT min(flow) FROM rollups WHERE mode = ?1 AND grain = ${GRAINS.everyDay}
  UNION ALL
  SELECT (SELECT min(flow) FROM rollups WHERE mode = ?1 AND grain = ${GRAINS.everyDay} AND flow > flows.flow)
  FROM flows WHERE flow IS NOT NULL`;

/**
 * One statement, so that it sees one moment. For each flow and piece a stretch of the index is read; the casts let
 * SQLite compare what comes out of JSON with the columns by that index.
 */
function sumStatement(query: RollupSumQuery, flow: number | undefined): { sql: string; values: SqlValue[] } {
  const { mode, bounds, byCountry, flowVersion } = query;
  const names = byCountry ? 'r.flow, r.version, r.step, r.channel, r.country' : 'r.flow, r.version, r.step, r.channel';
  const sql = `
    WITH RECURSIVE flows (flow) AS (${flow === undefined ? EVERY_FLOW : 'SELECT ?3'})
    SELECT p.value ->> 0 AS period, ${names}, group_concat(r.counts) AS counts
    FROM json_each(?2) p CROSS JOIN flows CROSS JOIN rollups r
    WHERE r.mode = ?1 AND r.grain = CAST(p.value ->> 1 AS INTEGER) AND r.flow = flows.flow
      AND r.hour >= CAST(p.value ->> 2 AS INTEGER) AND r.hour < CAST(p.value ->> 3 AS INTEGER)
      AND (?4 = 0 OR r.version = ?4)
    GROUP BY period, ${names}`;
  const pieces = JSON.stringify(piecesOf(bounds, byCountry));
  return { sql, values: [MODE_CODES[mode], pieces, flow ?? 0, flowVersion ?? 0] };
}

function toRollup(row: RollupRow & { hour: number }, { mode }: RollupQuery, wordOf: (n: number) => string): Rollup {
  const { flow, version, step, channel, country, hour } = row;
  const counts: Record<string, number> = {};
  readCounts(row.counts, (code, count) => {
    counts[nameOf(code, wordOf)] = count;
  });
  return { key: { mode, flowId: wordOf(flow), flowVersion: version, step, channel, country, hour }, counts };
}

function toSum(row: RollupRow & { period: number }, wordOf: (number: number) => string): RollupSum {
  const { period, flow, version, step, channel, country = '' } = row;
  const byCode = new Map<number, number>();
  // Buckets are most of it: counted in an array, which is several times as fast as a map.
  const buckets: number[] = [];
  readCounts(row.counts, (code, count) => {
    if (code >= 0) byCode.set(code, (byCode.get(code) ?? 0) + count);
    else buckets[bucketOf(code)] = (buckets[bucketOf(code)] ?? 0) + count;
  });
  const counts: Record<string, number> = {};
  for (const [code, count] of byCode) if (count !== 0) counts[wordOf(code)] = count;
  const latencies = new Map<number, number>();
  buckets.forEach((count, bucket) => {
    if (count !== 0) latencies.set(bucket, count);
  });
  return { period, flowId: wordOf(flow), flowVersion: version, step, channel, country, counts, latencies };
}

function inOrder({ key: a }: Rollup, { key: b }: Rollup): number {
  return (
    a.hour - b.hour ||
    compare(a.flowId, b.flowId) ||
    a.flowVersion - b.flowVersion ||
    compare(a.step, b.step) ||
    compare(a.country, b.country)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
