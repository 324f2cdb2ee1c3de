import type { PayloadCodec } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Provider } from '../schemas/vocabulary';
import { PROVIDERS } from '../schemas/vocabulary';
import { type RunActivities, sendQueueOf } from '../workflows/contract';

/**
 * How a worker leaves: what it has in hand it finishes, within less than the 10 s in which the whole process has to be
 * gone. A run that a dead worker held goes on elsewhere once the sticky time is over.
 */
const LEAVING = { shutdownGraceTime: '5s', shutdownForceTime: '7s', stickyQueueScheduleToStartTimeout: '1s' } as const;

/** Sends of one provider at once; what is to be limited in time is limited by its rate. */
const SENDS_AT_ONCE = 500;

export interface WorkersOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** The built workflows/invocation.ts. */
  bundle: string;
  codec: PayloadCodec;
  activities: RunActivities;
  /** Sinks, interceptors: what else a worker of workflows takes. */
  more: Pick<WorkerOptions, 'sinks' | 'interceptors'>;
  /** Sends a second by provider, over all workers together; left out: no limit. */
  rates: Partial<Record<Provider, number>>;
  /** Open runs held in memory; null: as many as suit it. */
  cachedRuns: number | null;
}

export interface Workers {
  /** Resolves once all have ended, after `stop`; rejects when one breaks down. */
  running: Promise<void>;
  /** Null while all run. */
  trouble(): string | null;
  /** Takes nothing new and finishes what is in hand. */
  stop(): void;
}

/** The worker that decides, and one for each provider's queue: every provider there is, so that no send waits forever. */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace, taskQueue, codec, activities, more } = options;
  const shared = { connection, namespace, dataConverter: { payloadCodecs: [codec] }, ...LEAVING };
  const { send, ...others } = activities;
  const decides = Worker.create({
    ...shared,
    ...more,
    taskQueue,
    workflowBundle: { codePath: options.bundle },
    activities: others,
    maxCachedWorkflows: options.cachedRuns ?? undefined,
    maxConcurrentWorkflowTaskExecutions: 200,
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 5, maximum: 50 },
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 2, maximum: 20 },
  });
  const sends = PROVIDERS.map((provider) =>
    Worker.create({
      ...shared,
      interceptors: more.interceptors && { activity: more.interceptors.activity },
      taskQueue: sendQueueOf(taskQueue, { provider, account: null }),
      activities: { send },
      maxConcurrentActivityTaskExecutions: SENDS_AT_ONCE,
      maxTaskQueueActivitiesPerSecond: options.rates[provider],
      activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: 20 },
    }),
  );
  const workers = await Promise.all([decides, ...sends]);
  const running = Promise.all(workers.map((worker) => worker.run())).then(() => {});
  return {
    running,
    trouble() {
      const off = workers.find((worker) => worker.getState() !== 'RUNNING');
      return off ? `a worker is ${off.getState().toLowerCase()}` : null;
    },
    stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
