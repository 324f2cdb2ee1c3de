import { isParallel } from '../../schemas/flow';
import type { Finding, LintSubject } from './finding';

/** A step is called by its name everywhere, so that two of one name, in whatever branch, cannot be told apart. */
export function lintStepNames({ definition, steps }: LintSubject): Finding[] {
  const named = steps.map(({ step, pointer }) => ({ name: step.name, pointer }));
  definition.steps.forEach((step, n) => {
    if (isParallel(step)) named.push({ name: step.name, pointer: `/steps/${n}` });
  });
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const { name, pointer } of named) {
    if (seen.has(name)) {
      findings.push({
        level: 'error',
        rule: 'duplicate-step-name',
        pointer: `${pointer}/name`,
        message: `Another step is named “${name}” too.`,
        hint: 'Give each step a name of its own, across all branches.',
      });
    }
    seen.add(name);
  }
  return findings;
}
