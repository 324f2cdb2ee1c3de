import type { GroupCommit } from '../../sqlite/group-commit';
import type { SqlValue } from '../../sqlite/open';
import { areaOf, auditPage, type StagedEntry } from '../audit-pages';
import type { AuditEntry, AuditQuery, AuditStore } from '../contract';
import type { Place } from '../cursor';

interface AuditRow {
  at: number;
  id: string;
  done: number;
  by_kind: string;
  by_id: string;
  by_name: string;
  action: string;
  resource_kind: string;
  resource_id: string | null;
  before: string | null;
  after: string | null;
  outcome: string | null;
  status: number | null;
  request_id: string;
}

const COLUMNS = [
  ...['at', 'id', 'done', 'by_kind', 'by_id', 'by_name', 'area', 'action', 'resource_kind', 'resource_id'],
  ...['before', 'after', 'outcome', 'status', 'request_id'],
];
const NEWEST: Place = [Number.MAX_SAFE_INTEGER, ''];

/** The audit in onward.db: its triggers let nobody change or remove a row. */
export function createSqliteAudit(group: GroupCommit): AuditStore {
  const rows = group.table('audit', COLUMNS);
  return {
    append(entry, stage) {
      rows.add(valuesOf(entry, stage === 'done'));
      return group.flushed();
    },
    list(query, page) {
      const { sql, values } = filterOf(query);
      const select = group.db.prepare(
        `SELECT * FROM audit WHERE (at, id) < (?, ?) AND ${sql} ORDER BY at DESC, id DESC, done DESC LIMIT ?`,
      );
      return auditPage(page, async (after, limit) => {
        return (select.all([...(after ?? NEWEST), ...values, limit]) as AuditRow[]).map(toStaged);
      });
    },
  };
}

function filterOf({ who, action, resource, from, to }: AuditQuery): { sql: string; values: SqlValue[] } {
  const parts: [sql: string, ...values: SqlValue[]][] = [['1']];
  if (who !== undefined) parts.push(['by_id = ?', who]);
  if (action !== undefined) parts.push(['(action = ? OR area = ?)', action, action]);
  if (resource !== undefined) parts.push(['(resource_id = ? OR resource_kind = ?)', resource, resource]);
  if (from !== undefined) parts.push(['at >= ?', from]);
  if (to !== undefined) parts.push(['at < ?', to]);
  return { sql: parts.map(([sql]) => sql).join(' AND '), values: parts.flatMap(([, ...values]) => values) };
}

function valuesOf(entry: AuditEntry, done: boolean): SqlValue[] {
  const { at, id, by, action, resource, before, after, outcome, status, requestId } = entry;
  return [
    ...[at, id, Number(done), by.kind, by.id, by.name, areaOf(action), action, resource.kind, resource.id],
    ...[before, after, outcome, status, requestId],
  ];
}

function toStaged(row: AuditRow): StagedEntry {
  const { at, id, action, before, after, status } = row;
  const entry: AuditEntry = {
    ...{ id, at, action, before, after, status },
    by: { kind: row.by_kind as AuditEntry['by']['kind'], id: row.by_id, name: row.by_name },
    resource: { kind: row.resource_kind, id: row.resource_id },
    outcome: row.outcome as AuditEntry['outcome'],
    requestId: row.request_id,
  };
  return { entry, done: row.done === 1 };
}
