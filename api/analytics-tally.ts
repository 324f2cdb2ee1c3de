import { ANALYTICS_LIMITS, type Grouping } from '../schemas/analytics';
import type { Channel } from '../schemas/vocabulary';
import type { RollupSumQuery } from '../store/contract';
import type { Asked } from './analytics-query';
import { addCounts, adder, type Counts, learn, nameOf, type Tally, type Versions } from './analytics-runs';
import type { Services } from './services';

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

/** What is read only where it is told. */
export interface Wanted {
  /** The total by country too. */
  countries?: boolean;
  latencies?: boolean;
}

/** There would be more groups than ANALYTICS_LIMITS.groups. */
export class TooManyGroups extends Error {
  constructor() {
    super(`the answer would have more than ${ANALYTICS_LIMITS.groups} groups`);
    this.name = 'TooManyGroups';
  }
}

/**
 * Adds up what the store has, in total and by group.
 * @throws TooManyGroups
 */
export async function tally(
  services: Services,
  asked: Asked,
  { countries = false, latencies = false }: Wanted,
): Promise<Tallied> {
  const { mode, flow, version, from, to, bounds, by } = asked;
  const { rollups, rejections } = services.store;
  const which = { mode, ...(flow && { flowId: flow.id }), ...(version !== null && { flowVersion: version }) };
  const byCountry = by.includes('country');
  const versions: Versions = new Map();
  const total = adder(versions);
  const groups = groupsOf(asked, versions);
  let counted = false;
  await rollups.sums({ ...which, bounds, byCountry, latencies }, async (sums) => {
    await learn(versions, services, mode, sums);
    counted ||= sums.length > 0;
    for (const sum of sums) {
      total.add(sum);
      if (by.length === 0 || (by.includes('channel') && sum.step === '')) continue;
      groups.at({ ...sum, channel: sum.channel || null, country: sum.country || null }).add(sum);
    }
  });
  const refused = await rejections.find({ ...which, from, to });
  await learn(versions, services, mode, refused);
  for (const one of refused) {
    total.reject(one);
    if (by.length === 0 || by.includes('channel') || byCountry) continue;
    groups.at({ ...one, period: periodOf(one.hour, bounds), channel: null, country: null }).reject(one);
  }
  if (!counted) for (const name of await usualVersion(versions, services, asked)) total.see(name);
  const places = countries ? await countriesOf(services, versions, { ...which, bounds: [from, to] }) : [];
  return { ...total.tally(), countries: places, groups: by.length === 0 ? null : groups.inOrder() };
}

/** What a group is made of while it grows. */
function groupsOf(asked: Asked, versions: Versions) {
  const { by } = asked;
  const groups = new Map<string, ReturnType<typeof adder> & { key: GroupTally['key'] }>();
  return {
    at(fields: Fields) {
      const key = keyOf(fields, asked, versions);
      const name = JSON.stringify(key);
      const found = groups.get(name) ?? {
        key,
        ...adder(versions, by.includes('channel') ? [fields.channel] : null),
      };
      groups.set(name, found);
      if (groups.size > ANALYTICS_LIMITS.groups) throw new TooManyGroups();
      return found;
    },
    inOrder(): GroupTally[] {
      return [...groups.values()].map(({ key, tally }) => ({ key, ...tally() })).sort(inOrder(asked));
    },
  };
}

async function countriesOf(
  { store }: Services,
  versions: Versions,
  query: Pick<RollupSumQuery, 'mode' | 'flowId' | 'flowVersion' | 'bounds'>,
): Promise<CountryTally[]> {
  const found = new Map<string, CountryTally>();
  await store.rollups.sums({ ...query, byCountry: true, latencies: false }, async (sums) => {
    for (const sum of sums) {
      if (sum.step === '') continue;
      const currency = versions.get(nameOf(sum))?.currency ?? null;
      const name = `${currency} ${sum.country}`;
      const one = found.get(name) ?? { country: sum.country || null, currency, counts: {} };
      found.set(name, one);
      addCounts(one.counts, sum.counts);
    }
  });
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

/** Where nothing was counted: those that were refused, or what the flow would be invoked on now. */
async function usualVersion(versions: Versions, services: Services, { mode, flow, version }: Asked): Promise<string[]> {
  const flowVersion = version ?? flow?.publishedVersion ?? flow?.latestVersion ?? 0;
  if (flow && flowVersion > 0) await learn(versions, services, mode, [{ flowId: flow.id, flowVersion }]);
  return [...versions.keys()];
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
