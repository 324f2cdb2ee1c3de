import type { Provider } from '../../schemas/vocabulary';
import { bytesOf } from '../../sqlite/blob';
import type { SqliteDatabase } from '../../sqlite/open';
import type { AccountStore, ProviderAccount } from '../contract';
import { changedAccount, newAccount } from '../new-account';
import type { Seal } from '../seal';
import { isTaken, mapPage, pagesOf } from './rows';

interface AccountRow {
  id: string;
  name: string;
  provider: string;
  is_default: number;
  enabled: number;
  per_second: number | null;
  settings: string;
  credentials: Buffer | ArrayBuffer;
  revision: number;
  created_at: number;
  updated_at: number;
}

/** Provider accounts in onward.db, their credentials sealed. */
export function createSqliteAccounts(db: SqliteDatabase, seal: Seal): AccountStore {
  const select = db.prepare('SELECT * FROM provider_accounts WHERE id = ?');
  const selectAll = db.prepare('SELECT * FROM provider_accounts ORDER BY created_at, id');
  const insert = db.prepare(
    `INSERT INTO provider_accounts
     (name, provider, is_default, enabled, per_second, settings, credentials, revision, created_at, updated_at, id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE provider_accounts SET name = ?, provider = ?, is_default = ?, enabled = ?, per_second = ?, settings = ?,
     credentials = ?, revision = ?, created_at = ?, updated_at = ? WHERE id = ?`,
  );
  const unmark = db.prepare(
    'UPDATE provider_accounts SET is_default = 0 WHERE provider = ? AND id <> ? AND is_default',
  );
  const remove = db.prepare('DELETE FROM provider_accounts WHERE id = ?');
  const pages = pagesOf<AccountRow>(db, 'provider_accounts');
  const toAccount = (row: AccountRow) => accountOf(row, seal);

  const read = (id: string): ProviderAccount | null => {
    const row = select.get([id]) as AccountRow | undefined;
    return row ? toAccount(row) : null;
  };
  /** In one transaction: there are never two defaults, and never none where there was one. */
  const write = (statement: typeof insert, account: ProviderAccount): ProviderAccount => {
    statement.run(valuesOf(account, seal));
    if (account.isDefault) unmark.run([account.provider, account.id]);
    return account;
  };

  return {
    async create(given, now) {
      try {
        return db.transaction(() => write(insert, newAccount(given, now))).immediate();
      } catch (error) {
        if (isTaken(error, 'provider_accounts.id')) return 'id_taken';
        throw error;
      }
    },
    async get(id) {
      return read(id);
    },
    async list(page) {
      return mapPage(pages(page), toAccount);
    },
    async replace(id, change, now) {
      return db
        .transaction(() => {
          const before = read(id);
          return before ? write(update, changedAccount(before, change, now)) : null;
        })
        .immediate();
    },
    async delete(id) {
      return remove.run([id]).changes > 0;
    },
    async all() {
      return (selectAll.all([]) as AccountRow[]).map(toAccount);
    },
  };
}

function valuesOf(account: ProviderAccount, seal: Seal) {
  return [
    account.name,
    account.provider,
    Number(account.isDefault),
    Number(account.enabled),
    account.perSecond,
    JSON.stringify(account.settings),
    seal.seal(JSON.stringify(account.credentials)),
    account.revision,
    account.createdAt,
    account.updatedAt,
    account.id,
  ];
}

function accountOf(row: AccountRow, seal: Seal): ProviderAccount {
  return {
    id: row.id,
    name: row.name,
    provider: row.provider as Provider,
    isDefault: row.is_default === 1,
    enabled: row.enabled === 1,
    perSecond: row.per_second,
    settings: JSON.parse(row.settings),
    credentials: JSON.parse(seal.open(bytesOf(row.credentials))),
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
