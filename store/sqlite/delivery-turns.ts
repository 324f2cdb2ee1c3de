import type { SqliteDatabase } from '../../sqlite/open';
import { DELIVERY_CODES } from './callbacks-schema';

interface Turn {
  number: number;
  seq: number;
  due_at: number | null;
  leased: number;
}

const COLUMNS = 'SELECT number, seq, due_at, leased FROM deliveries INDEXED BY deliveries_run';
const PAIR = "invocation_id = ? AND profile = ? AND invocation_id <> ''";

/**
 * Whose turn it is among the deliveries of one profile and invocation: the pending one with the lowest `seq`, and it
 * alone has a `due_at`. What has no invocation waits for nobody. All of it is to be called inside a transaction.
 */
export function deliveryTurns(db: SqliteDatabase) {
  const first = db.prepare(
    `${COLUMNS} WHERE ${PAIR} AND status = ${DELIVERY_CODES.pending} ORDER BY seq, number LIMIT 1`,
  );
  const due = db.prepare(`${COLUMNS} WHERE ${PAIR} AND due_at IS NOT NULL ORDER BY seq, number LIMIT 1`);
  const hold = db.prepare('UPDATE deliveries SET due_at = NULL, leased = 0 WHERE number = ?');
  const start = db.prepare('UPDATE deliveries SET due_at = ?, leased = 0 WHERE number = ?');

  return {
    /** The first of those that are pending, whether it is due or not. */
    first: (profile: number, invocationId: string): Turn | undefined =>
      invocationId === '' ? undefined : (first.get([invocationId, profile]) as Turn | undefined),

    /**
     * Gives the first one its turn, at `now` where it has none. Nothing happens while another is being made: it has its
     * lease, and whoever settles it calls here.
     */
    pass(profile: number, invocationId: string, now: number): void {
      if (invocationId === '') return;
      const pair = [invocationId, profile];
      const holder = due.get(pair) as Turn | undefined;
      if (holder?.leased && Number(holder.due_at) > now) return;
      const next = first.get(pair) as Turn | undefined;
      if (!next || next.number === holder?.number) return;
      if (holder) hold.run([holder.number]);
      start.run([now, next.number]);
    },
  };
}
