import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteHistories } from '../../log/sqlite/histories';
import { SqliteLog } from '../../log/sqlite/log';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { describeStore } from '../conformance/store-suite';
import type { StoreUnderTest } from '../conformance/store-under-test';

describeStore('the SQLite store', async () => openIn(mkdtempSync(join(tmpdir(), 'onward-store-'))));

async function openIn(folder: string): Promise<StoreUnderTest> {
  const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  const seal = createSeal('a secret');
  const viewsFile = join(folder, 'views.db');
  const callbacksFile = join(folder, 'callbacks.db');
  const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: {} });
  const views = createSqliteViews(viewsFile);
  const closeFiles = async () => {
    await views.close();
    await log.close();
    await store.close();
    group.close();
  };
  return {
    store,
    views,
    hash: seal.hash,
    events: { histories: new SqliteHistories(log), keep: (records) => log.append('onward.events', records) },
    async reopen() {
      await closeFiles();
      return openIn(folder);
    },
    async close() {
      await closeFiles();
      rmSync(folder, { recursive: true });
    },
  };
}
