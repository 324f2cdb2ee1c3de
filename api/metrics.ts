import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { FinalStatus, Mode, ReceiptStatus } from '../schemas/vocabulary';

/** What `/metrics` shows. Labels are closed lists, so that no client can make them grow. */
export interface Metrics {
  request(method: string, route: string, status: number): void;
  invocationStarted(mode: Mode): void;
  invocationEnded(status: FinalStatus, mode: Mode): void;
  receipt(status: ReceiptStatus): void;
  /** The Prometheus text and its content type. */
  expose(): Promise<{ type: string; text: string }>;
}

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
  return {
    request: (method, route, status) => requests.inc({ method, route, status }),
    invocationStarted: (mode) => started.inc({ mode }),
    invocationEnded: (status, mode) => ended.inc({ status, mode }),
    receipt: (status) => receipts.inc({ status }),
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
