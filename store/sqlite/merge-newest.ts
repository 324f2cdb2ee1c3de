import type { SqlValue } from '../../sqlite/open';
import type { Place } from '../cursor';

export interface Condition {
  sql: string;
  values: SqlValue[];
}

/** A run in its facet. */
export interface Head {
  facet: number;
  created_at: number;
  number: number;
}

const PORTION = 8;

/**
 * The newest `limit` of several lists, each of which is newest first.
 * @param heads the newest of each list, newest first; of more lists than `limit` the rest has nothing that counts
 * @param read the next of one list below a place
 */
export function mergeNewest(
  heads: readonly Head[],
  limit: number,
  read: (facet: number, after: Place, most: number) => Head[],
): Head[] {
  const [only] = heads;
  if (!only) return [];
  if (heads.length === 1) return [only, ...read(only.facet, placeOf(only), limit - 1)].slice(0, limit);
  const lists = heads.map((head) => [head]);
  const merged: Head[] = [];
  while (merged.length < limit) {
    const list = newestOf(lists);
    const head = list?.shift();
    if (!list || !head) break;
    merged.push(head);
    if (list.length === 0) list.push(...read(head.facet, placeOf(head), Math.min(PORTION, limit - merged.length)));
  }
  return merged;
}

function placeOf({ created_at, number }: Head): Place {
  return [created_at, number];
}

function newestOf(lists: readonly Head[][]): Head[] | null {
  let newest: Head[] | null = null;
  for (const list of lists) {
    const [head] = list;
    if (head && (!newest?.[0] || isNewer(head, newest[0]))) newest = list;
  }
  return newest;
}

function isNewer(a: Head, b: Head): boolean {
  return a.created_at > b.created_at || (a.created_at === b.created_at && a.number > b.number);
}
