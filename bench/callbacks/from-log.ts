import { join } from 'node:path';
import { Registry } from 'prom-client';
import { startCallbacks } from '../../cli/house/callbacks';
import { Journal } from '../../embedded/journal';
import { SqliteLog } from '../../log/sqlite/log';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { until } from '../load/until';
import { publishSampleFlow, sampleRecord, sampleRuns } from '../projection/sample-runs';
import { startChild } from '../servers/child';
import { throwawayFolder } from '../throwaway-folder';

const SECRET = 'a secret for the benchmark alone';
/** Started, accepted, delivered, succeeded. */
export const CALLBACKS_A_RUN = 4;

export interface Made {
  callbacks: number;
  seconds: number;
  /** Of this process, all of its threads. */
  cpuSeconds: number;
}

/** Writes a log of runs whose flows name that many profiles, and has their callbacks made and received. */
export async function callbacksFromLog(dataParent: string, runs: number, profiles: number): Promise<Made> {
  const folder = throwawayFolder(dataParent);
  const receiver = await startChild('callback-receiver');
  try {
    const url = `http://127.0.0.1:${receiver.port}`;
    await writeLog(folder.path, runs, profiles, url);
    return await make(folder.path, runs * CALLBACKS_A_RUN, url);
  } finally {
    await receiver.stop();
    await folder.remove();
  }
}

async function writeLog(folder: string, runs: number, profiles: number, url: string): Promise<void> {
  const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'normal' }));
  const [viewsFile, callbacksFile] = [join(folder, 'views.db'), join(folder, 'callbacks.db')];
  const seal = createSeal(SECRET);
  const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: PROVIDER_CATALOG });
  const log = new SqliteLog(group);
  new Journal(group, log);
  const each = runs / profiles;
  for (let n = 0; n < profiles; n++) {
    const callbackProfile = `cbp_bench_${n}`;
    const secrets = [{ secret: `whsec_${Buffer.alloc(32, n).toString('base64')}`, until: null }];
    const given = { types: null, format: 'onward', headers: {}, auth: null, secrets, enabled: true } as const;
    await store.callbackProfiles.create(
      { id: callbackProfile, name: callbackProfile, url: `${url}/${n}`, ...given },
      0,
    );
    const ladder = await publishSampleFlow(store, { workflowId: `wf_bench_${n}`, callbackProfile });
    for (const { ids, records } of sampleRuns(ladder, each, n * each)) {
      for (const id of ids) void store.records.put(sampleRecord(id, ladder));
      for (const { key, value } of records) log.add('onward.events', key, value);
      await group.flushed();
    }
  }
  await log.close();
  await store.close();
  group.close();
}

async function make(dataFolder: string, callbacks: number, url: string): Promise<Made> {
  const fail = (message: string, error: unknown) => {
    throw new Error(message, { cause: error });
  };
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const running = await startCallbacks({
    ...{ dataFolder, secret: SECRET, links: { kafka: null, mongo: null }, version: 'bench' },
    ...{ allow: '127.0.0.0/8', registry: new Registry(), onFault: fail, onWarning: fail },
  });
  try {
    const taken = async () => Number(await (await fetch(url)).text());
    await until(async () => (await taken()) >= callbacks, { what: 'all callbacks', everyMs: 20, withinMs: 600_000 });
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    if ((await taken()) !== callbacks) throw new Error('a callback came twice');
    return { callbacks, seconds, cpuSeconds: (user + system) / 1e6 };
  } finally {
    await running.stop();
  }
}
