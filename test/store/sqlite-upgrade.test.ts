import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { asLogged, mixed, projectorOver, publishSample, rollupsOf, withoutZeros } from '../support/projected-runs';
import { fallbackRun, sampleRecord } from '../support/sample-runs';
import { temporaryFolder } from '../support/temporary-folder';

const T0 = 1_700_000_000_000;
const root = temporaryFolder();

/** views.db as Onward made it before there were rollups. */
const BEFORE_ROLLUPS = `
  CREATE TABLE words (number INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
  CREATE TABLE invocations (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, mode INTEGER NOT NULL, status INTEGER NOT NULL,
    flow INTEGER NOT NULL, workflow INTEGER NOT NULL, version INTEGER NOT NULL, key INTEGER NOT NULL,
    external_id TEXT, created_at INTEGER NOT NULL, ended_at INTEGER, seq INTEGER NOT NULL, state TEXT NOT NULL
  );
  CREATE INDEX invocations_search ON invocations (mode, status, created_at, workflow, version, key);
  CREATE INDEX invocations_workflow ON invocations (workflow, mode, created_at, version, key);
  CREATE INDEX invocations_external ON invocations (external_id, created_at) WHERE external_id IS NOT NULL;
  CREATE TABLE recipients (
    hash TEXT NOT NULL, created_at INTEGER NOT NULL, invocation_id TEXT NOT NULL,
    PRIMARY KEY (hash, created_at, invocation_id)
  ) WITHOUT ROWID;
  CREATE TABLE messages (
    provider_message_id TEXT NOT NULL, provider TEXT NOT NULL, invocation_id TEXT NOT NULL, step TEXT NOT NULL,
    attempt INTEGER NOT NULL, PRIMARY KEY (provider_message_id, provider)
  ) WITHOUT ROWID;
  CREATE TABLE positions (partition INTEGER PRIMARY KEY, position INTEGER NOT NULL);
`;

/** What such an Onward had folded in: one run, up to position 3. */
const FOLDED = `
  INSERT INTO words VALUES (1, 'flw_gone'), (2, 'wf_gone'), (3, 'key_1');
  INSERT INTO invocations VALUES (1, 'inv_1', 1, 1, 1, 2, 1, 3, NULL, ${T0}, ${T0}, 12, '{"steps":[{},{}]}');
  INSERT INTO recipients VALUES ('hash', ${T0}, 'inv_1');
  INSERT INTO messages VALUES ('inv_1-wa', 'sandbox', 'inv_1', 'whatsapp', 1);
  INSERT INTO positions VALUES (0, 3);
`;

function oldFile(): string {
  const file = join(mkdtempSync(join(root, 'data-')), 'views.db');
  const db = openDatabase(file, { durability: 'normal' });
  migrate(db, 'views', [BEFORE_ROLLUPS]);
  db.exec(FOLDED);
  db.close();
  return file;
}

test('a read model from before there were rollups is built anew from the log’s first record, rollups and all', async () => {
  const viewsFile = oldFile();
  const group = new GroupCommit(openDatabase(join(viewsFile, '..', 'onward.db'), { durability: 'full' }));
  const seal = createSeal('a secret');
  const callbacksFile = join(viewsFile, '..', 'callbacks.db');
  const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: {} });
  const views = createSqliteViews(viewsFile);
  expect(await views.position(0)).toBeNull();
  expect(await views.states(['inv_1'])).toEqual(new Map());

  const ladder = await publishSample(store, 'a', 'wf_a', T0);
  const ids = ['inv_1', 'inv_2'];
  for (const id of ids) await store.records.put(sampleRecord(id, ladder));
  const records = mixed(ids.map((id) => fallbackRun(id, ladder, T0)));
  await projectorOver(views, store, [ladder], seal.hash).project(asLogged(records));
  expect(withoutZeros(await store.rollups.find({ mode: 'test' }))).toEqual(rollupsOf(records, [ladder]));
  const { items } = await store.invocations.search({ mode: 'test' }, { limit: 10, cursor: null });
  expect(items.map(({ record }) => record.id).sort()).toEqual(ids);
  expect(await store.invocations.findMessage('sandbox', 'inv_2-sms')).not.toBeNull();
  await views.close();
  await store.close();
  group.close();
});

test('a reader and the projection may open such a file at once: it is emptied once', async () => {
  const viewsFile = oldFile();
  const first = createSqliteViews(viewsFile);
  const batch = { partition: 0, position: 1, created: [], runs: [], messages: [], contributions: [] };
  await first.write(batch);
  const second = createSqliteViews(viewsFile);
  expect(await second.position(0)).toBe(1);
  await first.close();
  await second.close();
});
