import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteLog } from '../../log/sqlite/log';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import type { Store } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';

export interface CallbackStore {
  store: Store;
  log: SqliteLog;
  folder: string;
  close(): Promise<void>;
}

/** The store on files that a deliverer works on. */
export function openCallbackStore(root: string, secret: string): CallbackStore {
  return reopenCallbackStore(mkdtempSync(join(root, 'data-')), secret);
}

export function reopenCallbackStore(folder: string, secret: string): CallbackStore {
  const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  const [viewsFile, callbacksFile] = [join(folder, 'views.db'), join(folder, 'callbacks.db')];
  const store = openSqliteStore({ group, viewsFile, callbacksFile, seal: createSeal(secret), catalog: {} });
  return {
    store,
    log,
    folder,
    async close() {
      await log.close();
      await store.close();
      group.close();
    },
  };
}
