import type { Channel } from '../../../schemas/vocabulary';
import type { CostGroup, FailureGroup, FunnelGroup, LatencyGroup } from './answers';

/** What a group is of; only what was compared by is there. */
export interface GroupKey {
  flow?: string;
  workflowId?: string | null;
  version?: number | null;
  channel?: Channel | null;
  country?: string | null;
  purpose?: string | null;
  hour?: string;
  day?: string;
}

/** `share`: of `count`, from 0 to 1; money in millionths, times in milliseconds. */
export interface Metric {
  key: MetricKey;
  form: 'share' | 'money' | 'time' | 'count';
}

export type MetricKey =
  | 'accepted'
  | 'attempted'
  | 'counted'
  | 'succeeded'
  | 'delivered'
  | 'saved'
  | 'late'
  | 'duplicates'
  | 'failing'
  | 'timedOut'
  | 'costPerRun'
  | 'cost'
  | 'billedTwice'
  | 'p50'
  | 'p90'
  | 'p95';

export interface Row {
  group: GroupKey;
  /** The step that the row is of; null: the whole run. */
  subject: { step: string; channel: Channel | null } | null;
  currency: string | null;
  /** What shares are of. */
  count: number;
  values: Partial<Record<MetricKey, number | null>>;
}

export interface Comparison {
  metrics: readonly Metric[];
  rows: readonly Row[];
}

const of = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const sum = <T>(all: readonly T[], one: (of: T) => number) => all.reduce((total, each) => total + one(each), 0);

function keyOf({ flow, workflowId, version, channel, country, purpose, hour, day }: GroupKey): GroupKey {
  const key = { flow, workflowId, version, channel, country, purpose, hour, day };
  return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined));
}

export const nameOfGroup = (group: GroupKey) => JSON.stringify(group);

export function funnelComparison(groups: readonly FunnelGroup[]): Comparison {
  const byRun = groups.every(({ invocations }) => invocations !== null);
  return byRun ? ofRuns(groups) : ofMessages(groups);
}

function ofRuns(groups: readonly FunnelGroup[]): Comparison {
  const rows = groups.map((group): Row => {
    const { accepted = 0, succeeded = 0, late = 0, duplicates = 0, failed = 0, expired = 0 } = group.invocations ?? {};
    return {
      group: keyOf(group),
      subject: null,
      currency: null,
      count: accepted,
      values: {
        accepted,
        succeeded: of(succeeded, accepted),
        saved: of(
          sum(group.steps, ({ savedByFallback }) => savedByFallback),
          accepted,
        ),
        failing: of(failed + expired, accepted),
        late: of(late, accepted),
        duplicates: of(duplicates, accepted),
      },
    };
  });
  const shares = (['succeeded', 'saved', 'failing', 'late', 'duplicates'] as const).map(
    (key): Metric => ({ key, form: 'share' }),
  );
  return { metrics: [{ key: 'accepted', form: 'count' }, ...shares], rows };
}

/** Of groups by channel: a run may use several, so messages are counted. */
function ofMessages(groups: readonly FunnelGroup[]): Comparison {
  const rows = groups.map((group): Row => {
    const attempted = sum(group.steps, (step) => step.attempted);
    const share = (one: (step: FunnelGroup['steps'][number]) => number) => of(sum(group.steps, one), attempted);
    return {
      group: keyOf(group),
      subject: null,
      currency: null,
      count: attempted,
      values: {
        attempted,
        delivered: share(({ delivered }) => delivered),
        timedOut: share(({ timedOut }) => timedOut),
        late: share(({ lateDelivered }) => lateDelivered),
        duplicates: share(({ duplicates }) => duplicates),
      },
    };
  });
  const shares = (['delivered', 'timedOut', 'late', 'duplicates'] as const).map(
    (key): Metric => ({ key, form: 'share' }),
  );
  return { metrics: [{ key: 'attempted', form: 'count' }, ...shares], rows };
}

export function latencyComparison(groups: readonly LatencyGroup[]): Comparison {
  const rows = groups.flatMap((group) =>
    group.steps
      .filter(({ counted }) => counted > 0)
      .map(({ step, channel, counted, latencyMs: { p50, p90, p95 } }): Row => {
        const values = { counted, p50, p90, p95 };
        return { group: keyOf(group), subject: { step, channel }, currency: null, count: counted, values };
      }),
  );
  const times = (['p50', 'p90', 'p95'] as const).map((key): Metric => ({ key, form: 'time' }));
  return { metrics: [{ key: 'counted', form: 'count' }, ...times], rows };
}

export function costComparison(groups: readonly CostGroup[]): Comparison {
  const rows = groups.flatMap((group) =>
    group.currencies.map(({ currency, invocations, costMicros, costTwiceMicros }): Row => {
      const values = {
        accepted: invocations,
        cost: costMicros,
        costPerRun: invocations === null ? null : of(costMicros, invocations),
        billedTwice: costTwiceMicros,
      };
      return { group: keyOf(group), subject: null, currency, count: invocations ?? 0, values };
    }),
  );
  const sums = (['cost', 'costPerRun', 'billedTwice'] as const).map((key): Metric => ({ key, form: 'money' }));
  return { metrics: [{ key: 'accepted', form: 'count' }, ...sums], rows };
}

export function failuresComparison(groups: readonly FailureGroup[]): Comparison {
  const rows = groups.flatMap((group) =>
    group.steps.map(({ step, channel, attempted, skipped, reasons }): Row => {
      const count = attempted + skipped;
      const values = {
        attempted: count,
        failing: of(
          sum(reasons, (one) => one.count),
          count,
        ),
      };
      return { group: keyOf(group), subject: { step, channel }, currency: null, count, values };
    }),
  );
  return {
    metrics: [
      { key: 'attempted', form: 'count' },
      { key: 'failing', form: 'share' },
    ],
    rows,
  };
}

/** Fewer tell nothing. */
const ENOUGH = 30;
/** Two shares differ by more than chance where their distance is this many standard errors (95 %). */
const BEYOND_CHANCE = 1.96;
/** Of sums and times there is no such measure here: less than this is not worth a word. */
const WORTH_A_WORD = 0.02;

export interface Difference {
  metric: Metric;
  value: number;
  base: number;
}

/**
 * What to say of one row against another: where it differs by more than chance (shares), or by more than 2 % (money and
 * times); `too_few` where either has under 30 to go by.
 */
export function differences(metrics: readonly Metric[], base: Row, row: Row): Difference[] | 'too_few' {
  if (base.count < ENOUGH || row.count < ENOUGH) return 'too_few';
  return metrics.flatMap((metric) => {
    const value = row.values[metric.key] ?? null;
    const before = base.values[metric.key] ?? null;
    if (metric.form === 'count' || metric.key === 'cost' || metric.key === 'billedTwice') return [];
    if (value === null || before === null) return [];
    const apart =
      metric.form === 'share' ? sharesDiffer(value, row.count, before, base.count) : sumsDiffer(value, before);
    return apart ? [{ metric, value, base: before }] : [];
  });
}

function sharesDiffer(one: number, ofOne: number, other: number, ofOther: number): boolean {
  const together = (one * ofOne + other * ofOther) / (ofOne + ofOther);
  const error = Math.sqrt(together * (1 - together) * (1 / ofOne + 1 / ofOther));
  return error > 0 && Math.abs(one - other) / error > BEYOND_CHANCE;
}

function sumsDiffer(one: number, other: number): boolean {
  return Math.abs(one - other) > WORTH_A_WORD * Math.max(Math.abs(other), 1);
}
