import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const BUNDLE = join(__dirname, '..', '..', 'dist', 'worker.js');
const READY_WITHIN_MS = 30_000;

export interface WorkerProcess {
  pid: number;
  output(): string;
  /** Its exit status once it has ended; null when a signal ended it. */
  ended: Promise<number | null>;
  /** SIGTERM; resolves with its exit status. */
  stop(): Promise<number | null>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
}

export interface WorkerOptions {
  temporalAddress: string;
  dataFolder: string;
  /** Added to the environment. */
  env?: Record<string, string>;
}

/** A worker in a process of its own, as `npm run worker` starts it; resolves once it takes work. */
export async function startWorkerProcess({
  temporalAddress,
  dataFolder,
  env = {},
}: WorkerOptions): Promise<WorkerProcess> {
  if (!existsSync(BUNDLE)) throw new Error('dist/worker.js is missing: run `npm run build` (`npm test` does).');
  const child = spawn(process.execPath, ['--enable-source-maps', BUNDLE], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: temporalAddress,
      ONWARD_DATA: dataFolder,
      ONWARD_WORKER_PORT: '0',
      ...env,
    },
    // By the channel it notices when the test run dies.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = outputOf(child);
  const ended = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)));
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const until = Date.now() + READY_WITHIN_MS;
  while (!output().includes('Onward worker for')) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      await end('SIGKILL');
      throw new Error(`the worker did not become ready: ${output()}`);
    }
    await pause(20);
  }
  return {
    pid: child.pid ?? 0,
    output,
    ended,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

function outputOf(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}
