import { isParallel } from '../../schemas/flow';
import { uncapped } from '../cost';
import { compileLadder } from '../ladder';
import { pricedLadder } from '../prices';
import type { Finding, LintSubject } from './finding';

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
  return [
    {
      level: 'warning',
      rule: 'ladder-longer-than-expiry',
      pointer: '/expiresAfterSeconds',
      message: `The steps may wait ${seconds} s in all, but the invocation expires after ${expiresAfterSeconds} s.`,
      hint: `Shorten the steps' timeouts, or let it expire after ${seconds} s or more.`,
    },
  ];
}

function budget(budget: LintSubject['definition']['budget'], costMicros: number): Finding[] {
  if (!budget || costMicros <= budget.maxCostMicros) return [];
  const then = budget.onExceeded === 'skip_step' ? 'steps beyond it are skipped' : 'the flow stops there';
  return [
    {
      level: 'warning',
      rule: 'worst-case-over-budget',
      pointer: '/budget/maxCostMicros',
      message: `All steps together cost ${costMicros} micros, the budget is ${budget.maxCostMicros}: ${then}.`,
      hint: `A budget of ${costMicros} micros or more lets every step be sent.`,
    },
  ];
}

/** Amounts of different currencies are never converted. */
function currencies({ definition, steps }: LintSubject): Finding[] {
  const budget = definition.budget;
  if (!budget) return [];
  const carriers = steps.flatMap((step) => step.carriers);
  const other = carriers.find(({ facts }) => facts !== undefined && facts.currency !== budget.currency);
  if (!other) return [];
  return [
    {
      level: 'warning',
      rule: 'budget-currency',
      pointer: '/budget/currency',
      message: `${other.provider} is reckoned in ${other.facts?.currency}, the budget in ${budget.currency}; nothing is converted.`,
      hint: `Give the budget in ${other.facts?.currency}.`,
    },
  ];
}

function branchTimes({ definition }: LintSubject): Finding[] {
  const findings: Finding[] = [];
  definition.steps.forEach((step, n) => {
    if (!isParallel(step)) return;
    step.parallel.forEach((branch, b) => {
      const seconds = branch.reduce((sum, inner) => sum + inner.timeoutSeconds, 0);
      if (seconds <= step.timeoutSeconds) return;
      findings.push({
        level: 'warning',
        rule: 'branch-longer-than-parallel',
        pointer: `/steps/${n}/parallel/${b}`,
        message: `This branch may take ${seconds} s, but “${step.name}” ends after ${step.timeoutSeconds} s.`,
        hint: `Give “${step.name}” ${seconds} s or shorten the branch.`,
      });
    });
  });
  return findings;
}
