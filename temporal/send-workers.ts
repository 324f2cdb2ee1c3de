import type { Worker, WorkerOptions } from '@temporalio/worker';
import { PROVIDERS, type Provider } from '../schemas/vocabulary';
import { sendQueueOf } from '../workflows/contract';

/** Sends of one queue at once; what is to be limited in time is limited by its rate. */
const SENDS_AT_ONCE = 500;
/** How soon a new account, or another rate, is taken notice of. */
const LOOK_EVERY_MS = 2_000;

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
  open(queue: Queue): Promise<Worker>;
  onFault(message: string, error: unknown): void;
}

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
  const open = new Map<string, { worker: Worker; perSecond: number | undefined }>();
  const ended: Promise<void>[] = [];
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
    const worker = await options.open({
      taskQueue,
      maxConcurrentActivityTaskExecutions: SENDS_AT_ONCE,
      maxTaskQueueActivitiesPerSecond: perSecond,
      activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: 20 },
    });
    open.set(taskQueue, { worker, perSecond });
    const run = worker.run();
    ended.push(run);
    run.catch(reject);
    // What the one with the other rate has in hand it finishes.
    if (before) shut(before.worker);
    if (stopped) shut(worker);
  };
  const look = () => Promise.all([...queuesOf(options)].map(([queue, rate]) => openQueue(queue, rate)));
  await look();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error) => options.onFault('a worker for a provider account could not be started', error))
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();

  return {
    running,
    states: () => [...open.values()].map(({ worker }) => worker.getState()),
    stop() {
      stopped = true;
      clearInterval(timer);
      for (const { worker } of open.values()) shut(worker);
      Promise.all(ended).then(() => resolve(), reject);
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

function shut(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
