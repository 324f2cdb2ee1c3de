import { isParallel } from '../../schemas/flow';
import { uncapped } from '../cost';
import { compileLadder } from '../ladder';
import { pricedLadder } from '../prices';
import { type Finding, finding, type LintSubject } from './finding';

/** The ladder against the flow's own time to live and budget, the branches against their parallel step. */
export function lintTimeAndCost(subject: LintSubject): Finding[] {
  return [...branchTimes(subject), ...worstCaseOf(subject), ...currencies(subject)];
}

function worstCaseOf({ definition, context, steps }: LintSubject): Finding[] {
  const names = new Set(definition.steps.map((step) => step.name).concat(steps.map(({ step }) => step.name)));
  const count = steps.length + definition.steps.filter(isParallel).length;
  // Steps of one name are an error of their own, and no ladder can be made of them.
  if (names.size !== count) return [];
  const identity = { flowId: '', workflowId: '', version: 0, mode: context.mode ?? 'live' } as const;
  const ladder = compileLadder(definition, identity, context.catalog);
  // For no certain person: by the rows for all countries.
  const worst = uncapped(ladder, context.pricing ? pricedLadder(ladder, { ...context.pricing, country: null }) : null);
  return [...expiry(definition.expiresAfterSeconds, worst.seconds), ...budget(definition.budget, worst.costMicros)];
}

function expiry(expiresAfterSeconds: number | undefined, seconds: number): Finding[] {
  if (expiresAfterSeconds === undefined || seconds <= expiresAfterSeconds) return [];
  const values = { waitSeconds: seconds, expirySeconds: expiresAfterSeconds };
  return [finding('warning', 'ladder-longer-than-expiry', '/expiresAfterSeconds', values)];
}

function budget(budget: LintSubject['definition']['budget'], costMicros: number): Finding[] {
  if (!budget || costMicros <= budget.maxCostMicros) return [];
  const values = { costMicros, budgetMicros: budget.maxCostMicros, currency: budget.currency };
  return [finding('warning', `worst-case-over-budget.${budget.onExceeded}`, '/budget/maxCostMicros', values)];
}

/** Amounts of different currencies are never converted. */
function currencies({ definition, steps }: LintSubject): Finding[] {
  const budget = definition.budget;
  if (!budget) return [];
  const carriers = steps.flatMap((step) => step.carriers);
  for (const { provider, facts } of carriers) {
    if (facts === undefined || facts.currency === budget.currency) continue;
    const values = { provider, reckonedIn: facts.currency, budgetIn: budget.currency };
    return [finding('warning', 'budget-currency', '/budget/currency', values)];
  }
  return [];
}

function branchTimes({ definition }: LintSubject): Finding[] {
  const findings: Finding[] = [];
  definition.steps.forEach((step, n) => {
    if (!isParallel(step)) return;
    step.parallel.forEach((branch, b) => {
      const seconds = branch.reduce((sum, inner) => sum + inner.timeoutSeconds, 0);
      if (seconds <= step.timeoutSeconds) return;
      const values = { branchSeconds: seconds, step: step.name, timeoutSeconds: step.timeoutSeconds };
      findings.push(finding('warning', 'branch-longer-than-parallel', `/steps/${n}/parallel/${b}`, values));
    });
  });
  return findings;
}
