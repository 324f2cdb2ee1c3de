import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Lag } from '../log/contract';
import type { FinalStatus, Mode, ReceiptStatus } from '../schemas/vocabulary';
import { joinMetrics } from './join-metrics';
import { createRecentCount, type RecentCount } from './recent-count';

/** What `/metrics` shows. Labels are closed lists, so that no client can make them grow. */
export interface Metrics {
  /** Where the other rooms of the process count theirs. */
  registry: Registry;
  request(method: string, route: string, status: number): void;
  /** To be told how many seconds each request of that route took. */
  timed(method: string, route: string): (seconds: number) => void;
  invocationStarted(mode: Mode): void;
  invocationEnded(status: FinalStatus, mode: Mode): void;
  receipt(status: ReceiptStatus): void;
  /** What happened in this process in the last minute. */
  recent: RecentCounts;
  /** Asked at each scrape; what does not answer is left out. */
  watch(backlog: Backlog): void;
  /** What another thread of the process counts, as Prometheus text under names of its own; asked at each scrape. */
  join(name: string, expose: () => Promise<string>): void;
  /** The Prometheus text and its content type. */
  expose(): Promise<{ type: string; text: string }>;
}

export interface RecentCounts {
  started: Readonly<Record<Mode, RecentCount>>;
  /** Fed where an engine of this process ends runs. */
  ended: Readonly<Record<Mode, RecentCount>>;
  /** Receipts that the engine was given, whoever brought them; fed where this process hands them over. */
  receipts: RecentCount;
}

/** What waits to be done. */
export interface Backlog {
  lag(): Promise<Lag[]>;
  parked(): Promise<number>;
}

/** The role that works off what a consumer group has still to consume. */
const ROLE_OF_GROUP: Readonly<Record<string, string>> = { engine: 'receipts' };

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param now milliseconds since 1970 */
export function createMetrics(now: () => number = Date.now): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'onward_http_requests_total',
    help: 'HTTP requests by route and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const started = new Counter({
    name: 'onward_invocations_started_total',
    help: 'Invocations accepted.',
    labelNames: ['mode'],
    registers,
  });
  const ended = new Counter({
    name: 'onward_invocations_ended_total',
    help: 'Invocations ended, by final status.',
    labelNames: ['status', 'mode'],
    registers,
  });
  const receipts = new Counter({
    name: 'onward_receipts_total',
    help: 'Receipts taken over HTTP, by status.',
    labelNames: ['status'],
    registers,
  });
  const durations = new Histogram({
    name: 'onward_http_request_duration_seconds',
    help: 'From a request’s head to its answer, by route; without those that asked to be kept waiting (Prefer).',
    labelNames: ['method', 'route'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const others: Record<string, () => Promise<string>> = {};
  const byMode = () => ({ live: createRecentCount(now), test: createRecentCount(now) });
  const recent = { started: byMode(), ended: byMode(), receipts: createRecentCount(now) };
  return {
    registry,
    watch: (backlog) => watch(registry, backlog),
    request: (method, route, status) => requests.inc({ method, route, status }),
    timed(method, route) {
      const { observe } = durations.labels({ method, route });
      return observe;
    },
    join(name, expose) {
      others[name] = expose;
    },
    invocationStarted(mode) {
      started.inc({ mode });
      recent.started[mode].add();
    },
    invocationEnded(status, mode) {
      ended.inc({ status, mode });
      recent.ended[mode].add();
    },
    recent,
    receipt: (status) => receipts.inc({ status }),
    expose: async () => ({
      type: registry.contentType,
      text: await joinMetrics({ own: () => registry.metrics(), ...others }),
    }),
  };
}

function watch(registry: Registry, backlog: Backlog): void {
  const registers = [registry];
  new Gauge({
    name: 'onward_log_lag_records',
    help: 'Records of the log that wait for a role, by topic and partition; redrive: dead letters since the last one.',
    labelNames: ['topic', 'partition', 'role'],
    registers,
    async collect() {
      this.reset();
      for (const { topic, group, partition, records } of await backlog.lag().catch(() => [])) {
        this.set({ topic, partition, role: ROLE_OF_GROUP[group] ?? group }, records);
      }
    },
  });
  new Gauge({
    name: 'onward_receipts_parked',
    help: 'Receipts that wait for their invocation or message to be known.',
    registers,
    async collect() {
      const count = await backlog.parked().catch(() => null);
      if (count === null) this.reset();
      else this.set(count);
    },
  });
}
