import type { Db } from 'mongodb';
import type { ApiKey, KeyStore } from '../contract';
import { createHeld } from './held';
import { listPage, mapPage } from './pages';

const KEYS_HELD = 1_000;

interface KeyDocument extends Omit<ApiKey, 'id'> {
  _id: string;
  hash: string;
}

/** API keys in MongoDB. A key deleted by another process is refused after a second at the latest. */
export function createMongoKeys(db: Db): KeyStore {
  const keys = db.collection<KeyDocument>('api_keys');
  const held = createHeld<ApiKey>(KEYS_HELD);

  return {
    async create({ id, ...key }, hash) {
      await keys.insertOne({ _id: id, hash, ...key });
    },
    byHash(hash) {
      return held.get(hash, async () => {
        const document = await keys.findOne({ hash });
        return document && toKey(document);
      });
    },
    async byId(id) {
      const document = await keys.findOne({ _id: id });
      return document && toKey(document);
    },
    async list(page) {
      return mapPage(await listPage(keys, {}, page), toKey);
    },
    async delete(id) {
      const { deletedCount } = await keys.deleteOne({ _id: id });
      held.clear();
      return deletedCount > 0;
    },
  };
}

function toKey({ _id, hash: _hash, ...key }: KeyDocument): ApiKey {
  return { id: _id, ...key };
}
