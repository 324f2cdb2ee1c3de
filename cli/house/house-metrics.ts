import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Provider } from '../../schemas/vocabulary';

/** What a process counts besides its API, its providers and its sends. */
export interface HouseMetrics {
  /** A group is on the disk. */
  committed(writes: number, ms: number): void;
  /** A send begins that a receipt led to. */
  advanced(ms: number): void;
  sent(provider: Provider, outcome: string): void;
  deadLetter(): void;
  /** What the engine of this process has in hand; asked at each scrape. */
  watchEngine(engine: { readonly openRuns: number; readonly waiting: number }): void;
}

const BUCKETS = {
  commit: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  writes: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
  advance: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
} as const;

export function createHouseMetrics(registry: Registry): HouseMetrics {
  const registers = [registry];
  const commits = new Histogram({
    name: 'onward_commit_duration_seconds',
    help: 'A group commit of this process to onward.db, fsync included.',
    buckets: [...BUCKETS.commit],
    registers,
  });
  const writes = new Histogram({
    name: 'onward_commit_writes',
    help: 'Rows and statements that one group commit brought to the disk.',
    buckets: [...BUCKETS.writes],
    registers,
  });
  const advances = new Histogram({
    name: 'onward_receipt_to_send_seconds',
    help: 'From a receipt’s coming to the engine to the beginning of the send that it led to.',
    buckets: [...BUCKETS.advance],
    registers,
  });
  const sends = new Counter({
    name: 'onward_sends_total',
    help: 'Sends, by provider and by what came of them.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const deadLetters = createDeadLetterCounter(registry);
  return {
    committed(count, ms) {
      commits.observe(ms / 1000);
      writes.observe(count);
    },
    advanced: (ms) => advances.observe(ms / 1000),
    sent: (provider, outcome) => sends.inc({ provider, outcome }),
    deadLetter: () => deadLetters.inc(),
    watchEngine(engine) {
      gauge('onward_invocations_open', 'Runs of this process that have not ended.', () => engine.openRuns);
      gauge('onward_sends_waiting', 'Sends that wait for their account’s turn.', () => engine.waiting);
    },
  };

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}

export function createDeadLetterCounter(registry: Registry): Counter {
  return new Counter({
    name: 'onward_dead_letters_total',
    help: 'Receipts that this process could not take, and put into onward.receipts.dead.',
    registers: [registry],
  });
}

/** Which Onward this is. */
export function exposeBuild(registry: Registry, labels: Record<'version' | 'engine' | 'log' | 'store', string>): void {
  new Gauge({
    name: 'onward_build_info',
    help: 'Always 1; its labels say which version this is, and on what engine, log and store.',
    labelNames: Object.keys(labels),
    registers: [registry],
  }).set(labels, 1);
}
