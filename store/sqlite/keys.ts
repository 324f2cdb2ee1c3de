import type { Mode, Role } from '../../schemas/vocabulary';
import type { SqliteDatabase } from '../../sqlite/open';
import type { ApiKey, KeyStore } from '../contract';
import { createRowCache } from './row-cache';
import { mapPage, pagesOf } from './rows';

const KEYS_HELD = 1000;

interface KeyRow {
  id: string;
  name: string;
  role: string;
  mode: string;
  hint: string;
  created_at: number;
}

/** API keys in onward.db. A key deleted by another process is refused after a second at the latest. */
export function createSqliteKeys(db: SqliteDatabase): KeyStore {
  const insert = db.prepare(
    'INSERT INTO api_keys (id, hash, name, role, mode, hint, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const select = db.prepare('SELECT * FROM api_keys WHERE hash = ?');
  const selectById = db.prepare('SELECT * FROM api_keys WHERE id = ?');
  const remove = db.prepare('DELETE FROM api_keys WHERE id = ?');
  const pages = pagesOf<KeyRow>(db, 'api_keys');
  const held = createRowCache<ApiKey>(db, KEYS_HELD);

  return {
    async create(key, hash) {
      insert.run([key.id, hash, key.name, key.role, key.mode, key.hint, key.createdAt]);
    },
    async byHash(hash) {
      return held.get(hash, () => {
        const row = select.get([hash]) as KeyRow | undefined;
        return row ? toKey(row) : null;
      });
    },
    async byId(id) {
      const row = selectById.get([id]) as KeyRow | undefined;
      return row ? toKey(row) : null;
    },
    async list(page) {
      return mapPage(pages(page), toKey);
    },
    async delete(id) {
      const { changes } = remove.run([id]);
      held.clear();
      return changes > 0;
    },
  };
}

function toKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    mode: row.mode as Mode,
    hint: row.hint,
    createdAt: row.created_at,
  };
}
