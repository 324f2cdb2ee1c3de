import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Followed } from './live';
import type { FromThread, ThreadData, ToThread } from './thread-messages';

const MS = { restart: 1_000, metrics: 1_000 } as const;

export interface EventsThread {
  /** Folds in at once what is in the log now; without it that is done within a tenth of a second. */
  wake(): void;
  /** Makes at once the callbacks that are due now; without it that is done within seconds. */
  deliver(): void;
  /** What the thread counts, as Prometheus text; empty where it does not answer. */
  metrics(): Promise<string>;
  /** Resolves once the batch in hand is written and the thread's files are closed. */
  stop(): Promise<void>;
}

export interface ThreadOptions extends ThreadData {
  /** The built cli/events-thread.ts. */
  entry: string;
  onFault(message: string, error: unknown): void;
  onWarning(message: string, fields: Record<string, string>): void;
  /** Left out: nobody asks. */
  onFollowed?(followed: Followed): void;
}

/** Starts the thread of those who follow the events, and again where it died: their positions are in their files. */
export function startEventsThread({ entry, onFault, onWarning, onFollowed, ...data }: ThreadOptions): EventsThread {
  let stopping = false;
  let restart: NodeJS.Timeout | null = null;
  let asked: ((text: string) => void)[] = [];
  let worker = start();

  function heard(message: FromThread): void {
    switch (message.kind) {
      case 'fault': {
        const { name, message: sentence } = message.cause;
        return onFault(message.message, Object.assign(new Error(sentence), { name }));
      }
      case 'warning':
        return onWarning(message.message, message.fields);
      case 'followed':
        return onFollowed?.(message);
      case 'metrics':
        answer(message.text);
    }
  }

  function answer(text: string): void {
    for (const resolve of asked) resolve(text);
    asked = [];
  }

  function start(): Worker {
    // Its files stay open when it ends: see sqlite/checkpoint.ts for what it would undo to close one.
    const started = new Worker(entry, { workerData: data satisfies ThreadData, trackUnmanagedFds: false });
    started.on('message', heard);
    started.on('error', (error) => onFault('the thread of the projection and the callbacks died', error));
    started.on('exit', () => {
      answer('');
      if (stopping) return;
      restart = setTimeout(() => {
        worker = start();
      }, MS.restart);
    });
    return started;
  }

  const send = (message: ToThread) => {
    if (!stopping) worker.postMessage(message);
  };

  return {
    wake: () => send('wake'),
    deliver: () => send('deliver'),
    metrics() {
      if (stopping || worker.threadId === -1) return Promise.resolve('');
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, MS.metrics, '');
        asked.push((text) => {
          clearTimeout(timer);
          resolve(text);
        });
        // Whoever asked before is answered by the same.
        if (asked.length === 1) send('metrics');
      });
    },
    async stop() {
      if (restart) clearTimeout(restart);
      const exited = worker.threadId === -1 ? null : once(worker, 'exit');
      if (exited && !stopping) send('stop');
      stopping = true;
      await exited;
    },
  };
}
