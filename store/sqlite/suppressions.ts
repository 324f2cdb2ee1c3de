import { ulid } from 'ulid';
import type { Channel, Mode, Reason } from '../../schemas/vocabulary';
import type { GroupCommit } from '../../sqlite/group-commit';
import { hintOf } from '../address-hint';
import type { Suppression, SuppressionStore } from '../contract';
import type { Seal } from '../seal';
import { createRowCache } from './row-cache';
import { mapPage, pagesOf } from './rows';
import { EVERY_CHANNEL } from './schema';

interface SuppressionRow {
  id: string;
  mode: string;
  channel: string;
  address_hint: string;
  reason: string;
  created_at: number;
}

/** Suppressed addresses in onward.db, by keyed hash. */
export function createSqliteSuppressions(group: GroupCommit, seal: Seal): SuppressionStore {
  const { db } = group;
  const insert = db.prepare(
    `INSERT OR IGNORE INTO suppressions (id, mode, channel, address_hash, address_hint, reason, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const one = db.prepare('SELECT * FROM suppressions WHERE mode = ? AND address_hash = ? AND channel = ?');
  const either = db.prepare(
    `SELECT reason FROM suppressions WHERE mode = ? AND address_hash = ? AND channel IN (?, '${EVERY_CHANNEL}') LIMIT 1`,
  );
  const ofOne = db.prepare(
    'SELECT * FROM suppressions WHERE mode = ? AND address_hash = ? ORDER BY created_at DESC, id DESC',
  );
  const remove = db.prepare('DELETE FROM suppressions WHERE id = ?');
  const any = db.prepare('SELECT 1 FROM suppressions LIMIT 1');
  const known = createRowCache<{ any: boolean }>(db, 1);
  const pages = pagesOf<SuppressionRow>(db, 'suppressions', 'mode = ?');

  return {
    async add({ mode, channel, address, reason }, now) {
      const place = [mode, seal.hash(address), channel ?? EVERY_CHANNEL];
      const before = one.get(place) as SuppressionRow | undefined;
      if (before) return toSuppression(before);
      const [, hash, on] = place as [string, string, string];
      group.write(() => insert.run([`sup_${ulid(now)}`, mode, on, hash, hintOf(address), reason, now]));
      await group.flushed();
      known.clear();
      return toSuppression(one.get(place) as SuppressionRow);
    },
    async find(mode, channel, address) {
      // Most systems have few or none: the hash and the look-up are spared to every send where there are none at all.
      if (known.get('any', () => (any.get([]) ? { any: true } : { any: false }))?.any === false) return null;
      const row = either.get([mode, seal.hash(address), channel]) as { reason: string } | undefined;
      return row ? (row.reason as Reason) : null;
    },
    async list(mode, page) {
      return mapPage(pages(page, [mode]), toSuppression);
    },
    async ofAddress(mode, address) {
      return (ofOne.all([mode, seal.hash(address)]) as SuppressionRow[]).map(toSuppression);
    },
    async delete(id) {
      return remove.run([id]).changes > 0;
    },
  };
}

function toSuppression(row: SuppressionRow): Suppression {
  return {
    id: row.id,
    channel: row.channel === EVERY_CHANNEL ? null : (row.channel as Channel),
    addressHint: row.address_hint,
    reason: row.reason as Reason,
    mode: row.mode as Mode,
    createdAt: row.created_at,
  };
}
