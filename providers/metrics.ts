import { Counter, Gauge, type Registry } from 'prom-client';
import type { CircuitState, ProviderMetrics } from './contract';

const STATES: Record<CircuitState, number> = { closed: 0, half_open: 1, open: 2 };

/** What every process that sends or takes receipts counts of its providers, in a registry of the process's own. */
export function createProviderMetrics(registry: Registry): ProviderMetrics {
  const registers = [registry];
  const answers = new Counter({
    name: 'onward_provider_answers_total',
    help: 'Sends by provider and by what came of them: accepted, uncertain, or the reason why not.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const unknownCodes = new Counter({
    name: 'onward_provider_unknown_codes_total',
    help: 'Codes of providers that no table has.',
    labelNames: ['provider'],
    registers,
  });
  const circuits = new Gauge({
    name: 'onward_provider_circuit_state',
    help: 'The circuit breaker of an account: 0 closed, 1 half open, 2 open.',
    labelNames: ['account'],
    registers,
  });
  const refused = new Counter({
    name: 'onward_webhooks_refused_total',
    help: 'Webhook calls that were refused, and written nowhere.',
    labelNames: ['provider', 'why'],
    registers,
  });
  return {
    sent: (provider, outcome) => answers.inc({ provider, outcome }),
    unknownCode: (provider) => unknownCodes.inc({ provider }),
    circuit(account, state) {
      if (state === null) circuits.remove({ account });
      else circuits.set({ account }, STATES[state]);
    },
    webhookRefused: (provider, why) => refused.inc({ provider, why }),
  };
}
