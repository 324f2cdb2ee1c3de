import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { Delivery, DeliveryQuery, Page, PageRequest } from '../contract';
import { type Place, readPage } from '../cursor';
import type { Seal } from '../seal';
import { codeOfType, DELIVERY_CODES } from './callbacks-schema';
import { type AttemptRow, attemptOf, type DeliveryRow, deliveryOf, STATUSES, wholeDeliveries } from './delivery-rows';
import { mapPage } from './rows';

/** What is read of callbacks.db without any lock. */
export function deliveryReads(db: SqliteDatabase, seal: Seal) {
  const position = db.prepare('SELECT position FROM positions WHERE partition = ?');
  const byId = db.prepare(`${wholeDeliveries('deliveries d')} WHERE d.id = ?`);
  const attempts = db.prepare('SELECT a.* FROM attempts a WHERE a.delivery = ? ORDER BY a.number');
  const ofRun = db.prepare(
    `${wholeDeliveries('deliveries d INDEXED BY deliveries_run')}
     WHERE d.invocation_id = ? AND d.invocation_id <> '' ORDER BY d.created_at, d.seq, d.number`,
  );
  /** The longest due of a profile. */
  const oldest = (which = '') => `SELECT due_at FROM deliveries INDEXED BY deliveries_due
    WHERE profile = p.number AND due_at IS NOT NULL ${which} ORDER BY due_at LIMIT 1`;
  const due = db.prepare(`SELECT id FROM profiles p WHERE pending > 0 AND (${oldest()}) <= ?`);
  const next = db.prepare(`SELECT min((${oldest()})) AS at FROM profiles p WHERE pending > 0`);
  const backlog = db.prepare(
    `SELECT coalesce(sum(pending), 0) AS pending, min((${oldest('AND leased = 0')})) AS oldestDueAt
     FROM profiles p WHERE pending > 0`,
  );
  const profile = db.prepare('SELECT number FROM profiles WHERE id = ?');
  const numberOf = (id: string) => (profile.get([id]) as { number: number } | undefined)?.number ?? null;
  const list = deliveryLists(db, seal, numberOf);
  const rowOf = (id: string) => byId.get([id]) as DeliveryRow | undefined;

  return {
    list: async (query: DeliveryQuery, page: PageRequest) => list(query, page),
    async readTo(partition: number) {
      return (position.get([partition]) as { position: number } | undefined)?.position ?? null;
    },
    async dueProfiles(now: number) {
      return (due.all([now]) as { id: string }[]).map(({ id }) => id);
    },
    async nextDueAt() {
      return (next.get([]) as { at: number | null }).at;
    },
    async get(id: string) {
      const row = rowOf(id);
      return row ? deliveryOf(row, seal) : null;
    },
    async attempts(id: string) {
      const row = rowOf(id);
      return row ? (attempts.all([row.number]) as AttemptRow[]).map((one) => attemptOf(one, seal)) : [];
    },
    async ofInvocation(invocationId: string) {
      return (ofRun.all([invocationId]) as DeliveryRow[]).map((row) => deliveryOf(row, seal));
    },
    async backlog() {
      const { pending, oldestDueAt } = backlog.get([]) as { pending: number; oldestDueAt: number | null };
      return { pending, oldestDueAt };
    },
  };
}

const NEWEST: Place = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/**
 * Lists of one profile, newest first. Without a status each of the three is read from its own stretch of the index and
 * the newest of all are taken, so that one index serves either way.
 * @param profileNumber null: nothing was ever made for it
 */
function deliveryLists(db: SqliteDatabase, seal: Seal, profileNumber: (id: string) => number | null) {
  const ofStatus = pageStatement(db, 'd.profile = ? AND d.status = ?', 'deliveries_list');
  const ofRun = pageStatement(
    db,
    "d.profile = ? AND d.status = ? AND d.invocation_id = ? AND d.invocation_id <> ''",
    'deliveries_run',
  );

  return (query: DeliveryQuery, page: PageRequest): Page<Delivery> => {
    const profile = profileNumber(query.profileId);
    const statuses = query.status === undefined ? STATUSES : [query.status];
    const type = query.type === undefined ? null : codeOfType(query.type);
    const span = [query.from ?? Number.MIN_SAFE_INTEGER, query.to ?? Number.MAX_SAFE_INTEGER, type, type];
    const read = (after: Place | null, limit: number): DeliveryRow[] => {
      if (profile === null) return [];
      const rows = statuses.flatMap((status) => {
        const head: SqlValue[] = [profile, DELIVERY_CODES[status]];
        const tail = [...span, ...(after ?? NEWEST), limit];
        if (query.invocationId === undefined) return ofStatus.all([...head, ...tail]) as DeliveryRow[];
        return ofRun.all([...head, query.invocationId, ...tail]) as DeliveryRow[];
      });
      return rows.sort((a, b) => b.created_at - a.created_at || b.number - a.number).slice(0, limit);
    };
    const rows = readPage(page, 'number', read, (row) => [row.created_at, row.number]);
    return mapPage(rows, (row) => deliveryOf(row, seal));
  };
}

/** The rows are joined only once it is known which ones the page has. */
function pageStatement(db: SqliteDatabase, where: string, index: string) {
  const numbers = `SELECT d.number FROM deliveries d INDEXED BY ${index} WHERE ${where}
    AND d.created_at >= ? AND d.created_at < ? AND (? IS NULL OR d.type = ?) AND (d.created_at, d.number) < (?, ?)
    ORDER BY d.created_at DESC, d.number DESC LIMIT ?`;
  return db.prepare(wholeDeliveries(`(${numbers}) n CROSS JOIN deliveries d ON d.number = n.number`));
}
