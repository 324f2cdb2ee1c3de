import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Channel, Mode } from '../../schemas/vocabulary';
import { openDatabase, type SqliteDatabase } from '../../sqlite/open';
import type { RollupKey } from '../contract';
import { rollupWriter } from './rollups';
import { MODE_CODES, UNLISTED } from './view-codes';
import { wordNumbers } from './words';

const TABLES = `
  DROP INDEX rollups_key;
  ALTER TABLE rollups RENAME TO rollups_by_hour;
  CREATE TABLE rollups (
    number INTEGER PRIMARY KEY,
    mode INTEGER NOT NULL,
    grain INTEGER NOT NULL,
    flow INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    version INTEGER NOT NULL,
    step TEXT NOT NULL,
    channel TEXT NOT NULL,
    country TEXT NOT NULL,
    counts TEXT NOT NULL,
    latencies TEXT NOT NULL
  );
  CREATE UNIQUE INDEX rollups_key ON rollups (mode, grain, flow, hour, version, step, channel, country);
`;
const FOLD_ANEW = `
  DELETE FROM invocations;
  DELETE FROM recipients;
  DELETE FROM messages;
  DELETE FROM positions;
`;

/**
 * A migration of views.db: rollups by country and slot, and as rollup-grains.ts has them. What was counted by the hour
 * is folded in anew from the log, which has the time of each run's start and its recipient's costs. Where retention has
 * removed any of it, a fold would miss that: then what was counted stays, under its hour and no country.
 */
export function countBySlot(db: SqliteDatabase, viewsFile: string): void {
  db.exec(TABLES);
  if (isAllThere(db, join(dirname(viewsFile), 'onward.db'))) db.exec(FOLD_ANEW);
  else carryOver(db);
  db.exec('DROP TABLE rollups_by_hour');
}

interface HourRow {
  mode: number;
  hour: number;
  flow: number;
  version: number;
  step: string;
  channel: Channel | '';
  counts: string;
}

/** Rows written together: a day that many of them belong to is written once for all. */
const ROWS_AT_ONCE = 5_000;

function carryOver(db: SqliteDatabase): void {
  const number = wordNumbers(db);
  const words = db.prepare('SELECT number, word FROM words').all([]) as { number: number; word: string }[];
  const wordOf = new Map(words.map(({ number, word }) => [number, word]));
  const page = db.prepare(
    `SELECT mode, hour, flow, version, step, channel, counts FROM rollups_by_hour
     WHERE mode IN (0, 1) ORDER BY mode, flow, hour LIMIT ? OFFSET ?`,
  );
  const writer = rollupWriter(db, number);
  for (let at = 0; ; at += ROWS_AT_ONCE) {
    const rows = page.all([ROWS_AT_ONCE, at]) as HourRow[];
    writer.add(rows.map((row) => ({ key: keyOf(row, wordOf), counts: JSON.parse(row.counts) })));
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

function keyOf({ mode, hour, flow, version, step, channel }: HourRow, wordOf: ReadonlyMap<number, string>): RollupKey {
  const modes: readonly Mode[] = ['live', 'test'];
  return {
    mode: modes.find((name) => MODE_CODES[name] === mode) ?? 'live',
    flowId: wordOf.get(flow) ?? '',
    flowVersion: version,
    ...{ step, channel, country: '', hour },
  };
}

/** Whether the log has every event, and every run that is listed its record: retention has removed nothing. */
function isAllThere(views: SqliteDatabase, journalFile: string): boolean {
  const count = (db: SqliteDatabase, sql: string) => (db.prepare(sql).get([]) as { n: number }).n;
  if (count(views, `SELECT count(*) AS n FROM invocations WHERE mode = ${UNLISTED}`) > 0) return false;
  if (!existsSync(journalFile)) return true;
  const journal = openDatabase(journalFile, { durability: 'full', readonly: true });
  try {
    const has = (table: string) =>
      count(journal, `SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = '${table}'`) > 0;
    // Positions count from 1 without gaps.
    const gaps = 'SELECT coalesce(max(position), 0) - count(*) AS n FROM events';
    if (has('events') && count(journal, gaps) > 0) return false;
    const listed = count(views, 'SELECT count(*) AS n FROM invocations');
    return !has('invocation_records') || count(journal, 'SELECT count(*) AS n FROM invocation_records') >= listed;
  } finally {
    journal.close();
  }
}
