import { setTimeout as pause } from 'node:timers/promises';
import { megabytes, p50p99, whole } from '../amounts';
import { type Spread, spreadOf } from '../load/percentile';
import { invocationWith } from '../onward/flows';
import type { Bench, Line, Row } from '../row';
import { rssBytes } from '../rss';
import { type LogFile, lookIntoLog, toldOfAll } from '../temporal/log-file';
import { idempotencyKey, type OnwardOnTemporal, startOnwardOn } from '../temporal/onward';
import type { BenchTemporal } from '../temporal/server';
import { withTemporal } from '../temporal/with-server';

/** Invocations that wait for a receipt, with a patience: on a slow machine it is measured with as many as were begun. */
const OPEN = { few: 100, many: 10_000, manyQuick: 500, beginWithinMs: 240_000 } as const;
const SAMPLES = 200;
/** So many of those that wait may have ended before others take their place. */
const REPLACED_AT_ONCE = 25;
const STARTS_AT_ONCE = 40;
const SETTLE_MS = 3_000;
const WAITS_WITHIN_MS = 60_000;
const DECIDED_WITHIN_MS = 30_000;

interface Look {
  open: number;
  workerBytes: number;
  apiBytes: number;
  serverBytes: number;
  /** Runs that the worker holds in memory; one that it does not is read from its history when something happens. */
  held: number;
  decidedMs: Spread | null;
}

export async function temporalOpen(bench: Bench): Promise<Row> {
  const many = bench.options.quick ? OPEN.manyQuick : OPEN.many;
  const title = `Temporal: ${whole(many)} invocations waiting for a receipt`;
  return withTemporal(bench, { row: 'temporal-open', title }, async (temporal) => {
    const server = await startOnwardOn(temporal, bench.options.dataParent);
    const log = lookIntoLog(server.dataFolder);
    try {
      const looks = await measure({ bench, temporal, server, log, open: [] }, many);
      return {
        lines: looks.map(lineOf),
        notes: [
          `Receipt: from POST /v1/receipts to the run's end in the log, ${SAMPLES} receipts one after the other, for runs of all ages among those that wait; after ${REPLACED_AT_ONCE} of them as many new ones are begun. Memory: resident sets ${SETTLE_MS / 1000} s after the last start; held: runs that the worker keeps in memory, by its own metrics.`,
        ],
      };
    } finally {
      log.close();
      await server.stop();
    }
  });
}

interface House {
  bench: Bench;
  temporal: BenchTemporal;
  server: OnwardOnTemporal;
  log: LogFile;
  /** IDs, oldest first. */
  open: string[];
}

async function measure(house: House, many: number): Promise<Look[]> {
  await pause(SETTLE_MS);
  const looks = [await look(house, null)];
  const until = Date.now() + OPEN.beginWithinMs;
  for (const count of [OPEN.few, many]) {
    house.bench.say(`temporal-open: beginning ${whole(count)} invocations`);
    await begin(house, count, until);
    await allWait(house);
    await pause(SETTLE_MS);
    const before = await look(house, null);
    house.bench.say(`temporal-open: receipts, with ${whole(house.open.length)} open`);
    looks.push({ ...before, decidedMs: await decisions(house) });
  }
  return looks;
}

async function begin({ server, open }: House, count: number, until: number): Promise<void> {
  let begun = open.length;
  const lane = async () => {
    while (begun < count && Date.now() < until) {
      begun++;
      open.push(await beginOne(server));
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
}

async function beginOne(server: OnwardOnTemporal): Promise<string> {
  const answer = await server.invoke.wf_bench_open(invocationWith({ first: 'silent' }), idempotencyKey());
  if (answer.status !== 202) throw new Error(`Onward answered ${answer.status}: ${answer.body.slice(0, 300)}`);
  return (JSON.parse(answer.body) as { id: string }).id;
}

/** Until each has been sent and waits for its receipt. */
function allWait({ log, open }: House): Promise<void> {
  return toldOfAll(log, open, 'AttemptAccepted', WAITS_WITHIN_MS);
}

async function look({ server, temporal, open }: House, decidedMs: Spread | null): Promise<Look> {
  const held = /^temporal_sticky_cache_size\{[^}]*task_queue="onward"[^}]*\} (\d+)/m.exec(await server.workerMetrics());
  return {
    open: open.length,
    workerBytes: rssBytes(server.workerPid),
    apiBytes: rssBytes(server.pid),
    serverBytes: rssBytes(temporal.pid),
    // A worker that has had no run yet does not tell.
    held: Number(held?.[1] ?? 0),
    decidedMs,
  };
}

async function decisions(house: House): Promise<Spread> {
  const took: number[] = [];
  for (let n = 0; n < SAMPLES; n++) {
    const [id] = house.open.splice(Math.floor((n * house.open.length) / SAMPLES), 1);
    if (id === undefined) throw new Error('no run is open');
    took.push(await decide(house, id));
    if ((n + 1) % REPLACED_AT_ONCE === 0) {
      await begin(house, house.open.length + REPLACED_AT_ONCE, Number.POSITIVE_INFINITY);
      await allWait(house);
    }
  }
  return spreadOf(took);
}

/** @returns ms from the receipt's request to the end of the run in the log, looked for each ms */
async function decide({ server, log }: House, invocationId: string): Promise<number> {
  const receipt = { invocationId, step: 0, provider: 'sandbox', status: 'delivered', at: new Date().toISOString() };
  const startedAt = performance.now();
  const { status, body } = await server.receipt(JSON.stringify(receipt));
  if (status !== 202) throw new Error(`Onward answered ${status}: ${body.slice(0, 300)}`);
  while (!log.tells(invocationId, 'InvocationSucceeded')) {
    if (performance.now() - startedAt > DECIDED_WITHIN_MS) throw new Error(`${invocationId} was not decided`);
    await pause(1);
  }
  return performance.now() - startedAt;
}

function lineOf({ decidedMs, ...look }: Look): Line {
  const { open, workerBytes, apiBytes, serverBytes, held } = look;
  const memory = `worker ${megabytes(workerBytes)}, API ${megabytes(apiBytes)}, Temporal ${megabytes(serverBytes)}`;
  const decided = decidedMs ? `receipt decided ${p50p99(decidedMs)}` : '';
  return {
    what: `${whole(open)} open, ${whole(held)} held`,
    value: memory,
    result: decided,
    figures: { ...look, decidedMs },
  };
}
