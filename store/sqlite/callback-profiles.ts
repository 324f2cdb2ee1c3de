import type { CallbackFormat } from '../../schemas/callback';
import { bytesOf } from '../../sqlite/blob';
import type { SqliteDatabase } from '../../sqlite/open';
import type { CallbackProfile, CallbackProfileStore } from '../contract';
import { changedCallbackProfile, newCallbackProfile, type SealedPart, sealedPartOf } from '../new-callback-profile';
import type { Seal } from '../seal';
import { isTaken, mapPage, pagesOf } from './rows';

interface ProfileRow {
  id: string;
  name: string;
  types: string | null;
  format: string;
  sealed: Buffer | ArrayBuffer;
  enabled: number;
  disabled_reason: string | null;
  failing_since: number | null;
  revision: number;
  created_at: number;
  updated_at: number;
}

/** Callback profiles in onward.db: URL, headers, credentials and secrets sealed. */
export function createSqliteCallbackProfiles(db: SqliteDatabase, seal: Seal): CallbackProfileStore {
  const select = db.prepare('SELECT * FROM callback_profiles WHERE id = ?');
  const selectAll = db.prepare('SELECT * FROM callback_profiles ORDER BY created_at, id');
  const insert = db.prepare(
    `INSERT INTO callback_profiles
     (name, types, format, sealed, enabled, disabled_reason, failing_since, revision, created_at, updated_at, id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE callback_profiles SET name = ?, types = ?, format = ?, sealed = ?, enabled = ?, disabled_reason = ?,
     failing_since = ?, revision = ?, created_at = ?, updated_at = ? WHERE id = ?`,
  );
  const remove = db.prepare('DELETE FROM callback_profiles WHERE id = ?');
  const fail = db.prepare('UPDATE callback_profiles SET failing_since = ? WHERE id = ? AND enabled');
  const disable = db.prepare(
    `UPDATE callback_profiles SET failing_since = ?, enabled = 0, disabled_reason = ?, updated_at = ?
     WHERE id = ? AND enabled`,
  );
  const pages = pagesOf<ProfileRow>(db, 'callback_profiles');
  const toProfile = (row: ProfileRow) => profileOf(row, seal);

  const write = (statement: typeof insert, profile: CallbackProfile): CallbackProfile => {
    statement.run(valuesOf(profile, seal));
    return profile;
  };
  const read = (id: string): CallbackProfile | null => {
    const row = select.get([id]) as ProfileRow | undefined;
    return row ? toProfile(row) : null;
  };

  return {
    async create(given, now) {
      try {
        return write(insert, newCallbackProfile(given, now));
      } catch (error) {
        if (isTaken(error, 'callback_profiles.id')) return 'id_taken';
        throw error;
      }
    },
    async get(id) {
      return read(id);
    },
    async list(page) {
      return mapPage(pages(page), toProfile);
    },
    async replace(id, change, now) {
      return db
        .transaction(() => {
          const before = read(id);
          return before ? write(update, changedCallbackProfile(before, change, now)) : null;
        })
        .immediate();
    },
    async delete(id) {
      return remove.run([id]).changes > 0;
    },
    async all() {
      return (selectAll.all([]) as ProfileRow[]).map(toProfile);
    },
    async setHealth(id, health, now) {
      if (health.disable) disable.run([health.failingSince, health.disable, now, id]);
      else fail.run([health.failingSince, id]);
    },
  };
}

function valuesOf(profile: CallbackProfile, seal: Seal) {
  return [
    profile.name,
    profile.types && JSON.stringify(profile.types),
    profile.format,
    seal.seal(sealedPartOf(profile)),
    Number(profile.enabled),
    profile.disabledReason,
    profile.failingSince,
    profile.revision,
    profile.createdAt,
    profile.updatedAt,
    profile.id,
  ];
}

function profileOf(row: ProfileRow, seal: Seal): CallbackProfile {
  return {
    id: row.id,
    name: row.name,
    types: row.types === null ? null : JSON.parse(row.types),
    format: row.format as CallbackFormat,
    ...(JSON.parse(seal.open(bytesOf(row.sealed))) as SealedPart),
    enabled: row.enabled === 1,
    disabledReason: row.disabled_reason as CallbackProfile['disabledReason'],
    failingSince: row.failing_since,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
