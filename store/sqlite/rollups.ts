import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { Contribution, RollupKey } from '../contract';
import { bucketIn, type Counted, type CountsByCode, readCounts, writeCounts } from './counts-text';
import { furtherPlaces, GRAINS, type Place } from './rollup-grains';
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

  function count(sum: Counted, counts: Contribution['counts']): void {
    for (const name in counts) {
      const bucket = bucketIn(name);
      if (bucket === null) addTo(sum.counts, wordNumber(name), counts[name] ?? 0);
      else addTo(sum.latencies, bucket, counts[name] ?? 0);
    }
  }

  return {
    prepare(contributions) {
      for (const { key, counts } of contributions) {
        wordNumber(key.flowId);
        for (const name in counts) {
          if (prepared.has(name)) continue;
          if (bucketIn(name) === null) wordNumber(name);
          prepared.add(name);
        }
      }
    },
    add(contributions) {
      const sums = new Map<string, { key: RollupKey; place: Place; sum: Counted }>();
      const sumAt = (key: RollupKey, place: Place): Counted => {
        const { mode, flowId, flowVersion, channel, step } = key;
        const name = `${mode} ${flowId} ${flowVersion} ${place.grain} ${place.hour} ${place.country} ${channel} ${step}`;
        let found = sums.get(name);
        if (!found) {
          found = { key, place, sum: { counts: new Map(), latencies: new Map() } };
          sums.set(name, found);
        }
        return found.sum;
      };
      // First as it is counted, then further: most of a batch falls into few slots.
      for (const { key, counts } of contributions) {
        count(sumAt(key, { grain: GRAINS.slot, hour: key.hour, country: key.country }), counts);
      }
      for (const { key, sum } of [...sums.values()]) {
        for (const place of furtherPlaces(key.hour, key.country)) addAll(sumAt(key, place), sum);
      }
      for (const { key, place, sum } of sums.values()) rows.add(valuesOf(key, place, wordNumber), sum);
    },
  };
}

function addAll(to: Counted, added: Counted): void {
  for (const [code, count] of added.counts) addTo(to.counts, code, count);
  for (const [bucket, count] of added.latencies) addTo(to.latencies, bucket, count);
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

const KEY =
  'mode = ? AND grain = ? AND flow = ? AND hour = ? AND version = ? AND step = ? AND channel = ? AND country = ?';

/** The rows themselves, each at mode, grain, flow, hour, version, step, channel, country. */
export function rollupRows(db: SqliteDatabase) {
  const select = db.prepare(`SELECT number, counts, latencies FROM rollups WHERE ${KEY}`);
  const insert = db.prepare(
    `INSERT INTO rollups (mode, grain, flow, hour, version, step, channel, country, counts, latencies)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare('UPDATE rollups SET counts = ?, latencies = ? WHERE number = ?');
  const remove = db.prepare('DELETE FROM rollups WHERE number = ?');
  return {
    /** A row of which nothing is left goes. */
    add(place: readonly SqlValue[], added: Counted): void {
      const row = select.get([...place]) as { number: number; counts: string; latencies: string } | undefined;
      if (!row) {
        insert.run([...place, writeCounts(added.counts), writeCounts(added.latencies)]);
        return;
      }
      const counts = grown(row.counts, added.counts);
      const latencies = grown(row.latencies, added.latencies);
      if (counts === '' && latencies === '') remove.run([row.number]);
      else update.run([counts, latencies, row.number]);
    },
  };
}

function grown(text: string, added: CountsByCode): string {
  if (added.size === 0) return text;
  const counts: CountsByCode = new Map();
  readCounts(text, (code, count) => counts.set(code, count));
  for (const [code, count] of added) addTo(counts, code, count);
  return writeCounts(counts);
}
