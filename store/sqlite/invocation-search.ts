import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { InvocationQuery } from '../contract';
import type { Place } from '../cursor';
import { MODE_CODES, STATUS_CODES } from './view-codes';

interface Condition {
  sql: string;
  values: SqlValue[];
}

const NEWEST: Place = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
const ORDER = 'ORDER BY created_at DESC, number DESC LIMIT ?';

/**
 * Finds runs, newest first. The planner is not asked: it cannot know that an address or a message names few runs, so
 * that each query says by CROSS JOIN or INDEXED BY where it begins.
 */
export function searchStatement(db: SqliteDatabase) {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const word = db.prepare('SELECT number FROM words WHERE word = ?');
  const numberOf = (text: string) => (word.get([text]) as { number: number } | undefined)?.number ?? null;

  return (query: InvocationQuery, recipientHash: string | null, after: Place | null, limit: number): unknown[] => {
    const filter = filterOf(query, numberOf, beginning(query, after));
    if (!filter) return [];
    const { sql, values } = newest(query, recipientHash, filter, limit);
    let statement = statements.get(sql);
    if (!statement) {
      statement = db.prepare(withColumns(sql));
      statements.set(sql, statement);
    }
    return statement.all(values);
  };
}

/** One upper bound of the time, not two: SQLite would seek by the first and walk to the second. */
function beginning(query: InvocationQuery, after: Place | null): Place {
  const place = after ?? NEWEST;
  return query.createdTo !== undefined && query.createdTo < place[0] ? [query.createdTo, NEWEST[1]] : place;
}

function withColumns(numbers: string): string {
  return `SELECT i.number, i.id, f.word AS flow_id, w.word AS workflow_id, i.version, k.word AS key_id, i.external_id,
      i.created_at, i.state
    FROM (${numbers}) AS hit CROSS JOIN invocations i ON i.number = hit.number
      JOIN words f ON f.number = i.flow JOIN words w ON w.number = i.workflow JOIN words k ON k.number = i.key
    ORDER BY hit.created_at DESC, hit.number DESC`;
}

/** The numbers and times of the newest `limit` runs that match. */
function newest(query: InvocationQuery, recipientHash: string | null, filter: Condition, limit: number): Condition {
  const columns = 'i.number AS number, i.created_at AS created_at';
  if (query.providerMessageId !== undefined) {
    return {
      sql: `SELECT DISTINCT ${columns} FROM messages m CROSS JOIN invocations i ON i.id = m.invocation_id
        WHERE m.provider_message_id = ? AND ${filter.sql}${among(recipientHash)} ${ORDER}`,
      values: [query.providerMessageId, ...filter.values, ...amongValues(recipientHash), limit],
    };
  }
  if (recipientHash !== null) {
    return {
      sql: `SELECT i.number AS number, r.created_at AS created_at
        FROM recipients r CROSS JOIN invocations i ON i.id = r.invocation_id
        WHERE r.hash = ? AND r.created_at <= ? AND ${filter.sql} ORDER BY r.created_at DESC, i.number DESC LIMIT ?`,
      values: [recipientHash, filter.values[0] ?? null, ...filter.values, limit],
    };
  }
  const index = query.externalId !== undefined ? 'invocations_external' : indexFor(query);
  if (index) {
    return {
      sql: `SELECT ${columns} FROM invocations i INDEXED BY ${index} WHERE ${filter.sql} ${ORDER}`,
      values: [...filter.values, limit],
    };
  }
  return newestOfEachStatus(filter, limit, columns);
}

/** Null where the newest of each status are to be merged. */
function indexFor(query: InvocationQuery): string | null {
  if (query.status !== undefined) return 'invocations_search';
  return query.workflowId !== undefined ? 'invocations_workflow' : null;
}

/** The index begins with the status. */
function newestOfEachStatus(filter: Condition, limit: number, columns: string): Condition {
  const parts = Object.values(STATUS_CODES).map(
    (status) => `SELECT * FROM (SELECT ${columns} FROM invocations i INDEXED BY invocations_search
      WHERE i.status = ${status} AND ${filter.sql} ${ORDER})`,
  );
  return {
    sql: `SELECT number, created_at FROM (${parts.join(' UNION ALL ')}) ${ORDER}`,
    values: [...parts.flatMap(() => [...filter.values, limit]), limit],
  };
}

/**
 * Null where nothing can match, as no run ever named that workflow or key. The time of the place stands first among
 * the values.
 */
function filterOf(query: InvocationQuery, numberOf: (word: string) => number | null, before: Place): Condition | null {
  const workflow = query.workflowId === undefined ? undefined : numberOf(query.workflowId);
  const key = query.keyId === undefined ? undefined : numberOf(query.keyId);
  if (workflow === null || key === null) return null;
  const parts = ['(i.created_at, i.number) < (?, ?)', 'i.mode = ?'];
  const values: SqlValue[] = [before[0], before[1], MODE_CODES[query.mode]];
  const add = (sql: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    parts.push(sql);
    values.push(value);
  };
  add('i.status = ?', query.status === undefined ? undefined : STATUS_CODES[query.status]);
  add('i.workflow = ?', workflow);
  add('i.version = ?', query.flowVersion);
  add('i.key = ?', key);
  add('i.external_id = ?', query.externalId);
  add('i.created_at >= ?', query.createdFrom);
  return { sql: parts.join(' AND '), values };
}

function among(recipientHash: string | null): string {
  return recipientHash === null ? '' : ' AND i.id IN (SELECT invocation_id FROM recipients WHERE hash = ?)';
}

function amongValues(recipientHash: string | null): string[] {
  return recipientHash === null ? [] : [recipientHash];
}
