import { p50p99, perSecond, times, whole } from '../amounts';
import { median, type Spread } from '../load/percentile';
import type { LoadResult } from '../onward/load';
import type { Bench, Line, Row } from '../row';
import { systemsOn, type TrialOptions } from '../systems';

const IN_FLIGHT = 100;
const GOALS = [3, 2];

interface Trial {
  perSecond: number;
  latencyMs: Spread;
}

export async function throughput(bench: Bench): Promise<Row> {
  const { durations, dataParent } = bench.options;
  const options: TrialOptions = { ...durations, inFlight: IN_FLIGHT, receiptAfterMs: 20, awaitEnd: false };
  const systems = systemsOn(dataParent);
  const ours: LoadResult[] = [];
  const theirs = systems.peers.map((peer) => ({ peer, trials: [] as Trial[] }));
  // One after the other in every round: what the machine does meanwhile meets them all.
  for (let round = 1; round <= durations.rounds; round++) {
    bench.say(`throughput, round ${round} of ${durations.rounds}: Onward`);
    ours.push(await systems.onward(options));
    for (const { peer, trials } of theirs) {
      bench.say(`throughput, round ${round} of ${durations.rounds}: ${peer.name}`);
      trials.push(await peer.trial(options));
    }
  }
  bench.say('throughput: Onward, each end awaited by a third request');
  const awaited = await systems.onward({ ...options, awaitEnd: true });
  const rate = median(ours.map((trial) => trial.perSecond));
  return {
    row: 'throughput',
    title: `Embedded engine: invoke, send, receipt after 20 ms, succeeded; ${IN_FLIGHT} in flight`,
    lines: [
      line('Onward', ours),
      ...theirs.map(({ peer, trials }, n) => against(line(peer.name, trials), rate, trials, GOALS[n] ?? 1)),
      line('Onward, each end awaited by a third request', [awaited]),
    ],
    notes: notesOf(ours, systems.skipped),
  };
}

function line(what: string, trials: readonly Trial[]): Line {
  const rate = median(trials.map((trial) => trial.perSecond));
  const near = [...trials].sort((a, b) => Math.abs(a.perSecond - rate) - Math.abs(b.perSecond - rate))[0];
  const spread = near ? `  ${p50p99(near.latencyMs)}` : '';
  return { what, value: `${perSecond(rate)}${spread}`, figures: { perSecond: rate, trials } };
}

function against(line: Line, ours: number, trials: readonly Trial[], goal: number): Line {
  const ratio = ours / median(trials.map((trial) => trial.perSecond));
  return {
    ...line,
    result: times(ratio),
    goal: `>= ${goal} x`,
    met: ratio >= goal,
    figures: { ...line.figures, ratio },
  };
}

function notesOf(ours: readonly LoadResult[], skipped: string | null): string[] {
  const runs = ours.reduce((sum, trial) => sum + trial.runs, 0);
  const after = ours[0]?.endAfterReceiptMs;
  const notes = [
    `Onward: counted at the later of the receipt's 202 and the end in the run's own record; all ${whole(runs)} runs were read back afterwards and had succeeded.`,
    'Restate: counted at the answer of the invocation, which comes when the run has ended. No idempotency key there.',
  ];
  if (after)
    notes.splice(
      1,
      0,
      `Onward: a run ended ${p50p99(after)} after its receipt's 202 (whole ms of the server's clock).`,
    );
  if (skipped) notes.push(`SKIPPED, the peer: ${skipped}.`);
  return notes;
}
