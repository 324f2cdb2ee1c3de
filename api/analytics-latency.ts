import { boundsOfBucket } from '../core/latency-buckets';
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
  const buckets = [...latencies].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  return {
    step,
    channel,
    timeoutSeconds: timeoutMs === null ? null : timeoutMs / 1000,
    counted: buckets.reduce((sum, [, count]) => sum + count, 0),
    latencyMs: percentilesOf(latencies),
    histogram: buckets.map(([bucket, count]) => {
      const { from, to } = boundsOfBucket(bucket);
      return { fromMs: rounded(from), toMs: rounded(to), count };
    }),
  };
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(6));
}
