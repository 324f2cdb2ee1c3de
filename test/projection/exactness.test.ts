import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { composeProjector } from '../../cli/house/projection';
import { SqliteLog } from '../../log/sqlite/log';
import { createProjector } from '../../projection/project';
import { rebuildViews } from '../../projection/rebuild';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import type { Rollup, ViewWriter } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import type { ByKey } from '../support/counted-by-hand';
import { Died, failingViews } from '../support/failing-views';
import { generatedLog, publishGenerated } from '../support/generated-flows';
import { random } from '../support/random';
import { temporaryFolder } from '../support/temporary-folder';

const RUNS = 100_000;
const SEED = 7;
/** Of the batches. */
const DEATHS = 0.15;
const SECRET = 'a secret';
const root = temporaryFolder();
const dataFolder = mkdtempSync(join(root, 'data-'));
const byHand: ByKey = new Map();

function open() {
  const group = new GroupCommit(openDatabase(join(dataFolder, 'onward.db'), { durability: 'normal' }));
  const log = new SqliteLog(group);
  const viewsFile = join(dataFolder, 'views.db');
  const callbacksFile = join(dataFolder, 'callbacks.db');
  const store = openSqliteStore({
    group,
    viewsFile,
    callbacksFile,
    seal: createSeal(SECRET),
    catalog: PROVIDER_CATALOG,
  });
  const close = async () => {
    await log.close();
    await store.close();
    group.close();
  };
  return { log, store, viewsFile, close };
}

/** By key, without what comes to nothing. */
function counted(rollups: readonly Rollup[]): Map<string, string> {
  const rows = rollups.map(({ key, counts }): [string, Record<string, number>] => {
    const { step, channel, mode, flowId, flowVersion, country, hour } = key;
    return [JSON.stringify([step, channel, mode, flowId, flowVersion, country, hour]), counts];
  });
  return inOrder(rows);
}

function inOrder(rows: Iterable<[string, Record<string, number>]>): Map<string, string> {
  const texts = [...rows].map(([key, counts]): [string, string] => {
    const left = Object.entries(counts).filter(([, count]) => count !== 0);
    return [key, JSON.stringify(left.sort(([a], [b]) => (a < b ? -1 : 1)))];
  });
  return new Map(texts.filter(([, text]) => text !== '[]').sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first few that differ: all of them would be more than anybody reads. */
function differences(found: Map<string, string>, wanted: Map<string, string>): unknown[] {
  const keys = new Set([...found.keys(), ...wanted.keys()]);
  return [...keys]
    .filter((key) => found.get(key) !== wanted.get(key))
    .slice(0, 3)
    .map((key) => ({ key, found: found.get(key), wanted: wanted.get(key) }));
}

async function expectExact(): Promise<void> {
  const { store, close } = open();
  const found = counted(await store.rollups.find({ mode: 'test' }));
  expect(differences(found, inOrder(byHand))).toEqual([]);
  expect(found.size).toBeGreaterThan(1_000);
  await close();
}

/** Batches of any size; deaths in and between them; what was read before read again. */
async function projectAndDie(): Promise<{ deaths: number }> {
  const { log, store, viewsFile, close } = open();
  const next = random(SEED + 1);
  let views = createSqliteViews(viewsFile);
  let deaths = 0;
  const start = () => {
    const failing: ViewWriter = failingViews(views, next, DEATHS);
    return createProjector({
      views: failing,
      records: store.records,
      ladders: async (flowId, version, mode) => ladders.get(`${flowId} ${version} ${mode}`) ?? null,
      hash: (address) => address,
      report: (_, cause) => {
        throw cause;
      },
    });
  };
  const ladders = new Map(
    (await flowsOf(store)).map((ladder) => [`${ladder.flowId} ${ladder.version} ${ladder.mode}`, ladder]),
  );
  let projector = start();
  for (let position = 0; ; ) {
    const records = await log.read('onward.events', 0, position, 200 + Math.floor(next() * 4_000));
    const last = records[records.length - 1];
    if (!last) break;
    try {
      await projector.project(records);
      // Nobody noted how far it was.
      position = next() < 0.1 ? Math.max(0, last.position - Math.floor(next() * 3_000)) : last.position;
      if (next() < 0.9) continue;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
    // A new process, which knows nothing but what is in the files.
    deaths += 1;
    await views.close();
    views = createSqliteViews(viewsFile);
    projector = start();
  }
  await views.close();
  await close();
  return { deaths };
}

let generated: Awaited<ReturnType<typeof publishGenerated>> = [];
const flowsOf = async (_: unknown) => generated.map(({ ladder }) => ladder);

beforeAll(async () => {
  const { log, store, close } = open();
  generated = await publishGenerated(store);
  for (const portion of generatedLog(generated, RUNS, byHand, SEED)) await log.append('onward.events', portion);
  await close();
}, 300_000);

test('rollups equal what is counted by hand of 100,000 runs, though the projection dies in and between its batches', async () => {
  const { deaths } = await projectAndDie();
  expect(deaths).toBeGreaterThan(RUNS / 5_000);
  await expectExact();
}, 300_000);

test('and so they do after a full replay of the log', async () => {
  const report = (_: unknown, cause: Error) => {
    throw cause;
  };
  await rebuildViews(dataFolder, (viewsName) => composeProjector({ dataFolder, viewsName, secret: SECRET, report }));
  await expectExact();
}, 300_000);
