import type { Db } from 'mongodb';
import type { AccountStore, ProviderAccount } from '../contract';
import { changedAccount, newAccount } from '../new-account';
import type { Seal } from '../seal';
import { isTaken } from './faults';
import { listPage } from './pages';

interface AccountDocument extends Omit<ProviderAccount, 'id' | 'isDefault' | 'settings' | 'credentials'> {
  _id: string;
  /** JSON: settings may have names that a document cannot have as fields. */
  settings: string;
  /** Sealed. */
  credentials: Buffer;
}

/** Which account of a provider is marked: one document a provider, so that there are never two. */
interface DefaultDocument {
  /** The provider. */
  _id: string;
  account: string;
}

/** How often a change is made again that another process came in the way of. */
const TRIES_MAX = 10;

/** Provider accounts in MongoDB, their credentials sealed. */
export function createMongoAccounts(db: Db, seal: Seal): AccountStore {
  const accounts = db.collection<AccountDocument>('provider_accounts');
  const defaults = db.collection<DefaultDocument>('provider_defaults');

  const marked = async (): Promise<ReadonlySet<string>> =>
    new Set((await defaults.find({}).toArray()).map(({ account }) => account));
  const mark = async ({ id, provider, isDefault }: ProviderAccount): Promise<void> => {
    if (!isDefault) {
      await defaults.deleteOne({ _id: provider, account: id });
      return;
    }
    const set = () => defaults.updateOne({ _id: provider }, { $set: { account: id } }, { upsert: true });
    // Two that insert at once: the second one finds the first one's document.
    await set().catch((error) => (isTaken(error) ? set() : Promise.reject(error)));
  };
  const read = async (id: string): Promise<ProviderAccount | null> => {
    const document = await accounts.findOne({ _id: id });
    return document && accountOf(document, await marked(), seal);
  };

  return {
    async create(given, now) {
      const account = newAccount(given, now);
      try {
        await accounts.insertOne(documentOf(account, seal));
      } catch (error) {
        if (isTaken(error)) return 'id_taken';
        throw error;
      }
      await mark(account);
      return account;
    },
    get: read,
    async list(page) {
      const { items, nextCursor } = await listPage(accounts, {}, page, { kind: 'pac_' });
      const defaults = items.length > 0 ? await marked() : new Set<string>();
      return { items: items.map((document) => accountOf(document, defaults, seal)), nextCursor };
    },
    async replace(id, change, now) {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const before = await read(id);
        if (!before) return null;
        const account = changedAccount(before, change, now);
        const { _id, ...fields } = documentOf(account, seal);
        const { matchedCount } = await accounts.updateOne({ _id, revision: before.revision }, { $set: fields });
        if (matchedCount === 0) continue;
        await mark(account);
        return account;
      }
      throw new Error(`${TRIES_MAX} writes of others came in the way of one of the provider account ${id}`);
    },
    async delete(id) {
      const { deletedCount } = await accounts.deleteOne({ _id: id });
      await defaults.deleteMany({ account: id });
      return deletedCount > 0;
    },
    async all() {
      const documents = await accounts.find({}).sort({ createdAt: 1, _id: 1 }).toArray();
      const defaults = documents.length > 0 ? await marked() : new Set<string>();
      return documents.map((document) => accountOf(document, defaults, seal));
    },
  };
}

function documentOf(account: ProviderAccount, seal: Seal): AccountDocument {
  const { id, isDefault: _marked, settings, credentials, ...fields } = account;
  return {
    _id: id,
    ...fields,
    settings: JSON.stringify(settings),
    credentials: seal.seal(JSON.stringify(credentials)),
  };
}

function accountOf(document: AccountDocument, defaults: ReadonlySet<string>, seal: Seal): ProviderAccount {
  const { _id, settings, credentials, ...fields } = document;
  return {
    id: _id,
    ...fields,
    isDefault: defaults.has(_id),
    settings: JSON.parse(settings),
    credentials: JSON.parse(seal.open(credentials)),
  };
}
