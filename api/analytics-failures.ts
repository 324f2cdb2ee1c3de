import type { Figures } from './analytics-answer';
import type { StepTally } from './analytics-runs';
import { withoutCurrency } from './analytics-steps';

const REASON = 'reason.';

/** Why messages did not reach the person, the most frequent reason of each step first. */
export const FAILURES: Figures = {
  content: ({ steps }) => ({ steps: sending(steps).map(stepOf) }),
  columns: ['step', 'channel', 'attempted', 'skipped', 'reason', 'count', 'share'],
  lines({ steps }) {
    return sending(steps)
      .map(stepOf)
      .flatMap(({ step, channel, attempted, skipped, reasons }) =>
        reasons.map(({ reason, count, share }) => [step, channel, attempted, skipped, reason, count, share]),
      );
  },
};

function sending(steps: readonly StepTally[]): StepTally[] {
  return withoutCurrency(steps).filter(({ channel }) => channel !== null);
}

function stepOf({ step, channel, counts }: StepTally) {
  const { attempted = 0, skipped = 0 } = counts;
  const came = attempted + skipped;
  const reasons = Object.entries(counts)
    .filter(([name, count]) => name.startsWith(REASON) && count !== 0)
    .map(([name, count]) => {
      const share = came === 0 ? null : Number((count / came).toPrecision(4));
      return { reason: name.slice(REASON.length), count, share };
    })
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  return { step, channel, attempted, skipped, reasons };
}
