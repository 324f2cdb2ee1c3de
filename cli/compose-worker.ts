import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { createRunActivities } from '../temporal/run-activities';
import { createRunLog } from '../temporal/run-log';
import { startWorkers } from '../temporal/workers';
import { createLogger } from './logger';
import { openRooms } from './rooms';
import type { Settings } from './settings';
import type { TemporalLink } from './temporal-link';

export interface WorkerHouse {
  /** Resolves once the workers have ended, after `stop`; rejects when one breaks down. */
  running: Promise<void>;
  /** Takes nothing new, finishes what is in hand, closes the files. */
  stop(): Promise<void>;
}

/** The rooms of a worker process joined: the workflow, and the activities that it has carried out. */
export async function composeWorker(settings: Settings, secret: string, link: TemporalLink): Promise<WorkerHouse> {
  const logger = createLogger(settings.logLevel);
  const rooms = openRooms({ ...settings, secret, logger, sandboxPart: 'sends' });
  const { activities, log, clock, onFault } = rooms;
  const { settings: temporal, codec, client } = link;
  const runLog = createRunLog({ log, clock, onFault, onTold: () => {} });
  const connection = await NativeConnection.connect({ address: temporal.address, ...temporal.connection });
  const workers = await startWorkers({
    connection,
    namespace: temporal.namespace,
    bundle: join(__dirname, 'workflows.js'),
    codec,
    activities: createRunActivities({ activities, tell: runLog.append, clock }),
    more: { sinks: runLog.sinks },
    rates: settings.sendRates,
    cachedRuns: settings.workerCache,
  });
  return {
    running: workers.running,
    async stop() {
      workers.stop();
      await workers.running;
      await connection.close();
      await client.connection.close();
      await rooms.close();
    },
  };
}
