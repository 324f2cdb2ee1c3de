import type { FlowDefinition } from '../schemas/flow';
import { lintCallbackProfile } from './lint/callback-profile';
import { type Finding, type LintContext, lintSubject } from './lint/finding';
import { lintPriceCurrency } from './lint/price-currency';
import { lintProviders } from './lint/providers';
import { lintQuietHours } from './lint/quiet-hours';
import { lintReasons } from './lint/reasons';
import { lintReceipts } from './lint/receipts';
import { lintSmsParts } from './lint/sms-parts';
import { lintStepNames } from './lint/step-names';
import { lintTemplates } from './lint/templates';
import { lintTimeAndCost } from './lint/time-and-cost';
import { type FlowVariable, flowVariables, lintVariables } from './lint/variables';

const RULES = [
  lintStepNames,
  lintProviders,
  lintReceipts,
  lintReasons,
  lintTemplates,
  lintVariables,
  lintSmsParts,
  lintTimeAndCost,
  lintPriceCurrency,
  lintQuietHours,
  lintCallbackProfile,
] as const;

/**
 * What is wrong (errors block publishing) or doubtful (warnings) in a definition that meets its schema: errors first,
 * each with a pointer into the definition.
 */
export function lint(definition: FlowDefinition, context: LintContext): Finding[] {
  const subject = lintSubject(definition, context);
  const findings = RULES.flatMap((rule) => rule(subject));
  return [...findings.filter(({ level }) => level === 'error'), ...findings.filter(({ level }) => level === 'warning')];
}

/** The variables of all steps: one contract, which an invocation is held to. */
export function variablesOf(definition: FlowDefinition, context: LintContext): FlowVariable[] {
  return flowVariables(lintSubject(definition, context));
}
