import type { Channel } from '../../schemas/vocabulary';
import type { GroupCommit } from '../../sqlite/group-commit';
import type { ConsentStore } from '../contract';
import type { Seal } from '../seal';
import { EVERY_CHANNEL } from './schema';

interface ConsentRow {
  purpose: string;
  channel: string;
  granted: number;
  updated_at: number;
}

/** Consents in onward.db; the recipient's ID as a keyed hash. */
export function createSqliteConsents(group: GroupCommit, seal: Seal): ConsentStore {
  const { db } = group;
  const insert = db.prepare(
    'INSERT OR REPLACE INTO consents (mode, recipient_hash, purpose, channel, granted, updated_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // “test” is the greater string, and so is a channel's own name beside the empty one that stands for all.
  const select = db.prepare(
    `SELECT granted FROM consents WHERE recipient_hash = ? AND purpose = ? AND channel IN (?, '${EVERY_CHANNEL}')
     AND mode IN ('live', ?) ORDER BY mode DESC, channel DESC LIMIT 1`,
  );
  const selectAll = db.prepare(
    'SELECT * FROM consents WHERE mode = ? AND recipient_hash = ? ORDER BY purpose, channel',
  );

  return {
    async put(consent) {
      const { mode, purpose, channel, granted, updatedAt } = consent;
      const hash = seal.hash(consent.recipientId);
      group.write(() => insert.run([mode, hash, purpose, channel ?? EVERY_CHANNEL, granted ? 1 : 0, updatedAt]));
      await group.flushed();
    },
    async find(mode, recipientId, purpose, channel) {
      const row = select.get([seal.hash(recipientId), purpose, channel, mode]) as { granted: number } | undefined;
      return row ? row.granted === 1 : null;
    },
    async list(mode, recipientId) {
      const rows = selectAll.all([mode, seal.hash(recipientId)]) as ConsentRow[];
      return rows.map((row) => ({
        mode,
        recipientId,
        purpose: row.purpose,
        channel: row.channel === EVERY_CHANNEL ? null : (row.channel as Channel),
        granted: row.granted === 1,
        updatedAt: row.updated_at,
      }));
    },
  };
}
