import { join } from 'node:path';
import { composeProjector } from '../../cli/house/projection';
import { Journal } from '../../embedded/journal';
import { SqliteLog } from '../../log/sqlite/log';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { throwawayFolder } from '../throwaway-folder';
import { publishSampleFlow, sampleRecord, sampleRuns } from './sample-runs';

/** What a server is to be started with on such a folder. */
export const SECRET = 'a-secret-for-the-benchmark-alone';

export interface Folded {
  events: number;
  seconds: number;
}

/** Writes a log of that many runs, and folds it. */
export async function foldOnSqlite(dataParent: string, runs: number, say: (progress: string) => void): Promise<Folded> {
  const folder = throwawayFolder(dataParent);
  try {
    return await fillFolder(folder.path, runs, say);
  } finally {
    await folder.remove();
  }
}

/** The same in a folder that stays. */
export async function fillFolder(path: string, runs: number, say: (progress: string) => void): Promise<Folded> {
  say('writing a log');
  const events = await writeLog(path, runs);
  say('folding it');
  return { events, seconds: await foldLog(path) };
}

/** @returns how many events there are */
async function writeLog(folder: string, runs: number): Promise<number> {
  const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'normal' }));
  const seal = createSeal(SECRET);
  const [viewsFile, callbacksFile] = [join(folder, 'views.db'), join(folder, 'callbacks.db')];
  const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: PROVIDER_CATALOG });
  const log = new SqliteLog(group);
  // Its tables are the journal's too.
  new Journal(group, log);
  const ladder = await publishSampleFlow(store);
  let events = 0;
  for (const portion of sampleRuns(ladder, runs)) {
    for (const id of portion.ids) void store.records.put(sampleRecord(id, ladder));
    for (const { key, value } of portion.records) log.add('onward.events', key, value);
    events += portion.events;
    await group.flushed();
  }
  await log.close();
  await store.close();
  group.close();
  return events;
}

/** @returns seconds */
async function foldLog(dataFolder: string): Promise<number> {
  const report = (_: unknown, cause: Error) => {
    throw cause;
  };
  const projector = await composeProjector({ dataFolder, secret: SECRET, report });
  try {
    const startedAt = performance.now();
    while (await projector.step());
    return (performance.now() - startedAt) / 1000;
  } finally {
    await projector.close();
  }
}
