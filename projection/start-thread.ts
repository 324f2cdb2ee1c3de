import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadData, ToThread } from './thread-messages';

const RESTART_MS = 1000;
const WAKE_EVERY_MS = 10;

export interface ProjectionThread {
  /** To be called after a commit; cheap, however often. */
  wake(): void;
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
  let wakeAt = 0;
  let restart: NodeJS.Timeout | null = null;
  let worker = start();

  function start(): Worker {
    const started = new Worker(entry, { workerData: data satisfies ThreadData });
    started.on('message', ({ message, cause }: FromThread) => onFault(message, cause));
    started.on('error', (error) => onFault('the projection’s thread died', error));
    started.on('exit', () => {
      if (stopping) return;
      restart = setTimeout(() => {
        worker = start();
      }, RESTART_MS);
    });
    return started;
  }

  const send = (message: ToThread) => worker.postMessage(message);

  return {
    wake() {
      // A message has its price. The thread looks by itself soon enough for the wake-up that falls away here.
      const now = Date.now();
      if (stopping || now < wakeAt) return;
      wakeAt = now + WAKE_EVERY_MS;
      send('wake');
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
