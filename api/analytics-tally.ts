import type { Ladder } from '../core/ladder';
import { addHistogram, type Histogram, NO_LATENCIES } from '../core/latency-buckets';
import type { Grouping } from '../schemas/analytics';
import type { Channel } from '../schemas/vocabulary';
import type { RejectionCount, RollupSum } from '../store/contract';
import type { Asked } from './analytics-query';
import type { Services } from './services';

/** Counters by name: projection/rollup.ts says what each of them counts. */
export type Counts = Record<string, number>;

export interface StepTally {
  step: string;
  /** Null: a parallel step. */
  channel: Channel | null;
  currency: string | null;
  timeoutMs: number | null;
  counts: Counts;
  latencies: Histogram;
}

/** What comes together of some runs. */
export interface Tally {
  /** Of the invocations, by currency: two currencies are never added up. */
  runs: Map<string | null, Counts>;
  rejected: Counts;
  /** In the ladder's order, the newest version's first. */
  steps: StepTally[];
}

export interface GroupTally extends Tally {
  /** The fields that the group is of, as they are answered. */
  key: Record<string, string | number | null>;
}

export interface CountryTally {
  /** Null: none. */
  country: string | null;
  currency: string | null;
  counts: Counts;
}

export interface Tallied extends Tally {
  /** What the steps came to by country; only where it was asked for. */
  countries: CountryTally[];
  /** Null where the query has no `by`. */
  groups: GroupTally[] | null;
}

/** A version, as its counts are told by; null where it is not known any more. */
type Version = Pick<Ladder, 'workflowId' | 'purpose' | 'currency' | 'rungs'> | null;
type Versions = Map<string, Version>;

/** What is read only where it is told. */
export interface Wanted {
  /** The total by country too. */
  countries?: boolean;
  latencies?: boolean;
}

/**
 * Adds up what the store has, in total and by group.
 */
export async function tally(
  services: Services,
  asked: Asked,
  { countries = false, latencies = false }: Wanted,
): Promise<Tallied> {
  const { mode, flow, version, from, to, bounds, by } = asked;
  const which = { mode, ...(flow && { flowId: flow.id }), ...(version !== null && { flowVersion: version }) };
  const byCountry = by.includes('country');
  const [sums, rejections, inCountries] = await Promise.all([
    services.store.rollups.sums({ ...which, bounds, byCountry, latencies }),
    services.store.rejections.find({ ...which, from, to }),
    countries ? services.store.rollups.sums({ ...which, bounds: [from, to], byCountry: true, latencies: false }) : [],
  ]);
  const versions = await versionsOf(services, asked, [...sums, ...rejections]);
  const total = builder(versions);
  const groups = new Map<string, ReturnType<typeof builder> & { key: GroupTally['key'] }>();
  const groupOf = (fields: Fields) => {
    const key = keyOf(fields, asked, versions);
    const name = JSON.stringify(key);
    const group = groups.get(name) ?? { key, ...builder(versions, by.includes('channel') ? [fields.channel] : null) };
    groups.set(name, group);
    return group;
  };
  for (const sum of sums) {
    total.add(sum);
    if (by.length === 0 || (by.includes('channel') && sum.step === '')) continue;
    groupOf({ ...sum, channel: sum.channel || null, country: sum.country || null }).add(sum);
  }
  for (const one of rejections) {
    total.reject(one);
    if (by.length === 0 || by.includes('channel') || byCountry) continue;
    groupOf({ ...one, period: periodOf(one.hour, bounds), channel: null, country: null }).reject(one);
  }
  if (sums.length === 0) for (const name of versions.keys()) total.see(name);
  const built = [...groups.values()].map(({ key, tally }) => ({ key, ...tally() }));
  const byPlace = countriesOf(inCountries, versions);
  return { ...total.tally(), countries: byPlace, groups: by.length === 0 ? null : built.sort(inOrder(asked)) };
}

function countriesOf(sums: readonly RollupSum[], versions: Versions): CountryTally[] {
  const found = new Map<string, CountryTally>();
  for (const sum of sums) {
    if (sum.step === '') continue;
    const currency = versions.get(nameOf(sum))?.currency ?? null;
    const name = `${currency} ${sum.country}`;
    const one = found.get(name) ?? { country: sum.country || null, currency, counts: {} };
    found.set(name, one);
    addCounts(one.counts, sum.counts);
  }
  return [...found.values()].sort((a, b) => ((a.country ?? '~') < (b.country ?? '~') ? -1 : 1));
}

interface Fields {
  flowId: string;
  flowVersion: number;
  period: number;
  channel: Channel | null;
  country: string | null;
}

function keyOf(fields: Fields, { by, labels, flow }: Asked, versions: Versions): GroupTally['key'] {
  const { flowId, flowVersion, channel, country } = fields;
  const known = versions.get(nameOf(fields)) ?? null;
  const values: Record<Grouping, () => GroupTally['key']> = {
    flow: () => ({ flow: flowId, workflowId: known?.workflowId ?? flow?.workflowId ?? null }),
    version: () => ({ version: flowVersion === 0 ? null : flowVersion }),
    channel: () => ({ channel }),
    country: () => ({ country }),
    purpose: () => ({ purpose: known?.purpose ?? null }),
    hour: () => ({ hour: labels[fields.period] ?? '' }),
    day: () => ({ day: labels[fields.period] ?? '' }),
  };
  return Object.assign({}, ...by.map((grouping) => values[grouping]()));
}

