import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Ladder } from '../../core/ladder';
import { SqliteLog } from '../../log/sqlite/log';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import { openDatabase } from '../../sqlite/open';
import type { InvocationQuery } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { sumsOf } from '../conformance/store-rollup-sums';
import { batchOf, bruteSearch, type Made, type MadeRun, madeRun } from '../support/made-runs';
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

/** What an Onward with rollups added, which had no facets yet. */
const BEFORE_FACETS = `
  CREATE INDEX invocations_ended ON invocations (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX recipients_invocation ON recipients (invocation_id);
  CREATE INDEX messages_invocation ON messages (invocation_id);
  CREATE TABLE rollups (
    number INTEGER PRIMARY KEY, mode INTEGER NOT NULL, hour INTEGER NOT NULL, flow INTEGER NOT NULL,
    version INTEGER NOT NULL, step TEXT NOT NULL, channel TEXT NOT NULL, counts TEXT NOT NULL
  );
  CREATE UNIQUE INDEX rollups_key ON rollups (mode, hour, flow, version, step, channel);
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

/** What that Onward’s successor made of it: counts by the hour, all of them as JSON. */
const WITH_ROLLUPS = `
  CREATE INDEX invocations_ended ON invocations (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX recipients_invocation ON recipients (invocation_id);
  CREATE INDEX messages_invocation ON messages (invocation_id);
  CREATE TABLE rollups (
    number INTEGER PRIMARY KEY, mode INTEGER NOT NULL, hour INTEGER NOT NULL, flow INTEGER NOT NULL,
    version INTEGER NOT NULL, step TEXT NOT NULL, channel TEXT NOT NULL, counts TEXT NOT NULL
  );
  CREATE UNIQUE INDEX rollups_key ON rollups (mode, hour, flow, version, step, channel);
`;
const HOUR_MS = 3_600_000;
const HOUR = T0 - (T0 % HOUR_MS);

/** A folder as the last release leaves it: two runs in the log, both folded in and counted by the hour. */
async function lastRelease() {
  const viewsFile = join(mkdtempSync(join(root, 'data-')), 'views.db');
  const callbacksFile = `${viewsFile}.callbacks`;
  const group = new GroupCommit(openDatabase(join(viewsFile, '..', 'onward.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  const seal = createSeal('a secret');
  const before = openSqliteStore({ group, viewsFile: `${viewsFile}.unused`, callbacksFile, seal, catalog: {} });
  const ladder = await publishSample(before, 'a', 'wf_a', T0);
  const records = ['inv_1', 'inv_2'].flatMap((id) => fallbackRun(id, ladder, T0));
  for (const id of ['inv_1', 'inv_2']) await before.records.put(sampleRecord(id, ladder));
  await log.append(
    'onward.events',
    records.map((record) => ({ key: record.invocationId, value: JSON.stringify(record) })),
  );
  await before.close();
  const db = openDatabase(viewsFile, { durability: 'normal' });
  migrate(db, 'views', [BEFORE_ROLLUPS, WITH_ROLLUPS]);
  db.exec(`
    INSERT INTO words VALUES (1, '${ladder.flowId}'), (2, 'wf_a'), (3, 'key_1');
    INSERT INTO positions VALUES (0, 6);
    INSERT INTO rollups (mode, hour, flow, version, step, channel, counts) VALUES
      (1, ${HOUR}, 1, 1, '', '', '{"accepted":2,"succeeded":2,"costMicros":142000}'),
      (1, ${HOUR}, 1, 1, 'sms', 'sms', '{"attempted":2,"delivered":2,"latency.235":2}'),
      (1, ${HOUR - 48 * HOUR_MS}, 1, 1, '', '', '{"accepted":5,"failed":5}');
  `);
  const state = '{"steps":[{},{}]}';
  for (const n of [1, 2]) {
    db.exec(`INSERT INTO invocations VALUES (${n}, 'inv_${n}', 1, 1, 1, 2, 1, 3, NULL, ${T0}, ${T0}, 12, '${state}')`);
  }
  const open = () => {
    db.close();
    const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: {} });
    const views = createSqliteViews(viewsFile);
    const close = async () => {
      await views.close();
      await log.close();
      await store.close();
      group.close();
    };
    return { store, views, close, project: projectorOver(views, store, [ladder], seal.hash).project };
  };
  return { db, group, log, records, ladder, open };
}

test('a folder of the last release is folded anew from its log, by slot and with what sending otherwise would have cost', async () => {
  const { records, ladder, open } = await lastRelease();
  const { store, views, project, close } = open();
  expect(await views.position(0)).toBeNull();
  await project(asLogged(records));
  expect(withoutZeros(await store.rollups.find({ mode: 'test' }))).toEqual(rollupsOf(records, [ladder]));
  const [sum] = await sumsOf(store, {
    mode: 'test',
    bounds: [HOUR, HOUR + HOUR_MS],
    byCountry: false,
    latencies: true,
  });
  expect(sum?.counts).toMatchObject({ accepted: 2, reckoned: 2 });
  await close();
});

test.each([
  [
    'events',
    (folder: Awaited<ReturnType<typeof lastRelease>>) => folder.group.db.exec('DELETE FROM events WHERE position = 2'),
  ],
  [
    'records',
    (folder: Awaited<ReturnType<typeof lastRelease>>) =>
      folder.group.db.exec("DELETE FROM invocation_records WHERE id = 'inv_1'"),
  ],
  ['lists', (folder: Awaited<ReturnType<typeof lastRelease>>) => folder.db.exec('UPDATE invocations SET mode = -1')],
])('where retention has removed some of it (%s), what was counted stays as it was, in every sum', async (_, remove) => {
  const folder = await lastRelease();
  remove(folder);
  const { store, views, project, close } = folder.open();
  expect(await views.position(0)).toBe(6);
  const { flowId } = folder.ladder;
  const key = { mode: 'test', flowId, flowVersion: 1, step: '', channel: '', country: '' } as const;
  expect(await store.rollups.find({ mode: 'test' })).toEqual([
    { key: { ...key, hour: HOUR - 48 * HOUR_MS }, counts: { accepted: 5, failed: 5 } },
    { key: { ...key, hour: HOUR }, counts: { accepted: 2, succeeded: 2, costMicros: 142_000 } },
    {
      key: { ...key, step: 'sms', channel: 'sms', hour: HOUR },
      counts: { attempted: 2, delivered: 2, 'latency.235': 2 },
    },
  ]);
  const day = HOUR - (HOUR % (24 * HOUR_MS));
  const bounds = [day - 48 * HOUR_MS, day + 24 * HOUR_MS];
  for (const byCountry of [false, true]) {
    const sums = await sumsOf(store, { mode: 'test', bounds, byCountry, latencies: true });
    expect(sums.find(({ step }) => step === '')?.counts).toMatchObject({ accepted: 7, failed: 5, succeeded: 2 });
    expect(sums.find(({ step }) => step === 'sms')?.latencies).toEqual([235, 2]);
  }
  // And it goes on.
  const more = fallbackRun('inv_3', folder.ladder, T0);
  await store.records.put(sampleRecord('inv_3', folder.ladder));
  await project(asLogged([...folder.records, ...more]).slice(6));
  const [total] = await sumsOf(store, { mode: 'test', bounds, byCountry: false, latencies: true });
  expect(total?.counts).toMatchObject({ accepted: 8, reckoned: 1 });
  await close();
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

describe('a read model from before runs were searched by facets', () => {
  const seal = createSeal('a secret');
  const statuses = ['running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;

  function made(n: number, ladder: Ladder): Made {
    const status = statuses[n % 5] ?? 'running';
    return {
      id: `inv_${String(n).padStart(3, '0')}`,
      ladder,
      keyId: n % 2 ? 'key_1' : 'key_2',
      externalId: n % 3 ? null : 'order-1',
      recipient: n % 4 ? '+393351234567' : 'ann@example.com',
      createdAt: T0 + Math.floor(n / 2),
      status,
      reachedStep: (n % 3) - 1,
      late: n % 7 === 0,
      duplicate: n % 6 === 0,
      reason: status === 'failed' ? 'unreachable' : null,
    };
  }

  /** As that Onward wrote it, with a run that no list shows any more. */
  function write(viewsFile: string, runs: readonly MadeRun[]): void {
    const db = openDatabase(viewsFile, { durability: 'normal' });
    migrate(db, 'views', [BEFORE_ROLLUPS, BEFORE_FACETS]);
    const words = new Map<string, number>();
    const wordOf = (word: string) => {
      const number = words.get(word) ?? words.size + 1;
      if (!words.has(word)) db.prepare('INSERT INTO words VALUES (?, ?)').run([number, word]);
      words.set(word, number);
      return number;
    };
    for (const [n, { view, run }] of runs.entries()) {
      const { flowId, workflowId, flowVersion, keyId, externalId, createdAt, id } = view;
      const names = [wordOf(flowId), wordOf(workflowId), flowVersion, wordOf(keyId)];
      const times = [externalId, createdAt, run.endedAt, run.seq, run.state];
      db.prepare('INSERT INTO invocations VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run([
        n + 1,
        id,
        statuses.indexOf(run.status),
        ...names,
        ...times,
      ]);
      for (const hash of view.addressHashes)
        db.prepare('INSERT INTO recipients VALUES (?, ?, ?)').run([hash, createdAt, id]);
      db.prepare("INSERT INTO messages VALUES (?, 'sandbox', ?, 'whatsapp', 1)").run([`msg_${id}`, id]);
    }
    const gone = `INSERT INTO invocations VALUES (999, 'inv_gone', -1, 1, 1, 2, 1, 3, NULL, ${T0}, ${T0}, 12, '')`;
    db.exec(gone);
    db.exec("INSERT INTO rollups VALUES (1, 1, 0, 1, 1, '', '', '{\"accepted\":41}')");
    db.exec('INSERT INTO positions VALUES (0, 77)');
    db.close();
  }

  test('finds by every filter what it should, without folding anything anew', async () => {
    const folder = mkdtempSync(join(root, 'data-'));
    const viewsFile = join(folder, 'views.db');
    const callbacksFile = join(folder, 'callbacks.db');
    const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'full' }));
    // The flows stand in the other file.
    const flows = openSqliteStore({ group, viewsFile: join(folder, 'others.db'), callbacksFile, seal, catalog: {} });
    const ladder = await publishSample(flows, 'a', 'wf_a', T0);
    await flows.close();
    const runs = Array.from({ length: 60 }, (_, n) => madeRun(made(n, ladder), seal.hash));
    write(viewsFile, runs);

    const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: {} });
    const views = createSqliteViews(viewsFile);
    expect(await views.position(0)).toBe(77);
    expect((await store.rollups.find({ mode: 'test' }))[0]?.counts).toEqual({ accepted: 41 });
    const asked: Partial<InvocationQuery>[] = [
      {},
      ...statuses.map((status) => ({ status })),
      { late: true },
      { late: false, duplicate: true },
      { lateOrDuplicate: true },
      { reachedStep: 'sms' },
      { reachedChannel: 'whatsapp' },
      { reason: 'unreachable', keyId: 'key_1' },
      { recipient: 'ann@example.com' },
      { recipient: '+393351234567', late: true },
      { externalId: 'order-1', duplicate: true },
      { providerMessageId: 'msg_inv_007' },
      { workflowId: 'wf_a', createdFrom: T0 + 5, createdTo: T0 + 20 },
    ];
    for (const one of asked) {
      const query = { mode: 'test' as const, ...one };
      const { items } = await store.invocations.search(query, { limit: 200, cursor: null });
      expect(items.map(({ record }) => record.id)).toEqual(bruteSearch(runs, query));
      expect(items.length).toBeGreaterThan(0);
    }
    // And it goes on from there.
    const open = runs.find(({ run }) => run.status === 'running');
    const id = open?.view.id ?? '';
    const { run } = madeRun({ ...made(0, ladder), id, status: 'succeeded', reachedStep: 1, late: true }, seal.hash);
    await views.write({ ...batchOf([], 78), runs: [{ ...run, seq: 8 }] });
    const page = { limit: 200, cursor: null };
    const found = await store.invocations.search({ mode: 'test', late: true, status: 'succeeded' }, page);
    expect(found.items.map(({ record }) => record.id)).toContain(id);
    await views.close();
    await store.close();
    group.close();
  });
});
