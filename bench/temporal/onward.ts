import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationView } from '../../schemas/invocation';
import { freePort } from '../../temporal/dev-server-port';
import { installationOn } from '../cluster/installation';
import type { BenchKafka } from '../cluster/servers';
import { childrenOf } from '../cpu';
import type { OnwardClient } from '../onward/client';
import { type BenchFlow, invocationWith } from '../onward/flows';
import { type OnwardServer, startOnward } from '../onward/start';
import type { BenchTemporal } from './server';

export interface OnwardOnTemporal extends OnwardServer {
  /** Of the worker, which `onward start` has started as a process of its own. */
  workerPid: number;
  /** Of its topics, where the log is Kafka. */
  prefix: string;
  secret: string;
  workerMetrics(): Promise<string>;
}

const WORKER_WITHIN_MS = 15_000;

/** `onward start` with TEMPORAL_ADDRESS, as a user has it: API, receipts and projector in one process, the worker in another. */
export async function startOnwardOn(
  temporal: BenchTemporal,
  dataParent: string,
  kafka?: BenchKafka,
): Promise<OnwardOnTemporal> {
  const workerPort = await freePort();
  const { env, prefix, secret } = installationOn({ temporal, kafka });
  const server = await startOnward({ dataParent, env: { ...env, ONWARD_WORKER_PORT: String(workerPort) } });
  const door = `http://127.0.0.1:${workerPort}`;
  try {
    await workerReady(door);
    const [workerPid] = childrenOf(server.pid);
    if (workerPid === undefined) throw new Error('onward start has started no worker');
    const workerMetrics = async () => (await fetch(`${door}/metrics`)).text();
    return { ...server, prefix, secret, workerPid, workerMetrics };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function workerReady(door: string): Promise<void> {
  const until = Date.now() + WORKER_WITHIN_MS;
  while (Date.now() < until) {
    const response = await fetch(`${door}/readyz`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return;
    await pause(50);
  }
  throw new Error(`the worker was not ready within ${WORKER_WITHIN_MS / 1000} s`);
}

/** Invokes, and resolves once the answer says that the run has ended. @param sandbox what becomes of each step's message */
export async function invokeToEnd(
  server: Pick<OnwardClient, 'invoke'>,
  flow: BenchFlow,
  sandbox: Record<string, string>,
) {
  const answer = await server.invoke[flow](invocationWith(sandbox), `${idempotencyKey()}prefer: wait=60\r\n`);
  if (answer.status !== 200) throw new Error(`Onward answered ${answer.status}: ${answer.body.slice(0, 300)}`);
  return JSON.parse(answer.body) as InvocationView;
}

export function idempotencyKey(): string {
  return `idempotency-key: ${randomUUID()}\r\n`;
}
