import { currencyOf } from '../ladder';
import { type Finding, finding, type LintSubject } from './finding';

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
      const [first] = given;
      if (first === undefined || given.includes(currency)) continue;
      const values = { provider, channel: step.channel, given, first, reckonedIn: currency };
      findings.push(finding('warning', 'price-currency', carrier.pointer, values));
    }
  }
  return findings;
}
