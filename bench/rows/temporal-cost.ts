import { whole } from '../amounts';
import { invocationWith } from '../onward/flows';
import type { OnwardServer } from '../onward/start';
import type { Bench, Line, Row } from '../row';
import { type HistorySize, historySizeOf } from '../temporal/history-sizes';
import { type LogFile, lookIntoLog } from '../temporal/log-file';
import { idempotencyKey, invokeToEnd, startOnwardOn } from '../temporal/onward';
import type { BenchTemporal } from '../temporal/server';
import { withTemporal } from '../temporal/with-server';
import { startPeer } from '../temporal-peer/start';

const GOALS = { first: 17, further: 11 } as const;
const DELIVERED = 'delivered@50ms';

/** How a run may go: three steps, the first two left after 1 s. Each resolves with the run's ID. */
const COURSES: Record<string, (server: OnwardServer) => Promise<string>> = {
  'delivered by the first step': (server) => ended(server, { first: DELIVERED }),
  'fell back once, by timeout': (server) => ended(server, { first: 'silent', second: DELIVERED }),
  'fell back twice, by timeout': (server) => ended(server, { first: 'silent', second: 'silent', third: DELIVERED }),
  'fell back once, by a failure receipt': (server) =>
    ended(server, { first: 'undelivered:unreachable@50ms', second: DELIVERED }),
  'cancelled while it waited': cancelled,
};

interface Cost extends HistorySize {
  logRecords: number;
  logBytes: number;
}

export async function temporalCost(bench: Bench): Promise<Row> {
  const title = 'Temporal: what an invocation costs, by real histories, one run at a time';
  return withTemporal(bench, { row: 'temporal-cost', title }, async (temporal) => {
    const ours = await onwardCosts(temporal, bench);
    const theirs = await peerCosts(temporal, bench);
    const [first, once, twice] = Object.values(ours);
    const [peerFirst, , peerTwice] = theirs;
    const further = (fewer?: HistorySize, more?: HistorySize) => (more?.events ?? Number.NaN) - (fewer?.events ?? 0);
    const perStep = further(once, twice);
    return {
      lines: [
        ...Object.entries(ours).map(([course, cost]) => lineOf(`Onward: ${course}`, cost, cost)),
        ...theirs.map((size, n) => lineOf(`By hand: ${Object.keys(COURSES)[n]}`, size)),
        goalLine('history events, one step delivered', first?.events ?? Number.NaN, GOALS.first, peerFirst?.events),
        goalLine('history events, each further step', perStep, GOALS.further, further(theirs[1], peerTwice)),
      ],
      notes: [
        'Actions: what Temporal Cloud bills (https://docs.temporal.io/evaluate/cloud/actions), counted in the histories; where fairness is switched on there, a tenth more. Transitions and bytes of history: by the server’s own account. Log: keys and values of the run’s events and receipts.',
      ],
    };
  });
}

async function onwardCosts(temporal: BenchTemporal, bench: Bench): Promise<Record<string, Cost>> {
  bench.say('temporal-cost: Onward');
  const server = await startOnwardOn(temporal, bench.options.dataParent);
  const log = lookIntoLog(server.dataFolder);
  try {
    const costs: Record<string, Cost> = {};
    for (const [course, take] of Object.entries(COURSES)) {
      const id = await take(server);
      costs[course] = { ...(await historySizeOf(temporal.client, id)), ...logCost(log, id) };
    }
    return costs;
  } finally {
    log.close();
    await server.stop();
  }
}

function logCost(log: LogFile, id: string): Pick<Cost, 'logRecords' | 'logBytes'> {
  const { events, receipts } = log.size(id);
  return { logRecords: events.records + receipts.records, logBytes: events.bytes + receipts.bytes };
}

/** Delivered by the first, second, third step. */
async function peerCosts(temporal: BenchTemporal, bench: Bench): Promise<HistorySize[]> {
  bench.say('temporal-cost: the hand-written workflow');
  const peer = await startPeer(temporal);
  const [silent, delivered] = [
    { timeout: '1s', receiptAfterMs: null } as const,
    { timeout: '30s', receiptAfterMs: 50 } as const,
  ];
  try {
    const sizes: HistorySize[] = [];
    for (const steps of [[delivered], [silent, delivered], [silent, silent, delivered]]) {
      sizes.push(await historySizeOf(temporal.client, await peer.toEnd(steps)));
    }
    return sizes;
  } finally {
    await peer.stop();
  }
}

async function ended(server: OnwardServer, sandbox: Record<string, string>): Promise<string> {
  const { id, status } = await invokeToEnd(server, 'wf_bench_three', sandbox);
  if (status !== 'succeeded') throw new Error(`invocation ${id} is ${status}`);
  return id;
}

async function cancelled(server: OnwardServer): Promise<string> {
  const waits = `${idempotencyKey()}prefer: wait=1\r\n`;
  const answer = await server.invoke.wf_bench_open(invocationWith({ first: 'silent' }), waits);
  if (answer.status !== 202) throw new Error(`Onward answered ${answer.status}: ${answer.body.slice(0, 300)}`);
  const { id } = JSON.parse(answer.body) as { id: string };
  await server.post(`/invocations/${id}/cancel`);
  return id;
}

function lineOf(what: string, size: HistorySize, log?: Cost): Line {
  const { events, actions, stateTransitions, bytes } = size;
  const value = `${events} events, ${actions} actions, ${stateTransitions} transitions, ${whole(bytes)} bytes`;
  const result = log && `log ${log.logRecords} records, ${whole(log.logBytes)} bytes`;
  return { what, value, result, figures: { ...size } };
}

function goalLine(what: string, value: number, goal: number, peer?: number): Line {
  return {
    what,
    value: `by hand ${peer}`,
    result: String(value),
    goal: `<= ${goal}`,
    met: value <= goal,
    figures: { events: value, byHand: peer },
  };
}
