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
    'INSERT OR REPLACE INTO consents (recipient_hash, purpose, channel, granted, updated_at) VALUES (?, ?, ?, ?, ?)',
  );
  // The channel's own word is the greater string, as every channel's name is longer than the empty one.
  const select = db.prepare(
    `SELECT granted FROM consents WHERE recipient_hash = ? AND purpose = ? AND channel IN (?, '${EVERY_CHANNEL}')
     ORDER BY channel DESC LIMIT 1`,
  );
  const selectAll = db.prepare('SELECT * FROM consents WHERE recipient_hash = ? ORDER BY purpose, channel');

  return {
    async put(consent) {
      const { purpose, channel, granted, updatedAt } = consent;
      const hash = seal.hash(consent.recipientId);
      group.write(() => insert.run([hash, purpose, channel ?? EVERY_CHANNEL, granted ? 1 : 0, updatedAt]));
      await group.flushed();
    },
    async find(recipientId, purpose, channel) {
      const row = select.get([seal.hash(recipientId), purpose, channel]) as { granted: number } | undefined;
      return row ? row.granted === 1 : null;
    },
    async list(recipientId) {
      const rows = selectAll.all([seal.hash(recipientId)]) as ConsentRow[];
      return rows.map((row) => ({
        recipientId,
        purpose: row.purpose,
        channel: row.channel === EVERY_CHANNEL ? null : (row.channel as Channel),
        granted: row.granted === 1,
        updatedAt: row.updated_at,
      }));
    },
  };
}
