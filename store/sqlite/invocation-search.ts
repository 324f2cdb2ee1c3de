import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { InvocationQuery } from '../contract';
import type { Place } from '../cursor';
import { facetFilter, type ReachedSteps } from './facet-filter';
import { type Condition, type Head, mergeNewest } from './merge-newest';
import { MODE_CODES } from './view-codes';

const NEWEST: Place = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
/** Past so many, what more a recipient or an external ID has does not matter for where a search begins. */
const COUNTED = 1_000;

/** What a search names by hash or number instead of by what it was given. */
export interface Resolved {
  recipientHash: string | null;
  /** Null: no step or channel is asked for. */
  reached: ReachedSteps | null;
}

/**
 * Finds runs, newest first. Whatever has few values is looked for among the facets, of which there are hundreds where
 * there are a million runs; in each of those that match the runs stand by their time, and so the newest of all is found
 * by merging, at a price that does not grow with the runs: also where few match among many, or none does.
 * The planner is not asked, as it cannot know that: each query says by INDEXED BY or CROSS JOIN where it begins.
 */
export function searchStatement(db: SqliteDatabase) {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const all = <Row>({ sql, values }: Condition): Row[] => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement.all(values) as Row[];
  };
  const filterOf = facetFilter(db);

  return (query: InvocationQuery, resolved: Resolved, after: Place | null, limit: number): unknown[] => {
    const facets = filterOf(query, resolved.reached);
    if (!facets) return [];
    const within = timesOf(query, after);
    const found =
      query.providerMessageId === undefined
        ? newestOfFacets(all, sourceOf(all, query, resolved.recipientHash), facets, within, limit)
        : all<Head>(ofMessage(query, resolved.recipientHash, facets, within, limit));
    if (found.length === 0) return [];
    const rows = all<{ number: number }>(columnsOf(found));
    const places = new Map(rows.map((row) => [row.number, row]));
    return found.map(({ number }) => places.get(number)).filter((row) => row !== undefined);
  };
}

type Reader = <Row>(statement: Condition) => Row[];

/** Rows that have `facet`, `created_at` and `number`, by an index that begins so. */
interface Source {
  rows: string;
  where: Condition;
}

interface Within {
  /** One upper bound of the time, not two: SQLite would seek by the first and walk to the second. */
  before: Place;
  from: number | undefined;
}

function timesOf(query: InvocationQuery, after: Place | null): Within {
  const place = after ?? NEWEST;
  const { createdFrom, createdTo } = query;
  const before: Place = createdTo !== undefined && createdTo < place[0] ? [createdTo, NEWEST[1]] : place;
  return { before, from: createdFrom };
}

/** Of a recipient and an external ID that has fewer runs leads, and the other one is looked up in each of those. */
function sourceOf(all: Reader, { externalId }: InvocationQuery, recipientHash: string | null): Source {
  if (recipientHash !== null) {
    const recipient = { sql: 'x.hash = ?', values: [recipientHash] };
    if (externalId === undefined) return { rows: 'recipients x', where: recipient };
    const runs = (table: string, where: Condition) => {
      const { sql, values } = where;
      return all({ sql: `SELECT 1 FROM ${table} WHERE ${sql} LIMIT ${COUNTED}`, values }).length;
    };
    const external = { sql: 'x.external_id = ?', values: [externalId] };
    // Of two that have many the recipient is the cheaper one to look up.
    if (runs('recipients x', recipient) < runs('invocations x', external)) {
      const same = 'EXISTS (SELECT 1 FROM invocations e WHERE e.number = x.number AND e.external_id = ?)';
      return { rows: 'recipients x', where: both(recipient, { sql: same, values: [externalId] }) };
    }
    return { rows: EXTERNAL, where: both(external, isFor(recipientHash)) };
  }
  if (externalId !== undefined) return { rows: EXTERNAL, where: { sql: 'x.external_id = ?', values: [externalId] } };
  return { rows: 'invocations x INDEXED BY invocations_facet', where: { sql: '1', values: [] } };
}

const EXTERNAL = 'invocations x INDEXED BY invocations_external';

function both(a: Condition, b: Condition): Condition {
  return { sql: `${a.sql} AND ${b.sql}`, values: [...a.values, ...b.values] };
}

function isFor(recipientHash: string): Condition {
  return {
    sql: `EXISTS (SELECT 1 FROM recipients r
      WHERE r.hash = ? AND r.facet = x.facet AND r.created_at = x.created_at AND r.number = x.number)`,
    values: [recipientHash],
  };
}

function newestOfFacets(all: Reader, source: Source, facets: Condition, within: Within, limit: number): Head[] {
  const { rows, where } = source;
  const { before, from } = within;
  const since = from === undefined ? '' : ' AND x.created_at >= ?';
  const least: SqlValue[] = from === undefined ? [] : [from];
  const inFacet = (facet: string) =>
    `FROM ${rows} WHERE ${where.sql} AND x.facet = ${facet} AND (x.created_at, x.number) < (?, ?)${since}
     ORDER BY x.created_at DESC, x.number DESC LIMIT`;
  const heads = all<Head>({
    sql: `SELECT head.facet AS facet, i.created_at AS created_at, i.number AS number
      FROM (SELECT f.number AS facet, (SELECT x.number ${inFacet('f.number')} 1) AS number
        FROM facets f WHERE ${facets.sql}) AS head CROSS JOIN invocations i ON i.number = head.number
      ORDER BY i.created_at DESC, i.number DESC LIMIT ?`,
    values: [...where.values, before[0], before[1], ...least, ...facets.values, limit],
  });
  const sql = `SELECT x.facet AS facet, x.created_at AS created_at, x.number AS number ${inFacet('?')} ?`;
  return mergeNewest(heads, limit, (facet, [at, number], most) =>
    all<Head>({ sql, values: [...where.values, facet, at, number, ...least, most] }),
  );
}

/** A message names few runs: they are looked at one by one. */
function ofMessage(
  { providerMessageId, externalId }: InvocationQuery,
  recipientHash: string | null,
  facets: Condition,
  { before, from }: Within,
  limit: number,
): Condition {
  const parts: Condition[] = [
    { sql: 'm.provider_message_id = ?', values: [providerMessageId ?? ''] },
    { sql: '(x.created_at, x.number) < (?, ?)', values: [...before] },
    facets,
  ];
  if (from !== undefined) parts.push({ sql: 'x.created_at >= ?', values: [from] });
  if (externalId !== undefined) parts.push({ sql: 'x.external_id = ?', values: [externalId] });
  if (recipientHash !== null) parts.push(isFor(recipientHash));
  const { sql, values } = parts.reduce(both);
  return {
    sql: `SELECT DISTINCT x.facet AS facet, x.created_at AS created_at, x.number AS number
      FROM messages m CROSS JOIN invocations x ON x.id = m.invocation_id CROSS JOIN facets f ON f.number = x.facet
      WHERE ${sql} ORDER BY x.created_at DESC, x.number DESC LIMIT ?`,
    values: [...values, limit],
  };
}

function columnsOf(found: readonly Head[]): Condition {
  return {
    sql: `SELECT i.number, i.id, f.word AS flow_id, w.word AS workflow_id, i.version, k.word AS key_id, i.external_id,
        i.created_at, i.state
      FROM json_each(?) AS hit CROSS JOIN invocations i ON i.number = hit.value
        JOIN words f ON f.number = i.flow JOIN words w ON w.number = i.workflow JOIN words k ON k.number = i.key
      WHERE i.mode IN (${Object.values(MODE_CODES).join(', ')})`,
    values: [JSON.stringify(found.map(({ number }) => number))],
  };
}
