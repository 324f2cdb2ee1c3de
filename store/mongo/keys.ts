import type { Db } from 'mongodb';
import type { ApiKey, FoundKey, KeyStore } from '../contract';
import { foundKey } from '../found-key';
import { createHeld } from './held';
import { listPage, mapPage } from './pages';

const KEYS_HELD = 1_000;

/** What came later than the rest is not in every document. */
interface KeyDocument
  extends Pick<ApiKey, 'name' | 'role' | 'mode' | 'hint' | 'createdAt'>,
    Partial<Pick<ApiKey, 'flows' | 'expiresAt' | 'lastUsedAt' | 'createdBy'>> {
  _id: string;
  hash: string;
  /** The secret before the last rotation. */
  old?: { hash: string; hint: string; endsAt: number } | null;
}

/** API keys in MongoDB. A key deleted by another process is refused after a second at the latest. */
export function createMongoKeys(db: Db): KeyStore {
  const keys = db.collection<KeyDocument>('api_keys');
  const held = createHeld<FoundKey>(KEYS_HELD);

  return {
    async create({ id, flows = null, expiresAt = null, createdBy = null, ...key }, hash) {
      await keys.insertOne({ _id: id, hash, ...key, flows, expiresAt, createdBy, lastUsedAt: null, old: null });
    },
    byHash(hash) {
      return held.get(hash, async () => {
        const document = await keys.findOne({ hash });
        if (document) return foundKey(toKey(document), 'current');
        const old = await keys.findOne({ 'old.hash': hash });
        return old && foundKey(toKey(old), 'old');
      });
    },
    async byId(id) {
      const document = await keys.findOne({ _id: id });
      return document && toKey(document);
    },
    async list(page) {
      return mapPage(await listPage(keys, {}, page), toKey);
    },
    async change(id, { name, expiresAt }) {
      const change = { ...(name !== undefined && { name }), ...(expiresAt !== undefined && { expiresAt }) };
      const document =
        Object.keys(change).length === 0
          ? await keys.findOne({ _id: id })
          : await keys.findOneAndUpdate({ _id: id }, { $set: change }, { returnDocument: 'after' });
      held.clear();
      return document && toKey(document);
    },
    async rotate(id, { hash, hint }, endsAt) {
      for (;;) {
        const before = await keys.findOne({ _id: id });
        if (!before) return null;
        const old = { hash: before.hash, hint: before.hint, endsAt };
        // Where another has rotated it meanwhile, its secret is the old one.
        const document = await keys.findOneAndUpdate(
          { _id: id, hash: before.hash },
          { $set: { hash, hint, old } },
          { returnDocument: 'after' },
        );
        held.clear();
        if (document) return toKey(document);
      }
    },
    async used(id, at) {
      await keys.updateOne({ _id: id }, { $max: { lastUsedAt: at } });
    },
    async delete(id) {
      const { deletedCount } = await keys.deleteOne({ _id: id });
      held.clear();
      return deletedCount > 0;
    },
  };
}

function toKey({ _id, hash: _hash, old, ...key }: KeyDocument): ApiKey {
  const { flows = null, expiresAt = null, lastUsedAt = null, createdBy = null } = key;
  const overlap = old ? { hint: old.hint, endsAt: old.endsAt } : null;
  return { id: _id, ...key, flows, expiresAt, lastUsedAt, overlap, createdBy };
}
