import { p50p99, times, whole } from '../amounts';
import { installationOn } from '../cluster/installation';
import { startCluster } from '../cluster/onward';
import { type Servers, withServers } from '../cluster/servers';
import type { Pids } from '../cpu';
import { cpuText } from '../cpu-text';
import { median } from '../load/percentile';
import type { OnwardClient } from '../onward/client';
import { startOnward } from '../onward/start';
import { endsOf } from '../onward/sweep';
import type { Bench, Line, Row } from '../row';
import { invokeToEnd, startOnwardOn } from '../temporal/onward';
import { type Trial, trialOf } from '../temporal/trial';

const IN_FLIGHT = 40;
const RECEIPT_AFTER_MS = 20;
/** The first runs on four fresh processes take seconds. */
const FULL = { rounds: 3, warmupMs: 8_000, measureMs: 15_000 } as const;
const QUICK = { rounds: 1, warmupMs: 5_000, measureMs: 8_000 } as const;
const TITLE = `Whole runs on servers: invoke, send, receipt after ${RECEIPT_AFTER_MS} ms, succeeded, recorded; ${IN_FLIGHT} in flight`;

/** One Onward under measurement: what it is asked through, and the processes that do its work. */
interface Profile {
  client: OnwardClient;
  pids: Pids;
  stop(): Promise<void>;
}

interface Way {
  what: string;
  start(): Promise<Profile>;
  trials: Trial[];
}

export async function cluster(bench: Bench): Promise<Row> {
  const options = bench.options.quick ? QUICK : FULL;
  return withServers(bench, { row: 'cluster', title: TITLE }, ['temporal', 'kafka', 'mongo'], async (servers) => {
    const ways = waysOn(servers, bench);
    for (let round = 1; round <= options.rounds; round++) {
      for (const way of ways) {
        bench.say(`cluster, round ${round} of ${options.rounds}: ${way.what}`);
        way.trials.push(await trial(way, options));
      }
    }
    const lines = ways.map(lineOf);
    return { lines: withRatios(lines), notes: notesOf(ways, servers) };
  });
}

function waysOn(servers: Servers, { options: { dataParent } }: Bench): Way[] {
  const { temporal, kafka, mongo } = servers;
  const onServers = { temporal: temporal.pid, kafka: kafka.pid, [mongo.make]: mongo.pid };
  const trials = () => [] as Trial[];
  return [
    {
      what: `Temporal, Kafka, ${mongo.make}; four processes`,
      trials: trials(),
      async start() {
        const { pids, stop, ...client } = await startCluster(servers, dataParent);
        return { client, pids: { ...onServers, ...pids }, stop };
      },
    },
    {
      what: 'Temporal, SQLite; two processes',
      trials: trials(),
      async start() {
        const onward = await startOnwardOn(temporal, dataParent);
        const pids = { temporal: temporal.pid, worker: onward.workerPid, api: onward.pid };
        return { client: onward, pids, stop: onward.stop };
      },
    },
    {
      what: `embedded, Kafka, ${mongo.make}; one process`,
      trials: trials(),
      async start() {
        const onward = await startOnward({ dataParent, env: installationOn({ kafka, mongo }).env });
        const pids = { kafka: kafka.pid, [mongo.make]: mongo.pid, onward: onward.pid };
        return { client: onward, pids, stop: onward.stop };
      },
    },
    {
      what: 'embedded, SQLite; one process',
      trials: trials(),
      async start() {
        const onward = await startOnward({ dataParent });
        return { client: onward, pids: { onward: onward.pid }, stop: onward.stop };
      },
    },
  ];
}

async function trial({ start }: Way, options: { warmupMs: number; measureMs: number }): Promise<Trial> {
  const { client, pids, stop } = await start();
  try {
    const once = async () => {
      const { id, status } = await invokeToEnd(client, 'wf_bench', { first: `delivered@${RECEIPT_AFTER_MS}ms` });
      if (status !== 'succeeded') throw new Error(`invocation ${id} is ${status}`);
      return id;
    };
    const measured = await trialOf(once, pids, { ...options, inFlight: IN_FLIGHT });
    // Throws where the read model, which the projection has written meanwhile, lacks one.
    await endsOf(client, new Set(measured.ids), measured.since);
    return measured;
  } finally {
    await stop();
  }
}

function lineOf({ what, trials }: Way): Line {
  const rate = median(trials.map(({ perSecond }) => perSecond));
  const near = [...trials].sort((a, b) => Math.abs(a.perSecond - rate) - Math.abs(b.perSecond - rate))[0];
  const rounds = trials.map(({ perSecond }) => perSecond.toFixed(1)).join(', ');
  return {
    what,
    value: `${rate.toFixed(1)}/s  ${near ? p50p99(near.latencyMs) : ''}  (${rounds})`,
    figures: { perSecond: rate, trials: trials.map(({ ids, ...one }) => ({ ...one, runs: ids.length })) },
  };
}

/** How much of each other's rate the whole profile reaches. */
function withRatios([whole, ...others]: Line[]): Line[] {
  if (!whole) return [];
  const rateOf = ({ figures }: Line) => Number(figures.perSecond);
  return [
    whole,
    ...others.map((line) => {
      const ratio = rateOf(whole) / rateOf(line);
      return { ...line, result: times(ratio), figures: { ...line.figures, ratio } };
    }),
  ];
}

function notesOf(ways: readonly Way[], { mongo }: Servers): string[] {
  const runs = ways.flatMap(({ trials }) => trials).reduce((sum, { ids }) => sum + ids.length, 0);
  return [
    `In turns on the same servers, started for this row alone; the load generator awaits each end by Prefer: wait. All ${whole(runs)} runs were read back from the list afterwards and had succeeded. Ratio: the whole profile against that line.`,
    `The store on a server is ${mongo.make}${mongo.make === 'FerretDB' ? ' (SQLite under it, not waiting for the disk); of MongoDB itself the figures say nothing' : ''}.`,
    ...ways.map(({ what, trials }) => `Processor time a run, ${what}: ${cpuText(trials)}.`),
  ];
}
