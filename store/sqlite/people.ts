import type { PersonRole } from '../../schemas/vocabulary';
import { bytesOf } from '../../sqlite/blob';
import type { SqliteDatabase } from '../../sqlite/open';
import type { Person, PersonChange, PersonStore } from '../contract';
import { changedPerson, emailHash, newPerson, openedOf, sealedOf } from '../new-person';
import type { Seal } from '../seal';
import { isTaken, mapPage, pagesOf } from './rows';

interface PersonRow {
  id: string;
  name: string;
  role: string;
  disabled: number;
  sealed: Buffer | ArrayBuffer;
  created_at: number;
  active_since: number | null;
  last_seen_at: number | null;
}

/** Who signs in, in onward.db. */
export function createSqlitePeople(db: SqliteDatabase, seal: Seal): PersonStore {
  const select = db.prepare('SELECT * FROM people WHERE id = ?');
  const selectByEmail = db.prepare('SELECT * FROM people WHERE email_hash = ?');
  const insert = db.prepare(
    `INSERT INTO people (email_hash, name, role, disabled, sealed, created_at, active_since, last_seen_at, id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE people SET email_hash = ?, name = ?, role = ?, disabled = ?, sealed = ?, created_at = ?, active_since = ?,
     last_seen_at = ? WHERE id = ?`,
  );
  const remove = db.prepare('DELETE FROM people WHERE id = ?');
  const pages = pagesOf<PersonRow>(db, 'people');
  const toPerson = (row: PersonRow) => personOf(row, seal);
  const read = (id: string): Person | null => {
    const row = select.get([id]) as PersonRow | undefined;
    return row ? toPerson(row) : null;
  };
  const changed = db.transaction((id: string, change: PersonChange): Person | null => {
    const before = read(id);
    if (!before) return null;
    const person = changedPerson(before, change);
    update.run(valuesOf(person, seal));
    return person;
  });

  return {
    async create(given, now) {
      const person = newPerson(given, now);
      try {
        insert.run(valuesOf(person, seal));
        return person;
      } catch (error) {
        if (isTaken(error, 'people.email_hash')) return 'email_taken';
        if (isTaken(error, 'people.id')) return 'id_taken';
        throw error;
      }
    },
    async get(id) {
      return read(id);
    },
    async byEmail(email) {
      const row = selectByEmail.get([emailHash(email, seal)]) as PersonRow | undefined;
      return row ? toPerson(row) : null;
    },
    async list(page) {
      return mapPage(pages(page), toPerson);
    },
    async change(id, change) {
      try {
        return changed.immediate(id, change);
      } catch (error) {
        if (isTaken(error, 'people.email_hash')) return 'email_taken';
        throw error;
      }
    },
    async delete(id) {
      return remove.run([id]).changes > 0;
    },
  };
}

function valuesOf(person: Person, seal: Seal) {
  return [
    emailHash(person.email, seal),
    person.name,
    person.role,
    Number(person.disabled),
    sealedOf(person, seal),
    person.createdAt,
    person.activeSince,
    person.lastSeenAt,
    person.id,
  ];
}

function personOf(row: PersonRow, seal: Seal): Person {
  return {
    id: row.id,
    ...openedOf(bytesOf(row.sealed), seal),
    name: row.name,
    role: row.role as PersonRole,
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    activeSince: row.active_since,
    lastSeenAt: row.last_seen_at,
  };
}
