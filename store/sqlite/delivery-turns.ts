import type { SqliteDatabase } from '../../sqlite/open';
import { DELIVERY_CODES } from './callbacks-schema';

export interface Turn {
  number: number;
  seq: number;
  due_at: number | null;
  leased: number;
}

/**
 * Whose turn it is among the deliveries of one profile and invocation: the pending one with the lowest `seq`, and it
 * alone has a `due_at`. What has no invocation waits for nobody. All of it is to be called inside a transaction.
 */
export function deliveryTurns(db: SqliteDatabase) {
  const pending = `SELECT number, seq, due_at, leased FROM deliveries INDEXED BY deliveries_run
    WHERE invocation_id = ? AND profile = ? AND invocation_id <> '' AND status = ${DELIVERY_CODES.pending}
    ORDER BY seq, number`;
  const all = db.prepare(pending);
  const first = db.prepare(`${pending} LIMIT 1`);
  const hold = db.prepare('UPDATE deliveries SET due_at = NULL, leased = 0 WHERE number = ?');
  const start = db.prepare('UPDATE deliveries SET due_at = ?, leased = 0 WHERE number = ?');

  return {
    /** The first of those that are pending, whether it is due or not. */
    first(profile: number, invocationId: string): Turn | undefined {
      return invocationId === '' ? undefined : (first.get([invocationId, profile]) as Turn | undefined);
    },

    /**
     * Gives the first one its turn, at `now` where it has none. Nothing happens while another is being made: it has its
     * lease, and whoever settles it calls here.
     */
    pass(profile: number, invocationId: string, now: number): void {
      if (invocationId === '') return;
      const turns = all.all([invocationId, profile]) as Turn[];
      const holder = turns.find(({ due_at }) => due_at !== null);
      if (holder?.leased && Number(holder.due_at) > now) return;
      const [next] = turns;
      if (!next || next === holder) return;
      if (holder) hold.run([holder.number]);
      start.run([now, next.number]);
    },
  };
}
