import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Registry } from 'prom-client';
import { createProjectionMetrics } from '../projection/metrics';
import type { FromThread, ThreadData, ToThread } from '../projection/thread-messages';
import { closeLinks, openLinks } from './house/links';
import { startProjection } from './house/projection';

/** The projection in a thread of its own, so that requests do not wait for it. Started by projection/start-thread.ts. */
async function main(): Promise<void> {
  giveWay();
  const port = parentPort;
  if (!port) throw new Error('this file is a worker thread, started by the process that writes the log');
  const complain = (message: string, error: unknown) => {
    const cause = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ message, cause: { name: cause.name, message: cause.message } } satisfies FromThread);
  };
  const links = await openLinks(process.env, complain);
  const registry = new Registry();
  const metrics = createProjectionMetrics(registry, Date.now);
  const projection = await startProjection({ ...(workerData as ThreadData), links, metrics, onFault: complain });
  const tellMetrics = async () => port.postMessage({ metrics: await registry.metrics() } satisfies FromThread);
  const stopped = new Promise<void>((resolve) => {
    port.on('message', (message: ToThread) => {
      if (message === 'wake') projection.wake();
      else if (message === 'metrics') void tellMetrics();
      else resolve();
    });
  });
  await stopped;
  // libsql aborts the process when a thread ends with an open database.
  await projection.stop();
  await closeLinks(links);
  port.close();
}

/** Where cores are scarce, requests come first: the read model may follow a moment later, they may not. */
function giveWay(): void {
  // On Linux 0 is the calling thread; elsewhere it is the whole process, which is to keep its priority.
  if (process.platform === 'linux') setPriority(0, 5);
}

void main();
