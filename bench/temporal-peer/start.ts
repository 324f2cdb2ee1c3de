import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { untilLeft } from '../leaving';
import { PACKAGE_ROOT } from '../package-root';
import type { BenchTemporal } from '../temporal/server';
import { PEER_QUEUE } from './contract';
import type { peer } from './workflow';

export interface Peer {
  workerPid: number;
  /** Starts one execution and resolves, once it has succeeded, with its ID. */
  toEnd(steps: Parameters<typeof peer>[0]): Promise<string>;
  stop(): Promise<void>;
}

/** The hand-written workflow: its worker in a process of its own, started from here. */
export async function startPeer({ address, client }: BenchTemporal): Promise<Peer> {
  const child = fork(join(PACKAGE_ROOT, 'dist', 'bench.js'), ['serve', 'temporal-peer', address], { stdio: 'inherit' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = untilLeft(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  try {
    await ready(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    workerPid: child.pid ?? 0,
    async toEnd(steps) {
      const options = { taskQueue: PEER_QUEUE, workflowId: `peer_${randomUUID()}`, args: [steps] as [typeof steps] };
      const handle: WorkflowHandle<typeof peer> = await client.workflow.start<typeof peer>('peer', options);
      const result = await handle.result();
      if (result !== 'succeeded') throw new Error(`the peer’s workflow has ${result}`);
      return handle.workflowId;
    },
    stop,
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (status) => reject(new Error(`the peer’s worker ended with status ${status}`)));
  });
}
