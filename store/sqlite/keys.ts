import type { Mode, Role } from '../../schemas/vocabulary';
import type { GroupCommit } from '../../sqlite/group-commit';
import type { ApiKey, FoundKey, KeyStore } from '../contract';
import { foundKey } from '../found-key';
import { createRowCache } from './row-cache';
import { mapPage, pagesOf } from './rows';

const KEYS_HELD = 1000;

interface KeyRow {
  id: string;
  hash: string;
  name: string;
  role: string;
  mode: string;
  hint: string;
  created_at: number;
  flows: string | null;
  expires_at: number | null;
  last_used_at: number | null;
  old_hint: string | null;
  old_until: number | null;
  created_by: string | null;
}

/** API keys in onward.db. A key deleted by another process is refused after a second at the latest. */
export function createSqliteKeys(group: GroupCommit): KeyStore {
  const { db } = group;
  const insert = db.prepare(
    `INSERT INTO api_keys (id, hash, name, role, mode, hint, created_at, flows, expires_at, created_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const select = db.prepare('SELECT * FROM api_keys WHERE hash = ?');
  const selectByOld = db.prepare('SELECT * FROM api_keys WHERE old_hash = ?');
  const selectById = db.prepare('SELECT * FROM api_keys WHERE id = ?');
  const update = db.prepare('UPDATE api_keys SET name = ?, expires_at = ? WHERE id = ?');
  const turn = db.prepare(
    `UPDATE api_keys SET old_hash = hash, old_hint = hint, old_until = ?, hash = ?, hint = ? WHERE id = ?`,
  );
  const use = db.prepare('UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?');
  const remove = db.prepare('DELETE FROM api_keys WHERE id = ?');
  const pages = pagesOf<KeyRow>(db, 'api_keys');
  const held = createRowCache<FoundKey>(db, KEYS_HELD);

  const byId = (id: string): ApiKey | null => {
    const row = selectById.get([id]) as KeyRow | undefined;
    return row ? toKey(row) : null;
  };
  const find = (hash: string): FoundKey | null => {
    const row = select.get([hash]) as KeyRow | undefined;
    if (row) return foundKey(toKey(row), 'current');
    const old = selectByOld.get([hash]) as KeyRow | undefined;
    return old ? foundKey(toKey(old), 'old') : null;
  };

  return {
    async create({ id, name, role, mode, hint, createdAt, flows = null, expiresAt = null, createdBy = null }, hash) {
      insert.run([id, hash, name, role, mode, hint, createdAt, jsonOf(flows), expiresAt, jsonOf(createdBy)]);
    },
    byHash: async (hash) => held.get(hash, () => find(hash)),
    byId: async (id) => byId(id),
    list: async (page) => mapPage(pages(page), toKey),
    async change(id, change) {
      const before = byId(id);
      if (!before) return null;
      const { name, expiresAt } = { ...before, ...change };
      update.run([name, expiresAt, id]);
      held.clear();
      return byId(id);
    },
    async rotate(id, { hash, hint }, overlapEndsAt) {
      turn.run([overlapEndsAt, hash, hint, id]);
      held.clear();
      return byId(id);
    },
    async used(id, at) {
      // In the next group, with whatever else is written: its fsync is not waited for, nor is there one more.
      group.write(() => use.run([at, id]));
      await group.flushed();
    },
    async delete(id) {
      const { changes } = remove.run([id]);
      held.clear();
      return changes > 0;
    },
  };
}

function jsonOf(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function toKey(row: KeyRow): ApiKey {
  const { old_hint: hint, old_until: endsAt } = row;
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    mode: row.mode as Mode,
    hint: row.hint,
    createdAt: row.created_at,
    flows: row.flows === null ? null : (JSON.parse(row.flows) as string[]),
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    overlap: hint === null || endsAt === null ? null : { hint, endsAt },
    createdBy: row.created_by === null ? null : (JSON.parse(row.created_by) as ApiKey['createdBy']),
  };
}
