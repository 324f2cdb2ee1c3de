import { createReferences } from '../../receipts/reference';
import type { Receipt } from '../../schemas/receipt';
import { cpuFromNow, type Pids } from '../cpu';
import type { HttpAnswer } from '../load/http-connection';
import { inLanes } from '../load/lanes';
import { type Spread, spreadOf } from '../load/percentile';
import type { OnwardClient } from '../onward/client';
import { invokeOnly } from '../onward/runs';

/** How receipts come, each for a run of its own. */
export interface Arrival {
  what: string;
  /** In one request. */
  receipts: number;
  inFlight: number;
  /** By a provider's webhook, its attempt named by the signed reference. */
  byReference: boolean;
}

export interface ReceiptTrial {
  /** From the first request until the engine had the last, durably. */
  perSecond: number;
  receipts: number;
  seconds: number;
  /** From the last 202 to then. */
  behindMs: number;
  /** Of the requests. */
  ackMs: Spread;
  cpuMsPerRun: Record<string, number> | null;
}

/** Runs that were sent nothing but their message and wait for a receipt. @returns their IDs */
export async function openRuns(client: OnwardClient, count: number, inFlight: number): Promise<string[]> {
  const ids: string[] = [];
  await inLanes(Array.from({ length: count }), inFlight, async () => {
    ids.push((await invokeOnly(client, 'wf_bench_open', () => 0)).id);
  });
  return ids;
}

/**
 * A delivered receipt for each of the runs.
 * @param taken resolves once the engine has all of them
 */
export async function bringReceipts(
  { client, secret, pids }: { client: OnwardClient; secret: string; pids: Pids },
  ids: readonly string[],
  arrival: Arrival,
  taken: () => Promise<void>,
): Promise<ReceiptTrial> {
  const requests = requestsFor(client, secret, ids, arrival);
  const tookMs: number[] = [];
  const cpu = cpuFromNow({ ...pids, 'load generator': process.pid });
  const startedAt = performance.now();
  await inLanes(requests, arrival.inFlight, async (request) => {
    const begunAt = performance.now();
    const { status, body } = await request();
    if (status !== 202) throw new Error(`Onward answered ${status}: ${body.slice(0, 300)}`);
    tookMs.push(performance.now() - begunAt);
  });
  const answeredAt = performance.now();
  await taken();
  const takenAt = performance.now();
  const seconds = (takenAt - startedAt) / 1000;
  const shares = Object.entries(cpu() ?? {}).map(([name, ms]) => [name, ms / ids.length]);
  return {
    perSecond: ids.length / seconds,
    receipts: ids.length,
    seconds,
    behindMs: takenAt - answeredAt,
    ackMs: spreadOf(tookMs),
    cpuMsPerRun: shares.length > 0 ? Object.fromEntries(shares) : null,
  };
}

/** Made before the clock runs: what a provider does to sign or to write is not measured. */
function requestsFor(
  client: OnwardClient,
  secret: string,
  ids: readonly string[],
  { receipts, byReference }: Arrival,
): (() => Promise<HttpAnswer>)[] {
  if (byReference) {
    const references = createReferences(secret);
    const body = JSON.stringify({ status: 'delivered', at: new Date().toISOString() });
    return ids.map((invocationId) => {
      const ref = references.sign({ invocationId, step: 0, attempt: 1 });
      const post = client.pool.poster(`/v1/receipts/sandbox?ref=${encodeURIComponent(ref)}`, {});
      return () => post(body);
    });
  }
  const bodies = ids.map(receiptFor).map((receipt) => JSON.stringify(receipt));
  return Array.from({ length: Math.ceil(ids.length / receipts) }, (_, n) => {
    const some = bodies.slice(n * receipts, (n + 1) * receipts);
    const body = receipts === 1 ? (some[0] ?? '') : `[${some.join(',')}]`;
    return () => client.receipt(body);
  });
}

/** As a gateway of one's own writes it, and as it stands in the log. */
export function receiptFor(invocationId: string): Receipt {
  return { invocationId, step: 0, provider: 'sandbox', status: 'delivered', at: new Date().toISOString() };
}
