import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationView } from '../../schemas/invocation';
import type { Instance } from './instance';

/** What was asked for, and what is known of it. */
export interface Asked {
  key: string;
  body: string;
  /** The ID of the 202; null when no answer came. */
  id: string | null;
}

export function invokeHeaders(instance: Pick<Instance, 'testKey'>, idempotencyKey: string): Record<string, string> {
  return { 'api-key': instance.testKey, 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
}

/** Invokes until told to stop, `parallel` at a time; whatever fails on the way is kept as asked for without an answer. */
export async function invokeUntil(
  instance: Instance,
  workflowId: string,
  options: { parallel: number; stopped: () => boolean; body: (n: number) => object; name: string },
): Promise<Asked[]> {
  const asked: Asked[] = [];
  const one = async () => {
    while (!options.stopped()) {
      const n = asked.length;
      const entry: Asked = { key: `${options.name}-${n}`, body: JSON.stringify(options.body(n)), id: null };
      asked.push(entry);
      entry.id = await invoke(instance, workflowId, entry);
      if (entry.id === null) await pause(5);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, one));
  return asked;
}

/** The ID of the 202, or null where there was no answer or another one. */
export async function invoke(instance: Instance, workflowId: string, asked: Asked): Promise<string | null> {
  try {
    const response = await fetch(`${instance.url}/v1/workflows/${workflowId}/invocations`, {
      method: 'POST',
      headers: invokeHeaders(instance, asked.key),
      body: asked.body,
    });
    const answer = (await response.json()) as { id?: string };
    return response.status === 202 ? (answer.id ?? null) : null;
  } catch {
    return null;
  }
}

export async function getJson<T>(instance: Instance, path: string, key = instance.ownerKey): Promise<T> {
  const response = await fetch(instance.url + path, { headers: { 'api-key': key } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The run once it has ended. */
export async function ended(instance: Instance, id: string): Promise<InvocationView> {
  for (let tries = 0; tries < 20; tries++) {
    const response = await fetch(`${instance.url}/v1/invocations/${id}`, {
      headers: { 'api-key': instance.ownerKey, prefer: 'wait=10' },
    });
    if (!response.ok) throw new Error(`${id} answered ${response.status}: ${await response.text()}`);
    const view = (await response.json()) as InvocationView;
    if (view.status !== 'running') return view;
  }
  throw new Error(`${id} does not end`);
}

/** Runs `work` over all items, `parallel` at a time. */
export async function forAll<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const one = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: parallel }, one));
}

/** Makes a flow of the definition's steps with its templates and publishes it. */
export async function publishFlow(
  instance: Instance,
  definition: { steps: object[] } & Record<string, unknown>,
): Promise<string> {
  const post = async (path: string, body: object) => {
    const response = await fetch(instance.url + path, {
      method: 'POST',
      headers: { 'api-key': instance.ownerKey, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { workflowId: string; id: string };
  };
  const flow = await post('/v1/flows', definition);
  await post(`/v1/flows/${flow.id}/publish`, {});
  return flow.workflowId;
}
