import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../cli/throwaway';
import { freshName } from './fresh-name';
import { HOUSE_SECRET } from './house';
import { type ServerProcess, serverProcesses } from './server-process';
import { temporaryFolder } from './temporary-folder';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

export interface ClusterServers {
  kafka: { readonly brokers: string };
  mongo: { urlOf(database: string): string };
  temporal: { readonly address: string };
}

/** What tells this installation's topics, collections and runs from those of others on the same servers. */
export interface ClusterNames {
  prefix: string;
  database: string;
  taskQueue: string;
}

export interface Cluster extends ClusterNames {
  /** Of every process; each has a data folder of its own, so that they share nothing but the servers. */
  env(): Record<string, string>;
  /** Starts a role and waits until it is ready. */
  role(role: 'api' | 'receipts' | 'projector' | 'callbacks', env?: Record<string, string>): Promise<ServerProcess>;
  worker(env?: Record<string, string>): Promise<WorkerProcess>;
}

/** Onward on servers, each role as many processes as a test asks for; what still lives when its tests are over is killed. */
export function clusterOn(servers: ClusterServers): Cluster {
  const name = freshName();
  const names = { prefix: `${name}.`, database: name, taskQueue: name };
  const start = serverProcesses();
  const folder = temporaryFolder();
  const workers: WorkerProcess[] = [];
  afterAll(() => Promise.all(workers.map((worker) => worker.kill())));
  const env = () => ({
    TEMPORAL_ADDRESS: servers.temporal.address,
    TEMPORAL_TASK_QUEUE: names.taskQueue,
    KAFKA_BROKERS: servers.kafka.brokers,
    ONWARD_KAFKA_PREFIX: names.prefix,
    ONWARD_KAFKA_PARTITIONS: '6',
    MONGODB_URL: servers.mongo.urlOf(names.database),
    ONWARD_SECRET: HOUSE_SECRET,
  });
  const ownFolder = (role: string) => mkdtempSync(join(folder, `${role}-`));
  return {
    ...names,
    env,
    async role(role, more = {}) {
      const port = String(await freePort());
      // Who has no API tells how it is on its side door.
      const ports = { PORT: port, ONWARD_WORKER_PORT: port };
      const dataFolder = ownFolder(role);
      const process = await start({ dataFolder, args: ['--role', role], env: { ...env(), ...ports, ...more } });
      // Who joins a group waits for those in it that have died: 10 s, and a start on top.
      return process.ready().catch(() => process.ready());
    },
    async worker(more = {}) {
      const { TEMPORAL_ADDRESS: temporalAddress } = env();
      const worker = await startWorkerProcess({
        temporalAddress,
        dataFolder: ownFolder('worker'),
        env: { ...env(), ...more },
      });
      workers.push(worker);
      return worker;
    },
  };
}
