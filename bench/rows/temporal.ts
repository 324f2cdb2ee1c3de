import { p50p99, times, whole } from '../amounts';
import { cpuText } from '../cpu-text';
import { median } from '../load/percentile';
import { endsOf } from '../onward/sweep';
import type { Bench, Line, Row } from '../row';
import { type HistorySize, historySizeOf } from '../temporal/history-sizes';
import { type LogSize, lookIntoLog } from '../temporal/log-file';
import { invokeToEnd, startOnwardOn } from '../temporal/onward';
import type { BenchTemporal } from '../temporal/server';
import { type Trial, trialOf } from '../temporal/trial';
import { withTemporal } from '../temporal/with-server';
import { startPeer } from '../temporal-peer/start';

const IN_FLIGHT = 40;
const GOAL = 1;
const RECEIPT_AFTER_MS = 20;
/** Runs of each trial whose histories are looked at. */
const SAMPLE = 20;
const FULL = { rounds: 3, warmupMs: 4_000, measureMs: 15_000 } as const;

interface Measured extends Trial {
  /** In the middle of a sample of runs under that load. */
  historyEvents: number;
}
interface MeasuredOnward extends Measured {
  log: { events: LogSize; receipts: LogSize };
}

export async function temporal(bench: Bench): Promise<Row> {
  const { quick, durations } = bench.options;
  const options = quick ? durations : FULL;
  const title = `Temporal: invoke, send, receipt after ${RECEIPT_AFTER_MS} ms, succeeded, recorded; ${IN_FLIGHT} in flight`;
  return withTemporal(bench, { row: 'temporal', title }, async (server) => {
    const ours: MeasuredOnward[] = [];
    const theirs: Measured[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      bench.say(`temporal, round ${round} of ${options.rounds}: Onward`);
      ours.push(await onwardTrial(server, bench, options));
      bench.say(`temporal, round ${round} of ${options.rounds}: the hand-written workflow`);
      theirs.push(await peerTrial(server, options));
    }
    const rate = (of: Trial[]) => median(of.map((trial) => trial.perSecond));
    const ratio = rate(ours) / rate(theirs);
    const verdict = { result: times(ratio), goal: `>= ${GOAL.toFixed(1)} x`, met: ratio >= GOAL };
    const peerLine = line('A hand-written workflow, nothing recorded', theirs);
    return {
      lines: [line('Onward', ours), { ...peerLine, ...verdict, figures: { ...peerLine.figures, ratio } }],
      notes: notesOf(ours, theirs),
    };
  });
}

type Options = { warmupMs: number; measureMs: number };

async function onwardTrial(temporal: BenchTemporal, bench: Bench, options: Options): Promise<MeasuredOnward> {
  const server = await startOnwardOn(temporal, bench.options.dataParent);
  try {
    const once = async () => {
      const { id, status } = await invokeToEnd(server, 'wf_bench', { first: `delivered@${RECEIPT_AFTER_MS}ms` });
      if (status !== 'succeeded') throw new Error(`invocation ${id} is ${status}`);
      return id;
    };
    const pids = { server: temporal.pid, worker: server.workerPid, api: server.pid };
    const trial = await trialOf(once, pids, { ...options, inFlight: IN_FLIGHT });
    // Throws where the read model, which the projection has written meanwhile, lacks one.
    await endsOf(server, new Set(trial.ids), trial.since);
    const file = lookIntoLog(server.dataFolder);
    const log = file.size();
    file.close();
    return { ...trial, log, historyEvents: await historyEventsOf(temporal, trial.ids) };
  } finally {
    await server.stop();
  }
}

async function peerTrial(temporal: BenchTemporal, options: Options): Promise<Measured> {
  const peer = await startPeer(temporal);
  try {
    const once = () => peer.toEnd([{ timeout: '30s', receiptAfterMs: RECEIPT_AFTER_MS }]);
    const pids = { server: temporal.pid, worker: peer.workerPid };
    const trial = await trialOf(once, pids, { ...options, inFlight: IN_FLIGHT });
    return { ...trial, historyEvents: await historyEventsOf(temporal, trial.ids) };
  } finally {
    await peer.stop();
  }
}

async function historyEventsOf({ client }: BenchTemporal, ids: readonly string[]): Promise<number> {
  const sample = Array.from({ length: SAMPLE }, (_, n) => ids[Math.floor((n * ids.length) / SAMPLE)] ?? '');
  const sizes: HistorySize[] = [];
  for (const id of sample) sizes.push(await historySizeOf(client, id));
  return median(sizes.map(({ events }) => events));
}

function line(what: string, trials: readonly Trial[]): Line {
  const rate = median(trials.map((trial) => trial.perSecond));
  const near = [...trials].sort((a, b) => Math.abs(a.perSecond - rate) - Math.abs(b.perSecond - rate))[0];
  const rounds = trials.map((trial) => trial.perSecond.toFixed(1)).join(', ');
  return {
    what,
    value: `${rate.toFixed(1)}/s  ${near ? p50p99(near.latencyMs) : ''}  (${rounds})`,
    figures: { perSecond: rate, trials: trials.map(({ ids, ...trial }) => ({ ...trial, runs: ids.length })) },
  };
}

function notesOf(ours: readonly MeasuredOnward[], theirs: readonly Measured[]): string[] {
  const runs = ours.reduce((sum, trial) => sum + trial.ids.length, 0);
  const log = ours[0]?.log;
  const each = (size: LogSize | undefined) => {
    const { length } = ours[0]?.ids ?? [];
    return `${((size?.records ?? 0) / length).toFixed(1)} records, ${whole((size?.bytes ?? 0) / length)} bytes`;
  };
  return [
    'Both on one server with a file database (WAL), taking turns; each with its worker in a process of its own, and the load generator awaiting each end: Onward’s by Prefer: wait, the other’s by handle.result().',
    `Onward: all ${whole(runs)} runs were read back from the list afterwards and had succeeded. In the log, a run: events ${each(log?.events)}; receipts ${each(log?.receipts)}.`,
    `History events a run under that load: ${median(ours.map((one) => one.historyEvents))} and ${median(theirs.map((one) => one.historyEvents))}.`,
    `Processor time a run, Onward: ${cpuText(ours)}. The hand-written one: ${cpuText(theirs)}.`,
  ];
}
