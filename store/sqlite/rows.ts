import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { Page, PageRequest } from '../contract';
import { type Place, readPage } from '../cursor';

interface Listed {
  id: string;
  created_at: number;
}

/** Before every row: no row is newer. */
const NEWEST: Place = [Number.MAX_SAFE_INTEGER, ''];

/**
 * Pages of a table that has `created_at` and `id`, newest first.
 * @param where a condition on the rows, with its values; it must be the head of an index on (…, created_at, id)
 */
export function pagesOf<Row extends Listed>(db: SqliteDatabase, table: string, where = '1') {
  const select = db.prepare(
    `SELECT * FROM ${table} WHERE ${where} AND (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?`,
  );
  return (page: PageRequest, values: readonly SqlValue[] = []): Page<Row> =>
    readPage(
      page,
      'string',
      (after, limit) => select.all([...values, ...(after ?? NEWEST), limit]) as Row[],
      (row) => [row.created_at, row.id],
    );
}

/** The same page of other items. */
export function mapPage<A, B>(page: Page<A>, to: (item: A) => B): Page<B> {
  return { items: page.items.map(to), nextCursor: page.nextCursor };
}

/** Whether that constraint of a table refused a write; `column` as in `flows.name`. */
export function isTaken(error: unknown, column: string): boolean {
  return error instanceof Error && error.message.includes('UNIQUE constraint failed') && error.message.endsWith(column);
}
