import { boundsOfBucket, countedIn } from '../core/latency-buckets';
import { type Figures, percentilesOf, SHARES } from './analytics-answer';
import { withoutCurrency } from './analytics-steps';
import type { StepTally } from './analytics-tally';

/** How long messages took from the provider's acceptance to the person, beside the time that their step gives them. */
export const LATENCY: Figures = {
  content: ({ steps }) => ({ steps: sending(steps).map(stepOf) }),
  columns: ['step', 'channel', 'timeoutSeconds', 'counted', ...Object.keys(SHARES).map((name) => `latencyMs.${name}`)],
  lines({ steps }) {
    return sending(steps).map((tally) => {
      const { step, channel, timeoutSeconds, counted, latencyMs } = stepOf(tally);
      return [step, channel, timeoutSeconds, counted, ...Object.values(latencyMs)];
    });
  },
};

function sending(steps: readonly StepTally[]): StepTally[] {
  return withoutCurrency(steps).filter(({ channel }) => channel !== null);
}

function stepOf({ step, channel, timeoutMs, latencies }: StepTally) {
  const histogram: { fromMs: number; toMs: number; count: number }[] = [];
  for (let bucket = 0; bucket < latencies.length; bucket++) {
    const count = latencies[bucket] ?? 0;
    if (count <= 0) continue;
    const { fromMs, toMs } = roundedBounds(bucket);
    histogram.push({ fromMs, toMs, count });
  }
  return {
    step,
    channel,
    timeoutSeconds: timeoutMs === null ? null : timeoutMs / 1000,
    counted: countedIn(latencies),
    latencyMs: percentilesOf(latencies),
    histogram,
  };
}

const bounds = new Map<number, { fromMs: number; toMs: number }>();

/** To six digits; reckoned once, since an answer has them by the thousand. */
function roundedBounds(bucket: number): { fromMs: number; toMs: number } {
  const known = bounds.get(bucket);
  if (known) return known;
  const { from, to } = boundsOfBucket(bucket);
  const made = { fromMs: Number(from.toPrecision(6)), toMs: Number(to.toPrecision(6)) };
  bounds.set(bucket, made);
  return made;
}
