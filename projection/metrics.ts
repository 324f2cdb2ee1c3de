import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { latencyOfBucket } from '../core/latency-buckets';
import type { LogRecord } from '../log/contract';
import type { Channel, Mode } from '../schemas/vocabulary';
import type { Tally } from './fold-batch';
import type { Projector } from './project';

const MS = {
  /** A batch that came to its end tells for so long how far behind it was. */
  told: 10_000,
  /** One that failed comes again within seconds, or to another process that has its partition now. */
  comesAgain: 60_000,
} as const;
const DELIVER_BUCKETS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400];
const LATENCY = 'latency.';
const MICROS = 1_000_000;

/**
 * What is counted of the runs, as their events are folded in: once for the whole installation, whatever engine decides
 * and whoever sends. A figure that a later event takes back stays counted: for exact figures there are the analytics.
 */
export interface ProjectionMetrics {
  /** The same projector, watched. */
  watch(projector: Projector): Projector;
  /** There is nothing more to be folded in now. */
  caughtUp(): void;
  /** To be told of what a batch has added, once it is written. */
  folded(tallies: readonly Tally[]): void;
}

export function createProjectionMetrics(registry: Registry, clock: () => number): ProjectionMetrics {
  const registers = [registry];
  const events = new Counter({
    name: 'onward_projection_events_total',
    help: 'Events folded into the read models.',
    registers,
  });
  /** By partition, of the batch in hand: when the first of its events happened, and when it failed. */
  const inHand = new Map<number, { since: number; failedAt: number | null }>();
  const before = { lagMs: 0, until: 0 };
  new Gauge({
    name: 'onward_projection_lag_seconds',
    help: 'Age of the oldest event that is not in the read models yet; 0 where all are.',
    registers,
    collect() {
      const now = clock();
      const ours = [...inHand.values()].filter(({ failedAt }) => failedAt === null || now - failedAt < MS.comesAgain);
      const oldest = Math.min(...ours.map(({ since }) => since));
      const ms = ours.length > 0 ? now - oldest : now < before.until ? before.lagMs : 0;
      this.set(Math.max(ms, 0) / 1000);
    },
  });
  const count = countersOf(registry);
  return {
    watch: ({ project }) => ({
      async project(records) {
        const first = records[0];
        const last = records[records.length - 1];
        if (!first || !last) return 0;
        const { partition } = first;
        inHand.set(partition, { since: timeOf(first) ?? clock(), failedAt: null });
        const folded = await project(records).catch((error) => {
          // Where the store is away the batch comes again, and stays in hand.
          inHand.set(partition, { since: timeOf(first) ?? clock(), failedAt: clock() });
          throw error;
        });
        events.inc(folded);
        const now = clock();
        before.lagMs = now - (timeOf(last) ?? now);
        before.until = now + MS.told;
        inHand.delete(partition);
        return folded;
      },
    }),
    caughtUp() {
      before.until = 0;
    },
    folded(tallies) {
      for (const tally of tallies) count(tally);
    },
  };
}

/** Of its first event. Not parsed: what stands before it in a record are words of ours. */
function timeOf({ value }: LogRecord): number | null {
  const at = Date.parse(/"at":"([^"]{1,40})"/.exec(value)?.[1] ?? '');
  return Number.isNaN(at) ? null : at;
}

/** Codes of currencies that there are: a flow may name any three letters. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const OUTCOMES = { delivered: 'delivered', failed: 'failed', timedOut: 'timed_out', skipped: 'skipped' } as const;

function countersOf(registry: Registry): (tally: Tally) => void {
  const byChannel = counterIn(registry, ['channel', 'mode']);
  const steps = counterIn(registry, ['channel', 'mode', 'outcome'])(
    'onward_steps_total',
    'Steps by what came of them: delivered (in time), failed, timed_out, skipped.',
  );
  const simple = {
    attempted: byChannel('onward_attempts_total', 'Attempts that were handed to a provider.'),
    lateDelivered: byChannel('onward_late_deliveries_total', 'Deliveries told after the step was left.'),
    duplicates: byChannel('onward_duplicates_total', 'Deliveries to a person who had been reached already.'),
    savedByFallback: byChannel('onward_saved_by_fallback_total', 'Runs that a step after the first saved.'),
  };
  const priced = counterIn(registry, ['channel', 'mode', 'currency']);
  const cost = {
    costMicros: priced('onward_cost_total', 'What sends cost, in whole units of the currency.'),
    costTwiceMicros: priced('onward_cost_twice_total', 'What was paid for duplicates, in whole units of the currency.'),
  };
  const toDeliver = new Histogram({
    name: 'onward_time_to_deliver_seconds',
    help: 'From a provider’s acceptance to the delivery, in time or late; within 1.5 %.',
    labelNames: ['channel', 'mode'],
    buckets: DELIVER_BUCKETS,
    registers: [registry],
  });

  return ({ channel, mode, currency, counts }) => {
    const labels: { channel: Channel; mode: Mode } = { channel, mode };
    for (const [name, by] of Object.entries(counts)) {
      if (by <= 0) continue;
      if (name in OUTCOMES) steps.inc({ ...labels, outcome: OUTCOMES[name as keyof typeof OUTCOMES] }, by);
      else if (name in simple) simple[name as keyof typeof simple].inc(labels, by);
      else if (name in cost) {
        const known = CURRENCIES.has(currency) ? currency : 'other';
        cost[name as keyof typeof cost].inc({ ...labels, currency: known }, by / MICROS);
      } else if (name.startsWith(LATENCY)) {
        toDeliver.observe(labels, latencyOfBucket(Number(name.slice(LATENCY.length))) / 1000);
      }
    }
  };
}

function counterIn(registry: Registry, labelNames: string[]) {
  return (name: string, help: string) => new Counter({ name, help, labelNames, registers: [registry] });
}
