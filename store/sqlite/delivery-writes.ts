import type { SqliteDatabase } from '../../sqlite/open';
import type { Delivery, DeliveryOutcome, NewDelivery } from '../contract';
import type { Seal } from '../seal';
import { codeOfType, DELIVERY_CODES } from './callbacks-schema';
import { type DeliveryRow, deliveryOf, wholeDeliveries } from './delivery-rows';
import { deliveryTurns } from './delivery-turns';
import { MODE_CODES } from './view-codes';

/** Deliveries asked for again in one transaction: some milliseconds. */
const PORTION = 500;
const { pending: PENDING, failed: FAILED } = DELIVERY_CODES;

export type Place = readonly [createdAtMs: number, number: number];

/** Inside the transaction. */
export function adding(db: SqliteDatabase) {
  const turns = deliveryTurns(db);
  const insert = db.prepare(
    `INSERT INTO deliveries
     (id, profile, invocation_id, seq, type, mode, status, created_at, due_at, settled_at, leased, tries, attempts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0) ON CONFLICT (id) DO NOTHING`,
  );
  const body = db.prepare('INSERT INTO bodies (number, sealed) VALUES (?, ?)');
  const move = db.prepare(
    `INSERT INTO positions (partition, position) VALUES (?, ?)
     ON CONFLICT (partition) DO UPDATE SET position = max(position, excluded.position)`,
  );
  return {
    one(profile: number, delivery: NewDelivery, sealed: Buffer): void {
      const { id, invocationId, seq, type, mode, createdAt, held } = delivery;
      const first = held ? undefined : turns.first(profile, invocationId);
      const fate = held ? [FAILED, createdAt, null, createdAt] : [PENDING, createdAt, first ? null : createdAt, null];
      const row = [id, profile, invocationId, seq, codeOfType(type), MODE_CODES[mode], ...fate];
      const made = insert.run(row);
      if (made.changes === 0) return;
      body.run([Number(made.lastInsertRowid), sealed]);
      if (first && first.seq > seq) turns.pass(profile, invocationId, createdAt);
    },
    moved: (partition: number, position: number) => move.run([partition, position]),
  };
}

interface DueRow {
  number: number;
  invocation_id: string;
  leased: number;
}

/** Inside the transaction, all but `any`. */
export function claiming(db: SqliteDatabase, seal: Seal) {
  const turns = deliveryTurns(db);
  const dueOnes = `FROM deliveries INDEXED BY deliveries_due
    WHERE profile = ? AND due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT`;
  const any = db.prepare(`SELECT 1 ${dueOnes} 1`);
  const due = db.prepare(`SELECT number, invocation_id, leased ${dueOnes} ?`);
  const whole = db.prepare(
    `${wholeDeliveries('json_each(?) n CROSS JOIN deliveries d ON d.number = n.value')} ORDER BY n.key`,
  );
  const lease = db.prepare(
    'UPDATE deliveries SET due_at = ?, leased = 1 WHERE number IN (SELECT value FROM json_each(?))',
  );
  /** Its lease ran out. Meanwhile an earlier one may have been asked for again, and that one has to be first. */
  const firstOf = (profile: number, { number, invocation_id }: DueRow, now: number): number => {
    turns.pass(profile, invocation_id, now);
    return turns.first(profile, invocation_id)?.number ?? number;
  };
  return {
    any: (profile: number, now: number) => any.get([profile, now]) !== undefined,
    /** @returns them as they were before, `dueAt` included */
    take(profile: number, now: number, leaseUntil: number, limit: number): Delivery[] {
      const rows = due.all([profile, now, limit]) as DueRow[];
      const numbers = JSON.stringify(rows.map((row) => (row.leased ? firstOf(profile, row, now) : row.number)));
      const deliveries = (whole.all([numbers]) as DeliveryRow[]).map((row) => deliveryOf(row, seal));
      lease.run([leaseUntil, numbers]);
      return deliveries;
    },
  };
}

interface SettledRow {
  number: number;
  profile: number;
  invocation_id: string;
  status: number;
  attempts: number;
}
const SETTLED_COLUMNS = 'SELECT number, profile, invocation_id, status, attempts FROM deliveries WHERE id = ?';

interface Answered {
  at: number;
  durationMs: number;
  responseCode: number | null;
  answer: Buffer;
}

/**
 * Inside the transaction. Whose lease had run out may settle after another has: every attempt is noted, that it was
 * delivered counts from whomever it comes, and anything else only while it is pending.
 */
export function settling(db: SqliteDatabase) {
  const turns = deliveryTurns(db);
  const select = db.prepare(SETTLED_COLUMNS);
  const attempt = db.prepare(
    'INSERT INTO attempts (delivery, number, at, duration_ms, response_code, sealed) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const tried = db.prepare(
    'UPDATE deliveries SET attempts = attempts + 1, tries = tries + 1, response_code = ? WHERE number = ?',
  );
  const settle = db.prepare(
    `UPDATE deliveries SET attempts = attempts + 1, tries = tries + 1, response_code = ?, status = ?, due_at = ?,
     settled_at = ?, leased = 0 WHERE number = ?`,
  );
  return (id: string, { at, durationMs, responseCode, answer }: Answered, outcome: DeliveryOutcome, now: number) => {
    const row = select.get([id]) as SettledRow | undefined;
    if (!row) return;
    attempt.run([row.number, row.attempts + 1, at, Math.round(durationMs), responseCode, answer]);
    const counts = row.status === PENDING || (row.status === FAILED && outcome.status === 'delivered');
    if (!counts) {
      tried.run([responseCode, row.number]);
      return;
    }
    const dueAt = outcome.status === 'pending' ? outcome.dueAt : null;
    settle.run([responseCode, DELIVERY_CODES[outcome.status], dueAt, dueAt === null ? now : null, row.number]);
    turns.pass(row.profile, row.invocation_id, now);
  };
}

/** Inside the transaction, all but `failed`. */
export function redelivering(db: SqliteDatabase) {
  const turns = deliveryTurns(db);
  const select = db.prepare(SETTLED_COLUMNS);
  const leased = db.prepare('UPDATE deliveries SET tries = 0 WHERE number = ? AND leased AND due_at > ?');
  const again = db.prepare(
    `UPDATE deliveries SET status = ${PENDING}, tries = 0, settled_at = NULL, leased = 0, due_at = ? WHERE number = ?`,
  );
  const failed = db.prepare(
    `SELECT id, number, created_at FROM deliveries INDEXED BY deliveries_list
     WHERE profile = ? AND status = ${FAILED} AND created_at >= ? AND (created_at, number) > (?, ?)
     ORDER BY created_at, number LIMIT ${PORTION}`,
  );
  return {
    /** @param only of that status alone */
    one(id: string, now: number, only?: number): boolean {
      const row = select.get([id]) as SettledRow | undefined;
      if (!row || (only !== undefined && row.status !== only)) return false;
      // It is being made at this moment: that is at once.
      if (leased.run([row.number, now]).changes > 0) return true;
      again.run([row.invocation_id === '' ? now : null, row.number]);
      turns.pass(row.profile, row.invocation_id, now);
      return true;
    },
    failed(profile: number, after: Place): { id: string; number: number; created_at: number }[] {
      return failed.all([profile, after[0], ...after]) as { id: string; number: number; created_at: number }[];
    },
  };
}
