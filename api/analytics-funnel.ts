import type { Figures } from './analytics-answer';
import { percentilesOf, SHARES } from './analytics-answer';
import { addCounts, type Counts, type StepTally, type Tally } from './analytics-runs';
import type { GroupTally } from './analytics-tally';

const STEP_COUNTS = [
  'attempted',
  'accepted',
  'delivered',
  'read',
  'failed',
  'timedOut',
  'skipped',
  'savedByFallback',
  'lateDelivered',
  'duplicates',
  'costMicros',
  'costTwiceMicros',
] as const;

const ENDS = ['succeeded', 'failed', 'cancelled', 'expired'] as const;

/** How many went on to each step, what became of them there, and what it cost. */
export const FUNNEL: Figures = {
  content(tally, group) {
    return { invocations: invocationsOf(tally, group), steps: tally.steps.map(stepOf) };
  },
  columns: ['step', 'channel', 'currency', ...STEP_COUNTS, ...Object.keys(SHARES).map((name) => `latencyMs.${name}`)],
  lines({ steps }) {
    return steps.map(stepOf).map(({ step, channel, currency, latencyMs, ...counts }) => {
      const numbers = STEP_COUNTS.map((name) => counts[name] ?? 0);
      return [step, channel, currency, ...numbers, ...Object.values(latencyMs)];
    });
  },
};

/** A run may use several channels, and the country of one that was refused is not known. */
function invocationsOf({ runs, rejected }: Tally, group: GroupTally | null) {
  if (group && 'channel' in group.key) return null;
  const counts: Counts = {};
  for (const ofCurrency of runs.values()) addCounts(counts, ofCurrency);
  const of = (name: string) => counts[name] ?? 0;
  const known = !(group && 'country' in group.key);
  return {
    accepted: of('accepted'),
    rejected: known ? Object.values(rejected).reduce((sum, count) => sum + count, 0) : null,
    rejectedByReason: known ? rejected : null,
    succeeded: of('succeeded'),
    failed: of('failed'),
    cancelled: of('cancelled'),
    expired: of('expired'),
    running: ENDS.reduce((left, end) => left - of(end), of('accepted')),
    duplicates: of('duplicates'),
    late: of('late'),
  };
}

function stepOf({ step, channel, currency, counts, latencies }: StepTally) {
  const numbers = Object.fromEntries(STEP_COUNTS.map((name) => [name, counts[name] ?? 0])) as Record<
    (typeof STEP_COUNTS)[number],
    number
  >;
  return { step, channel, currency, ...numbers, latencyMs: percentilesOf(latencies) };
}
