import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CallbackProfileStore, DeliveryStore } from '../store/contract';

/** What came of one attempt: `retried`, it failed and is made again; `failed`, it was the last. */
export type AttemptOutcome = 'delivered' | 'retried' | 'failed';

const BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

export interface WatchedCallbacks {
  deliveries: Pick<DeliveryStore, 'backlog'>;
  profiles: Pick<CallbackProfileStore, 'all'>;
  now(): number;
}

/** What a process that makes callbacks counts of them, in a registry of its own or of the process. */
export function createCallbackMetrics(
  registry: Registry,
  watched: WatchedCallbacks,
): { attempted(outcome: AttemptOutcome, durationMs: number): void } {
  const registers = [registry];
  const attempts = new Counter({
    name: 'onward_callbacks_total',
    help: 'Attempts to make a callback: delivered, retried (failed, and made again), failed (for the last time).',
    labelNames: ['outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'onward_callback_duration_seconds',
    help: 'From the request of a callback to its answer.',
    buckets: BUCKETS_SECONDS,
    registers,
  });
  watch(registry, watched);
  return {
    attempted(outcome, durationMs) {
      attempts.inc({ outcome });
      duration.observe(durationMs / 1000);
    },
  };
}

/** Asked at each scrape; what does not answer is left out. */
function watch(registry: Registry, { deliveries, profiles, now }: WatchedCallbacks): void {
  const registers = [registry];
  new Gauge({
    name: 'onward_callbacks_pending',
    help: 'Callbacks that are still to be made, those that wait for a retry included.',
    registers,
    async collect() {
      const backlog = await deliveries.backlog().catch(() => null);
      if (backlog) this.set(backlog.pending);
      else this.reset();
    },
  });
  new Gauge({
    name: 'onward_callback_oldest_due_seconds',
    help: 'For how long the callback has been due that has been due the longest; 0 where none is.',
    registers,
    async collect() {
      const backlog = await deliveries.backlog().catch(() => null);
      if (backlog) this.set(backlog.oldestDueAt === null ? 0 : Math.max(0, now() - backlog.oldestDueAt) / 1000);
      else this.reset();
    },
  });
  new Gauge({
    name: 'onward_callback_profiles_disabled',
    help: 'Callback profiles that are disabled, by hand or because nobody answers there.',
    registers,
    async collect() {
      const all = await profiles.all().catch(() => null);
      if (all) this.set(all.filter(({ enabled }) => !enabled).length);
      else this.reset();
    },
  });
}
