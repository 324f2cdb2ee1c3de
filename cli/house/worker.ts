import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from '../../api/deps';
import { joinMetrics } from '../../api/join-metrics';
import { createProviderMetrics } from '../../providers/metrics';
import { Presence } from '../../temporal/presence';
import { createRunActivities } from '../../temporal/run-activities';
import { createRunLog } from '../../temporal/run-log';
import { installRuntime } from '../../temporal/telemetry';
import { UNHEARD } from '../../temporal/tracing';
import { createWorkerMetrics } from '../../temporal/worker-metrics';
import { startWorkers } from '../../temporal/workers';
import type { OpenTracing } from '../../tracing/open';
import { checkStore } from '../marks';
import { type Settings, StartError } from '../settings';
import { openSideDoor } from '../side-door';
import { createDeadLetterCounter, exposeBuild } from './house-metrics';
import type { Links } from './links';
import { openRooms } from './rooms';
import { measureSends } from './send-metrics';
import type { TemporalLink } from './temporal-link';

export interface WorkerHouse {
  /** Of its health and metrics. */
  port: number;
  /** Resolves once the workers have ended, after `stop`; rejects when one breaks down. */
  running: Promise<void>;
  /** Takes nothing new, finishes what is in hand, closes the files. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  settings: Settings;
  secret: string;
  link: TemporalLink;
  links: Links;
  /** Null where traces go nowhere. */
  tracing: OpenTracing | null;
  version: string;
  logger: Logger;
}

/** The rooms of a worker process joined: the workflow, and the activities that it has carried out. */
export async function composeWorker(options: WorkerOptions): Promise<WorkerHouse> {
  const { settings, secret, link, links, logger } = options;
  const { settings: temporal, codec, client, tracing } = link;
  const metrics = createWorkerMetrics();
  const providerMetrics = createProviderMetrics(metrics.registry);
  const given = { ...settings, secret, logger, links, providerMetrics };
  const rooms = await openRooms({ ...given, engine: 'temporal', part: 'worker' });
  await checkStore(settings, secret, links, rooms.store).catch(async (error) => {
    await rooms.close();
    throw error;
  });
  const { activities, log, clock, onFault } = rooms;
  rooms.providers.connect();
  exposeBuild(metrics.registry, { version: options.version, ...settings.adapters });
  const deadLetters = createDeadLetterCounter(metrics.registry);
  const onBuried = (count: number) => deadLetters.inc(count);
  const runLog = createRunLog({ log, clock, onFault, onTold: metrics.told, onBuried });
  // Those that have ended are counted as they pass through Temporal.
  const measured = measureSends(metrics.registry, activities, () => {});
  const runtime = await installRuntime(logger);
  const connection = await NativeConnection.connect({ address: temporal.address, ...temporal.connection });
  const workers = await startWorkers({
    connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    bundle: join(__dirname, 'workflows.js'),
    codec,
    activities: createRunActivities({ activities: measured, tell: runLog.append, clock }),
    more: {
      sinks: { ...runLog.sinks, ...(tracing?.sinks ?? UNHEARD) },
      interceptors: { activity: [metrics.sends, ...(tracing?.interceptors.activity ?? [])] },
    },
    rates: settings.sendRates,
    accounts: () => rooms.providers.all(),
    onFault,
    cachedRuns: settings.workerCache,
  });
  const presence = new Presence(client);
  const door = await openSideDoor({
    who: 'worker',
    host: settings.host,
    port: settings.workerPort,
    logger,
    ready: async () => workers.trouble() ?? (await presence.ask()),
    expose: () => joinMetrics({ onward: metrics.expose, temporal: runtime.coreMetrics }),
  }).catch((cause: Error) => {
    throw new StartError(cause.message, { cause });
  });
  return {
    port: door.port,
    running: workers.running,
    async stop() {
      workers.stop();
      await workers.running;
      await door.shut();
      await options.tracing?.shutdown();
      await connection.close();
      await client.connection.close();
      await rooms.close();
      await links.mongo?.close();
    },
  };
}
