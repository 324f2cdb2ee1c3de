import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { composeProjector } from '../../cli/house/projection';
import { startEventsThread } from '../../cli/house/start-events-thread';
import { SqliteLog } from '../../log/sqlite/log';
import { createProjectionLoop } from '../../projection/loop';
import { rebuildViews } from '../../projection/rebuild';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import type { Store } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { rollupsOf, withoutZeros } from '../support/projected-runs';
import { fallbackRun, sampleDefinition, sampleLadder, sampleRecord } from '../support/sample-runs';
import { temporaryFolder } from '../support/temporary-folder';

const T0 = 1_700_000_000_000;
const secret = 'a secret';
const root = temporaryFolder();

/** A data folder in use: its store and log open, one flow published. */
async function openFolder(dataFolder = mkdtempSync(join(root, 'data-'))) {
  const group = new GroupCommit(openDatabase(join(dataFolder, 'onward.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  const store = openSqliteStore({
    group,
    viewsFile: join(dataFolder, 'views.db'),
    callbacksFile: join(dataFolder, 'callbacks.db'),
    seal: createSeal(secret),
    catalog: {},
  });
  const made = await store.flows.create(sampleDefinition, 'wf_sample', T0);
  const flow = typeof made === 'string' ? await store.flows.get('wf_sample') : made;
  if (!flow) throw new Error('no flow');
  if (flow.publishedVersion === null) await store.flows.publish(flow.id, sampleDefinition, null, T0);
  const ladder = sampleLadder(flow.id, 'wf_sample', PROVIDER_CATALOG);
  const run = async (id: string) => {
    const events = fallbackRun(id, ladder, T0).map((record) => ({ key: id, value: JSON.stringify(record) }));
    await Promise.all([store.records.put(sampleRecord(id, ladder)), log.append('onward.events', events)]);
  };
  const close = async () => {
    await log.close();
    await store.close();
    group.close();
  };
  return { dataFolder, store, log, group, run, close, ladder };
}

async function statuses(store: Store): Promise<string[]> {
  const page = await store.invocations.search({ mode: 'test' }, { limit: 50, cursor: null });
  return page.items.map(({ record, state }) => `${record.id} ${state.status}`).sort();
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const noReport = (_: unknown, cause: Error) => {
  throw cause;
};

const rebuild = (dataFolder: string) =>
  rebuildViews(dataFolder, (viewsName) => composeProjector({ dataFolder, viewsName, secret, report: noReport }));

test('what is appended while the projection runs is soon found, and it goes on where it stopped', async () => {
  const { dataFolder, store, run, close } = await openFolder();
  await run('inv_1');
  for (const id of ['inv_2', 'inv_3']) {
    const projector = await composeProjector({ dataFolder, secret, report: noReport });
    const loop = createProjectionLoop(projector, (error) => {
      throw error;
    });
    await run(id);
    loop.wake();
    await until(async () => (await statuses(store)).includes(`${id} succeeded`));
    loop.stop();
    await loop.done;
    await projector.close();
  }
  expect(await statuses(store)).toEqual(['inv_1 succeeded', 'inv_2 succeeded', 'inv_3 succeeded']);
  await close();
});

test('nobody needs to wake it: what another process appends is found as well', async () => {
  const { dataFolder, store, run, close } = await openFolder();
  const projector = await composeProjector({ dataFolder, secret, report: noReport });
  const loop = createProjectionLoop(projector, () => {});
  await run('inv_1');
  await until(async () => (await statuses(store)).length === 1);
  loop.stop();
  await loop.done;
  await projector.close();
  await close();
});

test('a step that fails is told and tried again', async () => {
  const faults: unknown[] = [];
  let steps = 0;
  const step = async () => {
    steps++;
    if (steps === 1) throw new Error('away');
    return false;
  };
  const loop = createProjectionLoop({ step, checkpoint: () => {}, close: async () => {} }, (error) =>
    faults.push(error),
  );
  await until(() => steps > 1);
  loop.stop();
  await loop.done;
  expect(faults).toEqual([new Error('away')]);
});

test('a rebuild gives the same read model from the log alone', async () => {
  const { dataFolder, run, close } = await openFolder();
  for (const id of ['inv_1', 'inv_2', 'inv_3']) await run(id);
  await close();
  await rebuild(dataFolder);
  const rebuilt = await openFolder(dataFolder);
  const states = ['inv_1 succeeded', 'inv_2 succeeded', 'inv_3 succeeded'];
  expect(await statuses(rebuilt.store)).toEqual(states);
  const { items } = await rebuilt.store.invocations.search(
    { mode: 'test', recipient: '+393351234567' },
    { limit: 10, cursor: null },
  );
  expect(items).toHaveLength(3);
  await rebuilt.close();
  for (const suffix of ['', '-wal', '-shm'])
    expect(existsSync(join(dataFolder, `views.rebuilt.db${suffix}`))).toBe(false);
});

test('a rebuild has the rollups in it, and counts nothing twice', async () => {
  const { dataFolder, run, close, ladder } = await openFolder();
  for (const id of ['inv_1', 'inv_2']) await run(id);
  await close();
  for (const _ of ['once', 'and again']) await rebuild(dataFolder);
  const { store, close: closeRebuilt } = await openFolder(dataFolder);
  const records = ['inv_1', 'inv_2'].flatMap((id) => fallbackRun(id, ladder, T0));
  expect(withoutZeros(await store.rollups.find({ mode: 'test' }))).toEqual(rollupsOf(records, [ladder]));
  await closeRebuilt();
});

test('a rebuild that ends halfway leaves the read model that there was', async () => {
  const { dataFolder, run, close } = await openFolder();
  await run('inv_1');
  await close();
  await rebuild(dataFolder);
  const broken = rebuildViews(dataFolder, async (viewsName) => {
    const projector = await composeProjector({ dataFolder, viewsName, secret, report: noReport });
    const step = async () => {
      throw new Error('disk full');
    };
    return { ...projector, step };
  });
  await expect(broken).rejects.toThrow('disk full');
  const { store, close: closeAgain } = await openFolder(dataFolder);
  expect(await statuses(store)).toEqual(['inv_1 succeeded']);
  await closeAgain();
  await rebuild(dataFolder);
});

test('a rebuild from a log that retention has swept is refused, and says what would be lost', async () => {
  const { dataFolder, run, close, group } = await openFolder();
  for (const id of ['inv_1', 'inv_2']) await run(id);
  group.db.exec("DELETE FROM events WHERE key = 'inv_1'");
  await close();
  await expect(rebuild(dataFolder)).rejects.toThrow('does not hold every event any more');
});

test('a rebuild where there is nothing to rebuild from says so and makes nothing', async () => {
  const dataFolder = mkdtempSync(join(root, 'empty-'));
  await expect(rebuild(dataFolder)).rejects.toThrow('no onward.db');
  expect(existsSync(join(dataFolder, 'onward.db'))).toBe(false);
});

test('the thread projects what is committed, and is done with the batch in hand when its stop resolves', async () => {
  const { dataFolder, store, run, close } = await openFolder();
  const faults: string[] = [];
  const onFault = (message: string, error: unknown) => faults.push(`${message}: ${String(error)}`);
  const thread = startThread(dataFolder, onFault);
  await run('inv_1');
  thread.wake();
  await until(async () => (await statuses(store)).length === 1);
  await run('inv_2');
  await until(async () => (await statuses(store)).length === 2);
  await thread.stop();
  await thread.stop();
  await run('inv_3');
  expect(await statuses(store)).toEqual(['inv_1 succeeded', 'inv_2 succeeded']);
  expect(faults).toEqual([]);
  await close();
});

test('a record that the thread cannot fold in is told to the process', async () => {
  const { dataFolder, log, close } = await openFolder();
  const faults: string[] = [];
  const onFault = (message: string) => faults.push(message);
  const thread = startThread(dataFolder, onFault);
  await log.append('onward.events', [{ key: 'k', value: 'no JSON' }]);
  await until(() => faults.length > 0);
  expect(faults).toEqual(['event record 1 of partition 0 cannot be projected']);
  await thread.stop();
  await close();
});

function startThread(dataFolder: string, onFault: (message: string, error: unknown) => void) {
  const callbacks = { version: 'test', allow: '' };
  const onWarning = (message: string) => onFault(message, null);
  return startEventsThread({
    entry: buildThread(),
    engine: 'embedded',
    dataFolder,
    secret,
    callbacks,
    onFault,
    onWarning,
  });
}

/** Built as `npm run build` builds it, into a folder that finds our packages. */
function buildThread(): string {
  const repository = join(__dirname, '..', '..');
  const outfile = join(root, 'events-thread.js');
  buildSync({
    entryPoints: [join(repository, 'cli', 'events-thread.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    banner: { js: `module.paths.push(${JSON.stringify(join(repository, 'node_modules'))});` },
    logLevel: 'silent',
  });
  return outfile;
}
