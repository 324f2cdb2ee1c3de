import { type Action, DEFAULT_ACTIONS, type Reason } from '../../schemas/vocabulary';
import { type Finding, finding, type LintSubject } from './finding';

/** An override that changes nothing misleads whoever reads the flow. */
export function lintReasons({ steps }: LintSubject): Finding[] {
  const findings: Finding[] = [];
  for (const { step, pointer, lastOfFlow, inBranch } of steps) {
    for (const [reason, action] of Object.entries(step.onReason ?? {}) as [Reason, Action][]) {
      const usual = DEFAULT_ACTIONS[reason];
      const nothingLeft = lastOfFlow && !inBranch && usual === 'advance' && action === 'stop';
      if (action !== usual && !nothingLeft) continue;
      const at = `${pointer}/onReason/${reason}`;
      findings.push(
        action === usual
          ? finding('warning', 'reason-pointless.usual', at, { action, reason })
          : finding('warning', 'reason-pointless.last', at),
      );
    }
  }
  return findings;
}
