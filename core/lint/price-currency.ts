import { currencyOf } from '../ladder';
import type { Finding, LintSubject } from './finding';

/** Prices of another currency than the flow's are not converted, so that they do not count: the owner should know. */
export function lintPriceCurrency({ definition, context, steps }: LintSubject): Finding[] {
  const { pricing, catalog } = context;
  if (!pricing || pricing.prices.empty || context.mode === 'test') return [];
  const currency = currencyOf(definition, catalog);
  const findings: Finding[] = [];
  for (const { step, carriers } of steps) {
    for (const carrier of carriers) {
      const { provider } = carrier;
      const account = pricing.accountOf(carrier);
      const given = pricing.prices.currenciesFor({ provider, account, channel: step.channel });
      if (given.length === 0 || given.includes(currency)) continue;
      findings.push({
        level: 'warning',
        rule: 'price-currency',
        pointer: carrier.pointer,
        message: `The prices of ${provider} for ${step.channel} are in ${given.join(', ')}, the flow reckons in ${currency}: they do not count.`,
        hint: `Give these prices in ${currency} too, or the budget in ${given[0]}.`,
      });
    }
  }
  return findings;
}
