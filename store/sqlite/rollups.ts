import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { Contribution, RollupKey } from '../contract';
import { type CountsByCode, codeOf, readCounts, writeCounts } from './counts-text';
import { GRAINS, type Place, placesOf } from './rollup-grains';
import { MODE_CODES } from './view-codes';

/** One row a key and grain with all its counts: a batch touches few keys. See rollup-grains.ts and counts-text.ts. */
export interface RollupWriter {
  /** Gives the words that the contributions need their numbers: within the transaction none is given. */
  prepare(contributions: Iterable<Contribution>): void;
  /** To be called inside the batch's transaction. */
  add(contributions: Iterable<Pick<Contribution, 'key' | 'counts'>>): void;
}

export type RollupName = Omit<RollupKey, 'hour' | 'country'>;

/** @param wordNumber the number of a word; one that has none is given one */
export function rollupWriter(db: SqliteDatabase, wordNumber: (word: string) => number): RollupWriter {
  const rows = rollupRows(db);
  const prepared = new Set<string>();

  return {
    prepare(contributions) {
      for (const { key, counts } of contributions) {
        wordNumber(key.flowId);
        for (const name in counts) {
          if (prepared.has(name)) continue;
          codeOf(name, wordNumber);
          prepared.add(name);
        }
      }
    },
    add(contributions) {
      const sums = new Map<string, { key: RollupKey; place: Place; counts: CountsByCode }>();
      const sumOf = (key: RollupKey, place: Place): CountsByCode => {
        const { mode, flowId, flowVersion, channel, step } = key;
        const name = `${mode} ${flowId} ${flowVersion} ${place.grain} ${place.hour} ${place.country} ${channel} ${step}`;
        let sum = sums.get(name);
        if (!sum) {
          sum = { key, place, counts: new Map() };
          sums.set(name, sum);
        }
        return sum.counts;
      };
      // First as it is counted, then further: most of a batch falls into few slots.
      for (const { key, counts } of contributions) {
        const sum = sumOf(key, { grain: GRAINS.slot, hour: key.hour, country: key.country });
        for (const name in counts) addTo(sum, codeOf(name, wordNumber), counts[name] ?? 0);
      }
      for (const { key, counts } of [...sums.values()]) {
        for (const place of placesOf(key.hour, key.country)) {
          if (place.grain === GRAINS.slot) continue;
          const sum = sumOf(key, place);
          for (const [code, count] of counts) addTo(sum, code, count);
        }
      }
      for (const { key, place, counts } of sums.values()) rows.add(valuesOf(key, place, wordNumber), counts);
    },
  };
}

function addTo(counts: CountsByCode, code: number, count: number): void {
  counts.set(code, (counts.get(code) ?? 0) + count);
}

function valuesOf(
  { mode, flowId, flowVersion, step, channel }: RollupName,
  place: Place,
  number: (w: string) => number,
) {
  const { grain, hour, country } = place;
  return [MODE_CODES[mode], grain, number(flowId), hour, flowVersion, step, channel, country];
}

/** The rows themselves, each at mode, grain, flow, hour, version, step, channel, country. */
export function rollupRows(db: SqliteDatabase) {
  const key =
    'mode = ? AND grain = ? AND flow = ? AND hour = ? AND version = ? AND step = ? AND channel = ? AND country = ?';
  const select = db.prepare(`SELECT number, counts FROM rollups WHERE ${key}`);
  const insert = db.prepare(
    'INSERT INTO rollups (mode, grain, flow, hour, version, step, channel, country, counts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare('UPDATE rollups SET counts = ? WHERE number = ?');
  const remove = db.prepare('DELETE FROM rollups WHERE number = ?');
  return {
    /** A row of which nothing is left goes. */
    add(place: readonly SqlValue[], added: CountsByCode): void {
      const row = select.get([...place]) as { number: number; counts: string } | undefined;
      if (!row) {
        insert.run([...place, writeCounts(added)]);
        return;
      }
      const counts: CountsByCode = new Map();
      readCounts(row.counts, (code, count) => counts.set(code, count));
      for (const [code, count] of added) addTo(counts, code, count);
      const text = writeCounts(counts);
      if (text === '') remove.run([row.number]);
      else update.run([text, row.number]);
    },
  };
}
