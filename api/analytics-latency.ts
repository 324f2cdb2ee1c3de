import { boundsOfBucket, countedIn, latenciesIn } from '../core/latency-buckets';
import { type Figures, percentilesOf, SHARES } from './analytics-answer';
import type { StepTally } from './analytics-runs';
import { withoutCurrency } from './analytics-steps';

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
  const inBuckets = latencies ? latenciesIn(latencies) : [];
  for (let at = 0; at < inBuckets.length; at += 2) {
    const { fromMs, toMs } = roundedBounds(inBuckets[at] ?? 0);
    histogram.push({ fromMs, toMs, count: inBuckets[at + 1] ?? 0 });
  }
  return {
    step,
    channel,
    timeoutSeconds: timeoutMs === null ? null : timeoutMs / 1000,
    counted: latencies ? countedIn(latencies) : 0,
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
