import type { SqliteDatabase } from '../../sqlite/open';
import type { PriceStore } from '../contract';
import { createPriceStore } from '../price-table';

/** The price table in onward.db, a row for each revision. */
export function createSqlitePrices(db: SqliteDatabase): PriceStore {
  const newest = db.prepare('SELECT MAX(revision) AS revision FROM price_tables');
  const read = db.prepare('SELECT revision, rows FROM price_tables ORDER BY revision DESC LIMIT 1');
  const insert = db.prepare('INSERT OR IGNORE INTO price_tables (revision, rows, made_at) VALUES (?, ?, ?)');
  const empty = db.prepare("UPDATE price_tables SET rows = '' WHERE revision < ? AND rows <> ''");
  return createPriceStore({
    async newest() {
      return (newest.get([]) as { revision: number | null }).revision ?? 0;
    },
    async read() {
      return (read.get([]) as { revision: number; rows: string } | undefined) ?? null;
    },
    async insert(revision, rows, now) {
      return insert.run([revision, rows, now]).changes === 1;
    },
    async emptyBefore(revision) {
      empty.run([revision]);
    },
  });
}
