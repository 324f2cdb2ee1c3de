import type { SqliteDatabase } from '../../sqlite/open';
import type { Ticket, TicketStore } from '../contract';

interface TicketRow {
  hash: string;
  kind: string;
  person_id: string;
  expires_at: number;
}

/** Links that somebody gets in by once, in onward.db: a link that was used is gone. */
export function createSqliteTickets(db: SqliteDatabase): TicketStore {
  const insert = db.prepare('INSERT INTO tickets (hash, kind, person_id, expires_at) VALUES (?, ?, ?, ?)');
  const select = db.prepare('SELECT * FROM tickets WHERE hash = ? AND kind = ? AND expires_at > ?');
  const remove = db.prepare('DELETE FROM tickets WHERE hash = ?');
  const removeOf = db.prepare('DELETE FROM tickets WHERE person_id = ? AND (kind = ? OR ? IS NULL)');
  const sweep = db.prepare('DELETE FROM tickets WHERE expires_at <= ?');

  const find = (kind: Ticket['kind'], hash: string, now: number): Ticket | null => {
    const row = select.get([hash, kind, now]) as TicketRow | undefined;
    return row ? { hash, kind, personId: row.person_id, expiresAt: row.expires_at } : null;
  };
  return {
    async put({ hash, kind, personId, expiresAt }, now) {
      sweep.run([now]);
      insert.run([hash, kind, personId, expiresAt]);
    },
    async find(kind, hash, now) {
      return find(kind, hash, now);
    },
    async take(kind, hash, now) {
      const ticket = find(kind, hash, now);
      // Whoever deletes it has it.
      return ticket && remove.run([hash]).changes > 0 ? ticket : null;
    },
    async drop(personId, kind) {
      removeOf.run([personId, kind, kind]);
    },
  };
}
