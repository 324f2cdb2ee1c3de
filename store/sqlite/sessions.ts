import type { SqliteDatabase } from '../../sqlite/open';
import type { SessionStore } from '../contract';

interface SessionRow {
  hash: string;
  person_id: string;
  created_at: number;
  last_seen_at: number;
}

/** Sessions of people, in onward.db. */
export function createSqliteSessions(db: SqliteDatabase): SessionStore {
  const insert = db.prepare('INSERT INTO sessions (hash, person_id, created_at, last_seen_at) VALUES (?, ?, ?, ?)');
  const select = db.prepare('SELECT * FROM sessions WHERE hash = ?');
  const touch = db.prepare('UPDATE sessions SET last_seen_at = ? WHERE hash = ?');
  const remove = db.prepare('DELETE FROM sessions WHERE hash = ?');
  const removeOf = db.prepare('DELETE FROM sessions WHERE person_id = ? AND hash <> ?');
  const sweep = db.prepare('DELETE FROM sessions WHERE last_seen_at < ? OR created_at < ?');

  return {
    async create({ hash, personId, createdAt, lastSeenAt }) {
      insert.run([hash, personId, createdAt, lastSeenAt]);
    },
    async byHash(hash) {
      const row = select.get([hash]) as SessionRow | undefined;
      if (!row) return null;
      return { hash, personId: row.person_id, createdAt: row.created_at, lastSeenAt: row.last_seen_at };
    },
    async seen(hash, at) {
      touch.run([at, hash]);
    },
    async delete(hash) {
      return remove.run([hash]).changes > 0;
    },
    async deleteOf(personId, except) {
      removeOf.run([personId, except ?? '']);
    },
    async sweep({ lastSeenAt, createdAt }) {
      sweep.run([lastSeenAt, createdAt]);
    },
  };
}
