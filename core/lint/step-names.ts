import { isParallel } from '../../schemas/flow';
import { type Finding, finding, type LintSubject } from './finding';

/** A step is called by its name everywhere, so that two of one name, in whatever branch, cannot be told apart. */
export function lintStepNames({ definition, steps }: LintSubject): Finding[] {
  const named = steps.map(({ step, pointer }) => ({ name: step.name, pointer }));
  definition.steps.forEach((step, n) => {
    if (isParallel(step)) named.push({ name: step.name, pointer: `/steps/${n}` });
  });
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const { name, pointer } of named) {
    if (seen.has(name)) findings.push(finding('error', 'duplicate-step-name', `${pointer}/name`, { step: name }));
    seen.add(name);
  }
  return findings;
}
