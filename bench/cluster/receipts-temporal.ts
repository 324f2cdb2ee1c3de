import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { inLanes } from '../load/lanes';
import { until } from '../load/until';
import type { Bench } from '../row';
import { lookIntoLog, toldOfAll } from '../temporal/log-file';
import { startOnwardOn } from '../temporal/onward';
import type { BenchTemporal } from '../temporal/server';
import { PEER_QUEUE } from '../temporal-peer/contract';
import { startPeer } from '../temporal-peer/start';
import type { peer } from '../temporal-peer/workflow';
import { consumedOf, recordsIn } from './offsets';
import type { RawKafka } from './raw-kafka';
import { type Arrival, bringReceipts, openRuns, type ReceiptTrial } from './receipt-trial';
import type { BenchKafka } from './servers';

const STARTED_AT_ONCE = 40;
const SETTLE_MS = 3_000;
const WITHIN_MS = 180_000;

export interface Decided {
  /** Until every run had ended for its receipt. */
  decidedPerSecond: number;
}

/** Receipts by way of Kafka to Temporal: taken once the consumer has committed them, which it does after the signal. */
export async function receiptsToTemporal(
  { kafka, raw, temporal }: { kafka: BenchKafka; raw: RawKafka; temporal: BenchTemporal },
  { options: { dataParent } }: Bench,
  arrival: Arrival,
  count: number,
): Promise<ReceiptTrial & Decided> {
  const server = await startOnwardOn(temporal, dataParent, kafka);
  const log = lookIntoLog(server.dataFolder);
  const [topic, group] = [`${server.prefix}onward.receipts`, `${server.prefix}onward.engine`];
  const pids = { temporal: temporal.pid, kafka: kafka.pid, worker: server.workerPid, api: server.pid };
  try {
    const ids = await openRuns(server, count, STARTED_AT_ONCE);
    await toldOfAll(log, ids, 'AttemptAccepted', WITHIN_MS);
    await pause(SETTLE_MS);
    const has = async () => (await consumedOf(raw, topic, group)) >= (await recordsIn(raw, topic));
    const taken = () => until(has, { what: 'the receipts’ signals', everyMs: 20, withinMs: WITHIN_MS });
    const startedAt = performance.now();
    const trial = await bringReceipts({ client: server, secret: server.secret, pids }, ids, arrival, taken);
    await toldOfAll(log, ids, 'InvocationSucceeded', WITHIN_MS);
    return { ...trial, decidedPerSecond: (count * 1000) / (performance.now() - startedAt) };
  } finally {
    log.close();
    await server.stop();
  }
}

/** The same by a hand-written workflow and Temporal's own client: what the server and one worker can take at most. */
export async function signalsByHand(
  temporal: BenchTemporal,
  { count, inFlight }: { count: number; inFlight: number },
): Promise<{ perSecond: number } & Decided> {
  const hand = await startPeer(temporal);
  const { workflow } = temporal.client;
  try {
    const ids = Array.from({ length: count }, () => `peer_${randomUUID()}`);
    await inLanes(ids, STARTED_AT_ONCE, async (workflowId) => {
      const args: Parameters<typeof peer> = [[{ timeout: '30s', receiptAfterMs: null }]];
      await workflow.start<typeof peer>('peer', { taskQueue: PEER_QUEUE, workflowId, args });
    });
    await pause(SETTLE_MS);
    const startedAt = performance.now();
    await inLanes(ids, inFlight, (id) => workflow.getHandle(id).signal('receipt', { status: 'delivered' }));
    const signalledMs = performance.now() - startedAt;
    const results = await Promise.all(ids.map((id) => workflow.getHandle<typeof peer>(id).result()));
    const decidedMs = performance.now() - startedAt;
    if (results.some((result) => result !== 'succeeded')) throw new Error('a run by hand was not signalled in time');
    return { perSecond: (count * 1000) / signalledMs, decidedPerSecond: (count * 1000) / decidedMs };
  } finally {
    await hand.stop();
  }
}
