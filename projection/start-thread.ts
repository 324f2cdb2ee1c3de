import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadData, ToThread } from './thread-messages';

const MS = { restart: 1_000, metrics: 1_000 } as const;

export interface ProjectionThread {
  /** Folds in at once what is in the log now; without it that is done within a tenth of a second. */
  wake(): void;
  /** What it has counted since it began, as Prometheus text. Rejects where it says nothing within a second. */
  metrics(): Promise<string>;
  /** Resolves once the batch in hand is written and the thread's files are closed. */
  stop(): Promise<void>;
}

export interface ThreadOptions extends ThreadData {
  /** The built cli/projection-thread.ts. */
  entry: string;
  onFault(message: string, error: unknown): void;
}

/** Starts the projection's thread, and again where it died: its position is in its file. */
export function startProjectionThread({ entry, onFault, ...data }: ThreadOptions): ProjectionThread {
  let stopping = false;
  let restart: NodeJS.Timeout | null = null;
  let asking: ((text: string) => void)[] = [];
  let worker = start();

  function start(): Worker {
    // Its files stay open when it ends: see sqlite/checkpoint.ts for what it would undo to close one.
    const started = new Worker(entry, { workerData: data satisfies ThreadData, trackUnmanagedFds: false });
    started.on('message', (told: FromThread) => {
      if ('metrics' in told) for (const answer of asking.splice(0)) answer(told.metrics);
      else onFault(told.message, Object.assign(new Error(told.cause.message), { name: told.cause.name }));
    });
    started.on('error', (error) => onFault('the projection’s thread died', error));
    started.on('exit', () => {
      if (stopping) return;
      restart = setTimeout(() => {
        worker = start();
      }, MS.restart);
    });
    return started;
  }

  const send = (message: ToThread) => worker.postMessage(message);

  return {
    wake() {
      if (!stopping) send('wake');
    },
    metrics() {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          asking = asking.filter((one) => one !== answer);
          reject(new Error('the projection’s thread says nothing'));
        }, MS.metrics);
        const answer = (text: string) => {
          clearTimeout(timer);
          resolve(text);
        };
        asking.push(answer);
        if (!stopping) send('metrics');
      });
    },
    async stop() {
      stopping = true;
      if (restart) clearTimeout(restart);
      if (worker.threadId === -1) return;
      const exited = once(worker, 'exit');
      send('stop');
      await exited;
    },
  };
}
