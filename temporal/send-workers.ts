import type { Worker, WorkerOptions } from '@temporalio/worker';
import { PROVIDERS, type Provider } from '../schemas/vocabulary';
import { sendQueueOf } from '../workflows/contract';

/** Sends of one queue at once; what is to be limited in time is limited by its rate. */
const SENDS_AT_ONCE = 500;
/** How soon a new account, or another rate, is taken notice of. */
export const LOOK_EVERY_MS = 2_000;

export interface SendAccount {
  id: string;
  provider: Provider;
  isDefault: boolean;
  /** Sends a second at most, over all workers together; null: no limit. */
  perSecond: number | null;
}

export interface SendWorkersOptions {
  taskQueue: string;
  /** By provider, instead of its default account's own. */
  rates: Partial<Record<Provider, number>>;
  accounts(): readonly SendAccount[];
  open(queue: Queue): Promise<SendWorker>;
  onFault(message: string, error: unknown): void;
}

export type SendWorker = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

type Queue = Pick<
  WorkerOptions,
  'taskQueue' | 'maxConcurrentActivityTaskExecutions' | 'maxTaskQueueActivitiesPerSecond' | 'activityTaskPollerBehavior'
>;

export interface SendWorkers {
  /** Resolves once all have ended, after `stop`; rejects when one breaks down. */
  running: Promise<void>;
  states(): string[];
  stop(): void;
}

/**
 * A worker for each provider's queue (every provider there is, so that no send waits forever) and for each account that
 * a step can name. The server holds the rate of a queue, over all workers together.
 */
export async function startSendWorkers(options: SendWorkersOptions): Promise<SendWorkers> {
  const open = new Map<string, { worker: SendWorker; perSecond: number | undefined; run: Promise<void> }>();
  let stopped = false;
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const running = new Promise<void>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });

  const openQueue = async (taskQueue: string, perSecond: number | undefined) => {
    const before = open.get(taskQueue);
    if (stopped || (before && before.perSecond === perSecond)) return;
    if (before) {
      // A process may have one worker of a queue at a time. What it has in hand it finishes; the rest waits at the server.
      shut(before.worker);
      await before.run;
      open.delete(taskQueue);
    }
    if (stopped) return;
    const worker = await options.open({
      taskQueue,
      maxConcurrentActivityTaskExecutions: SENDS_AT_ONCE,
      maxTaskQueueActivitiesPerSecond: perSecond,
      activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: 20 },
    });
    const run = worker.run();
    run.catch(reject);
    open.set(taskQueue, { worker, perSecond, run });
    if (stopped) shut(worker);
  };
  /** Ends when every queue has been seen to: two looks at once would open the same one twice. */
  const look = async () => {
    const looks = [...queuesOf(options)].map(([queue, rate]) => openQueue(queue, rate));
    const failed = (await Promise.allSettled(looks)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  };
  await look();
  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error) => options.onFault('a worker for a provider account could not be started', error))
      .finally(() => {
        looking = null;
      });
  }, LOOK_EVERY_MS);
  timer.unref();

  const end = async () => {
    // One that is being opened is run and shut like the others: none is left behind that holds the connection.
    await looking;
    await Promise.all([...open.values()].map(({ run }) => run));
  };
  return {
    running,
    states: () => [...open.values()].map(({ worker }) => worker.getState()),
    stop() {
      stopped = true;
      clearInterval(timer);
      for (const { worker } of open.values()) shut(worker);
      end().then(resolve, reject);
    },
  };
}

/** Each queue with its rate. */
function queuesOf({ taskQueue, rates, accounts }: SendWorkersOptions): Map<string, number | undefined> {
  const known = accounts();
  const queues = new Map<string, number | undefined>();
  for (const provider of PROVIDERS) {
    const byDefault = known.find((account) => account.provider === provider && account.isDefault);
    const rate = rates[provider] ?? byDefault?.perSecond ?? undefined;
    queues.set(sendQueueOf(taskQueue, { provider, account: null }), rate);
  }
  for (const { id, provider, perSecond } of known) {
    if (isBuiltIn(provider)) continue;
    queues.set(sendQueueOf(taskQueue, { provider, account: id }), perSecond ?? undefined);
  }
  return queues;
}

/** It has one account, which no step names. */
function isBuiltIn(provider: Provider): boolean {
  return provider === 'sandbox' || provider === 'inapp';
}

function shut(worker: SendWorker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
