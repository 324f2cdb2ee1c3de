import type { Ladder } from '../core/ladder';
import { addLatencies, type Histogram, newHistogram } from '../core/latency-buckets';
import type { Channel, Mode } from '../schemas/vocabulary';
import type { RejectionCount, RollupSum } from '../store/contract';
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
  /** Null where there are none. */
  latencies: Histogram | null;
}

/** What comes together of some runs. */
export interface Tally {
  /** Of the invocations, by currency: two currencies are never added up. */
  runs: Map<string | null, Counts>;
  rejected: Counts;
  /** In the ladder's order, the newest version's first. */
  steps: StepTally[];
}

/** A version, as its counts are told by; null where it is not known any more. */
export type Version = Pick<Ladder, 'workflowId' | 'version' | 'purpose' | 'currency' | 'rungs'> | null;
export type Versions = Map<string, Version>;

interface OfVersion {
  flowId: string;
  flowVersion: number;
}

export function nameOf({ flowId, flowVersion }: OfVersion): string {
  return `${flowId} ${flowVersion}`;
}

/** Looks up the versions that are counted and not known yet. */
export async function learn(
  versions: Versions,
  { flows }: Pick<Services, 'flows'>,
  mode: Mode,
  counted: readonly OfVersion[],
): Promise<void> {
  for (const { flowId, flowVersion } of counted) {
    const name = nameOf({ flowId, flowVersion });
    if (versions.has(name)) continue;
    const known = flowVersion === 0 ? null : await flows.version(flowId, flowVersion, mode);
    versions.set(name, known?.ladder ?? null);
  }
}

/** Adds up some runs, steps and all. @param channels of a group by channel: only its steps are told */
export function adder(versions: Versions, channels: readonly (Channel | null)[] | null = null) {
  const runs = new Map<string | null, Counts>();
  const rejected: Counts = {};
  const steps = new Map<string, StepTally>();
  const seen = new Set<string>();

  const stepOf = (step: string, of: Channel | null, currency: string | null): StepTally => {
    const name = JSON.stringify([step, of, currency]);
    const found = steps.get(name) ?? {
      ...{ step, channel: of, currency, timeoutMs: null, counts: {}, latencies: null },
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
      if (sum.latencies.length > 0) step.latencies ??= newHistogram();
      if (step.latencies) addLatencies(step.latencies, sum.latencies);
    },
    reject({ reason, count }: RejectionCount): void {
      rejected[reason] = (rejected[reason] ?? 0) + count;
    },
    tally(): Tally {
      const inOrder = new Set<StepTally>();
      for (const [name, version] of newestFirst(versions)) {
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

function newestFirst(versions: Versions): [string, Version][] {
  return [...versions].sort(([a, x], [b, y]) => (y?.version ?? 0) - (x?.version ?? 0) || (a < b ? -1 : 1));
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
