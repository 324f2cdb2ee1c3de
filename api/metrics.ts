import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Lag } from '../log/contract';
import type { FinalStatus, Mode, ReceiptStatus } from '../schemas/vocabulary';

/** What `/metrics` shows. Labels are closed lists, so that no client can make them grow. */
export interface Metrics {
  /** Where the other rooms of the process count theirs. */
  registry: Registry;
  request(method: string, route: string, status: number): void;
  invocationStarted(mode: Mode): void;
  invocationEnded(status: FinalStatus, mode: Mode): void;
  receipt(status: ReceiptStatus): void;
  /** Asked at each scrape; what does not answer is left out. */
  watch(backlog: Backlog): void;
  /** What another thread of the process counts, under names of its own; asked at each scrape. */
  join(text: () => Promise<string>): void;
  /** The Prometheus text and its content type. */
  expose(): Promise<{ type: string; text: string }>;
}

/** What waits to be done. */
export interface Backlog {
  lag(): Promise<Lag[]>;
  parked(): Promise<number>;
}

/** The role that works off what a consumer group has still to consume. */
const ROLE_OF_GROUP: Readonly<Record<string, string>> = { engine: 'receipts' };

export function createMetrics(): Metrics {
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
  const joined: (() => Promise<string>)[] = [];
  return {
    registry,
    join: (text) => void joined.push(text),
    watch: (backlog) => watch(registry, backlog),
    request: (method, route, status) => requests.inc({ method, route, status }),
    invocationStarted: (mode) => started.inc({ mode }),
    invocationEnded: (status, mode) => ended.inc({ status, mode }),
    receipt: (status) => receipts.inc({ status }),
    async expose() {
      const texts = await Promise.all([registry.metrics(), ...joined.map((text) => text().catch(() => ''))]);
      return { type: registry.contentType, text: texts.filter((text) => text !== '').join('\n') };
    },
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
