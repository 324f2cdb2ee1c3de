import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Activities } from '../../activities/contract';
import type { Input } from '../../core/input';
import type { AttemptJob } from '../../core/job';
import { sendOutcomeOf } from '../../core/send-outcome';
import type { Provider } from '../../schemas/vocabulary';

const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Measures the sends that a process makes, the sandbox's among them.
 * @param sent told of each that has ended, in the words of core/send-outcome.ts
 * @param ended told besides of what a provider answered, or did not
 */
export function measureSends(
  registry: Registry,
  activities: Activities,
  sent: (provider: Provider, outcome: string) => void,
  ended: (job: AttemptJob, input: Input, ms: number) => void = () => {},
): Activities {
  const registers = [registry];
  const inFlight = new Gauge({
    name: 'onward_sends_in_flight',
    help: 'Sends under way now, by provider.',
    labelNames: ['provider'],
    registers,
  });
  const durations = new Histogram({
    name: 'onward_send_duration_seconds',
    help: 'From the beginning of a send to its provider’s answer, what is done before it is called included.',
    labelNames: ['provider'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  return {
    ...activities,
    async send(job, options) {
      const { provider } = job.route;
      const startedAt = performance.now();
      inFlight.inc({ provider });
      try {
        const input = await activities.send(job, options);
        const outcome = sendOutcomeOf({ input });
        if (outcome) sent(provider, outcome);
        ended(job, input, performance.now() - startedAt);
        return input;
      } finally {
        inFlight.dec({ provider });
        durations.observe({ provider }, (performance.now() - startedAt) / 1000);
      }
    },
  };
}
