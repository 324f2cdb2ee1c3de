import { p50p99, times } from '../amounts';
import type { Spread } from '../load/percentile';
import type { Bench, Line, Row } from '../row';
import { systemsOn, type TrialOptions } from '../systems';

const GOAL = 0.5;

export async function oneInFlight(bench: Bench): Promise<Row> {
  const { durations, dataParent } = bench.options;
  const options: TrialOptions = {
    inFlight: 1,
    warmupMs: durations.warmupMs,
    measureMs: durations.shortMs,
    receiptAfterMs: 0,
    awaitEnd: true,
  };
  const systems = systemsOn(dataParent);
  bench.say('one in flight: Onward');
  const { latencyMs } = await systems.onward(options);
  const lines: Line[] = [line('Onward', latencyMs)];
  const medians: number[] = [];
  for (const peer of systems.peers) {
    bench.say(`one in flight: ${peer.name}`);
    const trial = await peer.trial(options);
    lines.push(line(peer.name, trial.latencyMs));
    medians.push(trial.latencyMs.p50);
  }
  const share = latencyMs.p50 / Math.min(...medians);
  if (medians.length > 0) {
    const figures = { ratio: share };
    const result = times(share);
    lines.push({
      what: 'Onward against the better',
      value: '',
      result,
      goal: `<= ${GOAL} x`,
      met: share <= GOAL,
      figures,
    });
  }
  const notes = [
    'From the invocation’s request to the answer that the run has ended; for Onward that answer is a third request (Prefer: wait), sent with the receipt.',
  ];
  if (systems.skipped) notes.push(`SKIPPED, the peer: ${systems.skipped}.`);
  return { row: 'latency', title: 'Embedded engine: one in flight, the receipt at once', lines, notes };
}

function line(what: string, latencyMs: Spread): Line {
  return { what, value: p50p99(latencyMs), figures: { latencyMs } };
}
