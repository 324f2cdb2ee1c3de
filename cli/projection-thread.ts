import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { createProjectionLoop } from '../projection/loop';
import type { FromThread, ThreadData, ToThread } from '../projection/thread-messages';

import { composeProjector } from './compose';

/** The projection in a thread of its own, so that requests do not wait for it. Started by projection/start-thread.ts. */
async function main(): Promise<void> {
  giveWay();
  const port = parentPort;
  if (!port) throw new Error('this file is a worker thread, started by the process that writes the log');
  const complain = (message: string, error: unknown) => {
    const cause = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ message, cause: { name: cause.name, message: cause.message } } satisfies FromThread);
  };
  const projector = await composeProjector({
    ...(workerData as ThreadData),
    report: (record, cause) => complain(`event record ${record.position} cannot be projected`, cause),
  });
  const loop = createProjectionLoop(projector, (error) => complain('the projection will try again', error));
  port.on('message', (message: ToThread) => {
    if (message === 'wake') loop.wake();
    else loop.stop();
  });
  await loop.done;
  // libsql aborts the process when a thread ends with an open database.
  await projector.close();
  port.close();
}

/** Where cores are scarce, requests come first: the read model may follow a moment later, they may not. */
function giveWay(): void {
  // On Linux 0 is the calling thread; elsewhere it is the whole process, which is to keep its priority.
  if (process.platform === 'linux') setPriority(0, 5);
}

void main();
