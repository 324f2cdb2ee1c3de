import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { InvocationQuery } from '../contract';
import type { Condition } from './merge-newest';
import { MODE_CODES, STATUS_CODES } from './view-codes';

/** Steps by flow (number of its word), version and index, as `[flow, version, index]`. */
export type ReachedSteps = readonly (readonly [flow: number, version: number, index: number])[];

/**
 * What a query asks of the facets `f`.
 * @returns null where nothing can match, as no run ever named that workflow or key
 */
export function facetFilter(db: SqliteDatabase) {
  const word = db.prepare('SELECT number FROM words WHERE word = ?');
  const numberOf = (text: string | undefined) =>
    text === undefined ? undefined : ((word.get([text]) as { number: number } | undefined)?.number ?? null);

  return (query: InvocationQuery, reached: ReachedSteps | null): Condition | null => {
    const workflow = numberOf(query.workflowId);
    const key = numberOf(query.keyId);
    if (workflow === null || key === null || reached?.length === 0) return null;
    const parts = ['f.mode = ?'];
    const values: SqlValue[] = [MODE_CODES[query.mode]];
    const add = (sql: string, value: SqlValue | undefined) => {
      if (value === undefined) return;
      parts.push(sql);
      values.push(value);
    };
    add('f.status = ?', query.status && STATUS_CODES[query.status]);
    add('f.workflow = ?', workflow);
    add('f.version = ?', query.flowVersion);
    add('f.key = ?', key);
    add('f.late = ?', flag(query.late));
    add('f.duplicate = ?', flag(query.duplicate));
    add('f.reason = ?', query.reason);
    if (query.flowIds)
      add(
        'f.flow IN (SELECT w.number FROM words w JOIN json_each(?) j ON w.word = j.value)',
        JSON.stringify(query.flowIds),
      );
    if (query.lateOrDuplicate) parts.push('(f.late = 1 OR f.duplicate = 1)');
    if (reached) add(`(f.flow, f.version, f.reached) IN (${TRIPLES})`, JSON.stringify(reached));
    return { sql: parts.join(' AND '), values };
  };
}

const TRIPLES = `SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
  FROM json_each(?)`;

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** Which steps of which versions have ever reached somebody first, in that mode. */
export function reachedVersions(db: SqliteDatabase) {
  const select = db.prepare(
    `SELECT DISTINCT f.flow, w.word AS flowId, f.version FROM facets f JOIN words w ON w.number = f.flow
     WHERE f.mode = ? AND f.reached >= 0`,
  );
  return (mode: InvocationQuery['mode']) =>
    select.all([MODE_CODES[mode]]) as { flow: number; flowId: string; version: number }[];
}
