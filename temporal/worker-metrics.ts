import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { sendOutcomeOf } from '../core/send-outcome';
import type { EventRecord } from '../schemas/event';
import type { FinalStatus } from '../schemas/vocabulary';
import { attributesOfJob } from '../workflows/trace-context';

/**
 * What a worker counts itself; how long activities take and what waits in the queues, the Temporal core counts. A turn
 * that is taken again after a crash is counted again: for exact figures there are the analytics.
 */
export interface WorkerMetrics {
  /** Where the other rooms of the process count theirs. */
  registry: Registry;
  /** To be told of every record that the log has taken. */
  told(record: EventRecord): void;
  /** Counts the sends that pass through a worker. */
  readonly sends: ActivityInterceptorsFactory;
  /** Prometheus text, ended by a line break. */
  expose(): Promise<string>;
}

const ENDED: Partial<Record<EventRecord['events'][number]['type'], FinalStatus>> = {
  InvocationSucceeded: 'succeeded',
  InvocationFailed: 'failed',
  InvocationCancelled: 'cancelled',
  InvocationExpired: 'expired',
};

export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const ended = new Counter({
    name: 'onward_invocations_ended_total',
    help: 'Invocations ended, by final status.',
    labelNames: ['status', 'mode'],
    registers,
  });
  const sends = new Counter({
    name: 'onward_sends_total',
    help: 'Sends, by provider and by what came of them.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const events = new Counter({
    name: 'onward_events_told_total',
    help: 'Events of runs written to the log.',
    registers,
  });
  return {
    registry,
    told({ mode, events: told }) {
      events.inc(told.length);
      for (const { type } of told) {
        const status = ENDED[type];
        if (status) ended.inc({ status, mode });
      }
    },
    sends: () => ({
      inbound: {
        async execute(input, next) {
          const answer = await next(input);
          const outcome = sendOutcomeOf(answer);
          const provider = attributesOfJob(input.args)['onward.provider'];
          if (outcome && provider) sends.inc({ provider, outcome });
          return answer;
        },
      },
    }),
    expose: () => registry.metrics(),
  };
}
