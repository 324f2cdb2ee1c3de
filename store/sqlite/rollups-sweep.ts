import type { SqliteDatabase } from '../../sqlite/open';
import { type CountsByCode, readCounts } from './counts-text';
import { EVERY_FLOW, furtherPlaces, GRAINS } from './rollup-grains';
import { rollupRows } from './rollups';
import { MODE_CODES } from './view-codes';

interface SweptRow {
  number: number;
  hour: number;
  flow: number;
  version: number;
  step: string;
  channel: string;
  country: string;
  counts: string;
  latencies: string;
}

/**
 * Removes rollups of slots before a moment, and takes what they counted from the days and blocks that it was added to,
 * so that those are at any time what is left. To be called inside a transaction.
 * @returns how many slots went
 */
export function rollupsSweep(db: SqliteDatabase): (before: number, limit: number) => number {
  const flows = db.prepare(EVERY_FLOW);
  const select = db.prepare(
    `SELECT number, hour, flow, version, step, channel, country, counts, latencies FROM rollups
     WHERE mode = ? AND grain = ${GRAINS.slot} AND flow = ? AND hour < ? LIMIT ?`,
  );
  const remove = db.prepare('DELETE FROM rollups WHERE number = ?');
  const rows = rollupRows(db);

  function sweepRow(mode: number, row: SweptRow): void {
    const taken = { counts: takenFrom(row.counts), latencies: takenFrom(row.latencies) };
    for (const { grain, hour, country } of furtherPlaces(row.hour, row.country)) {
      rows.add([mode, grain, row.flow, hour, row.version, row.step, row.channel, country], taken);
    }
    remove.run([row.number]);
  }

  return (before, limit) => {
    let swept = 0;
    for (const mode of Object.values(MODE_CODES)) {
      for (const { flow } of flows.all([mode]) as { flow: number }[]) {
        if (swept >= limit) return swept;
        const old = select.all([mode, flow, before, limit - swept]) as SweptRow[];
        for (const row of old) sweepRow(mode, row);
        swept += old.length;
      }
    }
    return swept;
  };
}

function takenFrom(text: string): CountsByCode {
  const taken: CountsByCode = new Map();
  readCounts(text, (code, count) => taken.set(code, -count));
  return taken;
}
