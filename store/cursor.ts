import { BadCursor, type Page, type PageRequest } from './contract';

/** Where a page ended: a time and what tells rows of the same time apart. */
export type Place = readonly [timeMs: number, tie: string | number];

/**
 * One page of a list, newest first, by keyset: rows that come in between pages are neither skipped nor seen twice.
 * @param tie what tells rows of the same time apart in this list
 * @param read the first `limit` rows below `after` (from the newest when null), newest first
 * @throws BadCursor
 */
export function readPage<Row>(
  page: PageRequest,
  tie: 'string' | 'number',
  read: (after: Place | null, limit: number) => Row[],
  placeOf: (row: Row) => Place,
): Page<Row> {
  const rows = read(placeAfter(page, tie), page.limit + 1);
  return pageOf(rows, page, placeOf);
}

/** readPage for a store that is elsewhere. */
export async function fetchPage<Row>(
  page: PageRequest,
  tie: 'string' | 'number',
  read: (after: Place | null, limit: number) => Promise<Row[]>,
  placeOf: (row: Row) => Place,
): Promise<Page<Row>> {
  const rows = await read(placeAfter(page, tie), page.limit + 1);
  return pageOf(rows, page, placeOf);
}

function placeAfter({ cursor }: PageRequest, tie: 'string' | 'number'): Place | null {
  return cursor === null ? null : decodeCursor(cursor, tie);
}

/** @param rows one more than the page has, where there are more */
function pageOf<Row>(rows: Row[], { limit }: PageRequest, placeOf: (row: Row) => Place): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items[items.length - 1];
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? encodeCursor(placeOf(last)) : null };
}

function encodeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decodeCursor(cursor: string, tie: 'string' | 'number'): Place {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new BadCursor();
  }
  if (!Array.isArray(place) || place.length !== 2) throw new BadCursor();
  const [time, last] = place as [unknown, unknown];
  if (typeof time !== 'number' || typeof last !== tie) throw new BadCursor();
  return [time, last as string | number];
}