function nameOf({ flowId, flowVersion }: Pick<Fields, 'flowId' | 'flowVersion'>): string {
  return `${flowId} ${flowVersion}`;
}

/** Of everything that was counted; where nothing was, of what the flow would be invoked on now. */
async function versionsOf(
  { flows }: Services,
  { mode, flow, version }: Asked,
  counted: readonly (RollupSum | RejectionCount)[],
): Promise<Versions> {
  const names = new Map<string, { flowId: string; flowVersion: number }>();
  for (const { flowId, flowVersion } of counted) names.set(nameOf({ flowId, flowVersion }), { flowId, flowVersion });
  if (flow) {
    const flowVersion = version ?? flow.publishedVersion ?? flow.latestVersion;
    if (flowVersion > 0) names.set(nameOf({ flowId: flow.id, flowVersion }), { flowId: flow.id, flowVersion });
  }
  // The newest first: in its order the steps are told.
  const inTurn = [...names].sort(([, a], [, b]) => b.flowVersion - a.flowVersion || (a.flowId < b.flowId ? -1 : 1));
  const found = inTurn.map(async ([name, { flowId, flowVersion }]): Promise<[string, Version]> => {
    const known = flowVersion === 0 ? null : await flows.version(flowId, flowVersion, mode);
    return [name, known?.ladder ?? null];
  });
  return new Map(await Promise.all(found));
}

/** @param channels of a group by channel: only its steps are told */
function builder(versions: Versions, channels: readonly (Channel | null)[] | null = null) {
  const runs = new Map<string | null, Counts>();
  const rejected: Counts = {};
  const steps = new Map<string, StepTally>();
  const seen = new Set<string>();

  const stepOf = (step: string, of: Channel | null, currency: string | null): StepTally => {
    const name = JSON.stringify([step, of, currency]);
    const found = steps.get(name) ?? {
      ...{ step, channel: of, currency, timeoutMs: null, counts: {}, latencies: NO_LATENCIES },
    };
    steps.set(name, found);
    return found;
  };

  return {
    /** The steps of a version that was counted are told, also where nothing was counted of them. */
    see(name: string): void {
      seen.add(name);
    },
    add(sum: RollupSum): void {
      const name = nameOf(sum);
      seen.add(name);
      const currency = versions.get(name)?.currency ?? null;
      if (sum.step === '') {
        const counts = runs.get(currency) ?? {};
        runs.set(currency, counts);
        return addCounts(counts, comparable(sum.counts));
      }
      const step = stepOf(sum.step, sum.channel || null, currency);
      addCounts(step.counts, sum.counts);
      step.latencies = addHistogram(step.latencies, sum.latencies);
    },
    reject({ reason, count }: RejectionCount): void {
      rejected[reason] = (rejected[reason] ?? 0) + count;
    },
    tally(): Tally {
      const inOrder = new Set<StepTally>();
      for (const [name, version] of versions) {
        if (!version || !seen.has(name)) continue;
        for (const rung of version.rungs) {
          const of = rung.kind === 'send' ? rung.channel : null;
          if (channels && !channels.includes(of)) continue;
          const found = stepOf(rung.name, of, version.currency);
          // The newest comes first.
          if (!inOrder.has(found)) found.timeoutMs = rung.timeoutMs;
          inOrder.add(found);
        }
      }
      for (const rest of steps.values()) inOrder.add(rest);
      return { runs, rejected, steps: [...inOrder] };
    },
  };
}

/** What sending otherwise would have cost is told of runs that are all of them reckoned: `comparedCostMicros` is theirs. */
function comparable(counts: Readonly<Counts>): Counts {
  const { accepted, reckoned, allAtOnceMicros, smsOnlyMicros, smsOnlyUnknown, smsOnlyCostMicros, ...rest } = counts;
  if (reckoned === accepted) return { ...counts, comparedCostMicros: counts.costMicros ?? 0 };
  return { ...rest, accepted: accepted ?? 0 };
}

export function addCounts(counts: Counts, added: Readonly<Counts>): void {
  for (const name in added) counts[name] = (counts[name] ?? 0) + (added[name] ?? 0);
}

function periodOf(at: number, bounds: readonly number[]): number {
  let period = 0;
  while (period + 2 < bounds.length && at >= (bounds[period + 1] ?? 0)) period++;
  return period;
}

/** By the fields in the order in which they were asked for; what is not known comes last. */
function inOrder({ by }: Asked): (a: GroupTally, b: GroupTally) => number {
  const fields = by.map((grouping) => (grouping === 'flow' ? 'workflowId' : grouping));
  return ({ key: a }, { key: b }) => {
    for (const field of fields) {
      const [x = null, y = null] = [a[field], b[field]];
      if (x === y) continue;
      if (x === null || y === null) return x === null ? 1 : -1;
      return x < y ? -1 : 1;
    }
    return 0;
  };
}
