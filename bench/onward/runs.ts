import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationView } from '../../schemas/invocation';
import type { HttpAnswer } from '../load/http-connection';
import type { OnwardClient } from './client';
import { type BenchFlow, INVOCATION } from './flows';

/** What the load generator saw of one run, in ms of its clock. */
export interface SeenRun {
  id: string;
  startedAt: number;
  /** The 202 of the invocation. */
  acceptedAt: number;
  /** The 202 of the receipt, or the answer that the run has ended where that was asked for. */
  doneAt: number;
}

export interface RunOptions {
  receiptAfterMs: number;
  status: 'delivered' | 'undelivered';
  /** Ask, as the receipt goes out, for an answer when the run has ended (`Prefer: wait`): a third request. */
  awaitEnd: boolean;
}

/** Invokes with a key and an Idempotency-Key, waits, and brings the receipt from outside. */
export async function invokeAndReceive(
  server: OnwardClient,
  flow: BenchFlow,
  now: () => number,
  options: RunOptions,
): Promise<SeenRun> {
  const { id, startedAt, acceptedAt } = await invokeOnly(server, flow, now);
  if (options.receiptAfterMs > 0) await pause(options.receiptAfterMs);
  const at = new Date().toISOString();
  const receipt = { invocationId: id, step: 0, provider: 'sandbox', status: options.status, at };
  const ended = options.awaitEnd ? waitForEnd(server, id) : null;
  expect202(await server.receipt(JSON.stringify(receipt)));
  await ended;
  return { id, startedAt, acceptedAt, doneAt: now() };
}

export async function invokeOnly(server: OnwardClient, flow: BenchFlow, now: () => number): Promise<SeenRun> {
  const startedAt = now();
  const answer = await server.invoke[flow](INVOCATION, `idempotency-key: ${randomUUID()}\r\n`);
  const acceptedAt = now();
  expect202(answer);
  const { id } = JSON.parse(answer.body) as { id: string };
  return { id, startedAt, acceptedAt, doneAt: acceptedAt };
}

async function waitForEnd(server: OnwardClient, id: string): Promise<void> {
  const { status } = await server.get<InvocationView>(`/invocations/${id}`, { prefer: 'wait=30' });
  if (status !== 'succeeded') throw new Error(`invocation ${id} is ${status} after 30 s`);
}

function expect202(answer: HttpAnswer): void {
  if (answer.status !== 202) throw new Error(`Onward answered ${answer.status}: ${answer.body.slice(0, 300)}`);
}
