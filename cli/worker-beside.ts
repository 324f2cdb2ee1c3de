import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const AGAIN_MS = 1_000;

/** The worker as a process of its own, and again where it dies: it keeps nothing. @returns how to stop it */
export function startWorkerBeside(onFault: (message: string, error: unknown) => void): () => Promise<void> {
  let stopping = false;
  let again: NodeJS.Timeout | undefined;
  let child = start();

  function start(): ChildProcess {
    const started = spawn(process.execPath, [join(__dirname, 'worker.js')], {
      // By the channel it notices when we die, whatever we die of.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A signal to the terminal's whole group must not reach it before us: it is told by us.
      detached: true,
    });
    started.once('exit', (status, signal) => {
      if (stopping) return;
      onFault('the worker ended and is started again', new Error(`status ${status ?? signal}`));
      again = setTimeout(() => {
        child = start();
      }, AGAIN_MS);
    });
    return started;
  }

  return async () => {
    stopping = true;
    clearTimeout(again);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
}
