import { setImmediate as turn } from 'node:timers/promises';
import { type Histogram, latenciesIn, newHistogram } from '../../core/latency-buckets';
import type { Channel, Mode } from '../../schemas/vocabulary';
import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { Rollup, RollupIndex, RollupQuery, RollupSum, RollupSumQuery } from '../contract';
import { addLatencyText, nameOfBucket, readCounts } from './counts-text';
import { EVERY_FLOW, GRAINS, type Piece, piecesOf } from './rollup-grains';
import { MODE_CODES } from './view-codes';

interface RollupRow {
  flow: number;
  version: number;
  step: string;
  channel: Channel | '';
  country: string;
  /** Of one row, or of several one after the other; null: of none. */
  counts: string | null;
  latencies: string | null;
}

type SumRow = RollupRow & { period: number };

/** @param db a connection to views.db */
export function createSqliteRollups(db: SqliteDatabase): RollupIndex {
  const { wordOf, numberOf } = wordReader(db);
  const everyFlow = db.prepare(EVERY_FLOW);
  const scratch = newHistogram();
  const flowsOf = (mode: Mode) => (everyFlow.all([MODE_CODES[mode]]) as { flow: number }[]).map(({ flow }) => flow);
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
      const columns = 'r.hour, r.flow, r.version, r.step, r.channel, r.country, r.counts, r.latencies';
      const rows = prepared(`SELECT ${columns} FROM rollups r WHERE ${sql}`).all(values) as (RollupRow & {
        hour: number;
      })[];
      return rows.map((row) => toRollup(row, query, wordOf)).sort(inOrder);
    },
    async sums(query, take) {
      const flow = query.flowId === undefined ? undefined : numberOf(query.flowId);
      if (flow === null) return;
      const statement = prepared(sumStatement(query));
      const portions = inPortions(piecesOf(query.bounds, query.byCountry)).map((pieces) => JSON.stringify(pieces));
      for (const one of flow === undefined ? flowsOf(query.mode) : [flow]) {
        for (const pieces of portions) {
          const rows = statement.all([MODE_CODES[query.mode], one, pieces, query.flowVersion ?? 0]) as SumRow[];
          await take(rows.map((row) => toSum(row, wordOf, scratch)).filter(isSomething));
          // Whoever else is to be answered by this process has a turn between.
          await turn();
        }
      }
    },
  };
}

/** Some milliseconds' worth. */
const PIECES_AT_ONCE = 120;

/** Those of one period stay together: all that a run counts is of one period, and is seen at one moment. */
function inPortions(pieces: readonly Piece[]): Piece[][] {
  const portions: Piece[][] = [];
  let portion: Piece[] = [];
  for (const piece of pieces) {
    const last = portion[portion.length - 1];
    if (last && portion.length >= PIECES_AT_ONCE && last[0] !== piece[0]) {
      portions.push(portion);
      portion = [];
    }
    portion.push(piece);
  }
  return portion.length > 0 ? [...portions, portion] : portions;
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

/**
 * For each piece a stretch of the index is read; the casts let SQLite compare what comes out of JSON with the columns by
 * that index.
 */
function sumStatement({ byCountry, latencies }: RollupSumQuery): string {
  const names = byCountry ? 'r.flow, r.version, r.step, r.channel, r.country' : 'r.flow, r.version, r.step, r.channel';
  // An empty text would leave a comma too many.
  const texts = ['counts', ...(latencies ? ['latencies'] : [])];
  const added = texts.map((text) => `group_concat(nullif(r.${text}, '')) AS ${text}`).join(', ');
  return `
    SELECT p.value ->> 0 AS period, ${names}, ${added}
    FROM json_each(?3) p CROSS JOIN rollups r
    WHERE r.mode = ?1 AND r.grain = CAST(p.value ->> 1 AS INTEGER) AND r.flow = ?2
      AND r.hour >= CAST(p.value ->> 2 AS INTEGER) AND r.hour < CAST(p.value ->> 3 AS INTEGER)
      AND (?4 = 0 OR r.version = ?4)
    GROUP BY period, ${names}`;
}

function toRollup(row: RollupRow & { hour: number }, { mode }: RollupQuery, wordOf: (n: number) => string): Rollup {
  const { flow, version, step, channel, country, hour } = row;
  const counts: Record<string, number> = {};
  readCounts(row.counts ?? '', (code, count) => {
    counts[wordOf(code)] = count;
  });
  readCounts(row.latencies ?? '', (bucket, count) => {
    counts[nameOfBucket(bucket)] = count;
  });
  return { key: { mode, flowId: wordOf(flow), flowVersion: version, step, channel, country, hour }, counts };
}

/** @param scratch a histogram that is empty, and is left empty */
function toSum(row: SumRow, wordOf: (number: number) => string, scratch: Histogram): RollupSum {
  const { period, flow, version, step, channel, country = '' } = row;
  const byCode = new Map<number, number>();
  readCounts(row.counts ?? '', (code, count) => byCode.set(code, (byCode.get(code) ?? 0) + count));
  const counts: Record<string, number> = {};
  for (const [code, count] of byCode) if (count !== 0) counts[wordOf(code)] = count;
  let latencies: number[] = [];
  if (row.latencies) {
    addLatencyText(row.latencies, scratch);
    latencies = latenciesIn(scratch);
    scratch.fill(0);
  }
  return { period, flowId: wordOf(flow), flowVersion: version, step, channel, country, counts, latencies };
}

function isSomething({ counts, latencies }: RollupSum): boolean {
  for (const _ in counts) return true;
  return latencies.length > 0;
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
