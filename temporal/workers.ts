import type { PayloadCodec } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Provider } from '../schemas/vocabulary';
import type { RunActivities } from '../workflows/contract';
import { type SendAccount, startSendWorkers } from './send-workers';

/**
 * How a worker leaves: what it has in hand it finishes, within less than the 10 s in which the whole process has to be
 * gone. A run that a dead worker held goes on elsewhere once the sticky time is over.
 */
const LEAVING = { shutdownGraceTime: '5s', shutdownForceTime: '7s', stickyQueueScheduleToStartTimeout: '1s' } as const;

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
  /** Sends a second by provider, over all workers together; left out: as its default account has it. */
  rates: Partial<Record<Provider, number>>;
  /** The provider accounts there are now. */
  accounts(): readonly SendAccount[];
  onFault(message: string, error: unknown): void;
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

/** The worker that decides, and those that send. */
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
  const sends = await startSendWorkers({
    taskQueue,
    rates: options.rates,
    accounts: options.accounts,
    onFault: options.onFault,
    open: (queue) =>
      Worker.create({
        ...shared,
        interceptors: more.interceptors && { activity: more.interceptors.activity },
        activities: { send },
        ...queue,
      }),
  });
  const worker = await decides;
  return {
    running: Promise.all([worker.run(), sends.running]).then(() => {}),
    trouble() {
      const states = [worker.getState(), ...sends.states()];
      const off = states.find((state) => state !== 'RUNNING');
      return off ? `a worker is ${off.toLowerCase()}` : null;
    },
    stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      sends.stop();
    },
  };
}
