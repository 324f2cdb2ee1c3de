import { type Action, DEFAULT_ACTIONS, type Reason } from '../../schemas/vocabulary';
import type { Finding, LintSubject } from './finding';

/** An override that changes nothing misleads whoever reads the flow. */
export function lintReasons({ steps }: LintSubject): Finding[] {
  const findings: Finding[] = [];
  for (const { step, pointer, lastOfFlow, inBranch } of steps) {
    for (const [reason, action] of Object.entries(step.onReason ?? {}) as [Reason, Action][]) {
      const usual = DEFAULT_ACTIONS[reason];
      const nothingLeft = lastOfFlow && !inBranch && usual === 'advance' && action === 'stop';
      if (action !== usual && !nothingLeft) continue;
      findings.push({
        level: 'warning',
        rule: 'reason-pointless',
        pointer: `${pointer}/onReason/${reason}`,
        message:
          action === usual
            ? `“${action}” is what ${reason} leads to anyway.`
            : 'There is nothing to stop: no step comes after this one.',
        hint: 'Leave it out.',
      });
    }
  }
  return findings;
}
