import { QUIET_PURPOSES } from '../ladder';
import { isTimezone } from '../quiet-hours';
import { type Finding, finding, type LintSubject } from './finding';

export function lintQuietHours({ definition }: LintSubject): Finding[] {
  const { quietHours: quiet, purpose } = definition;
  if (!quiet) return [];
  const { timezone, from, to } = quiet;
  const findings: Finding[] = [];
  if (timezone !== undefined && timezone !== 'recipient' && !isTimezone(timezone)) {
    findings.push(finding('error', 'unknown-timezone', '/quietHours/timezone', { timezone }));
  }
  if (from === to) findings.push(finding('warning', 'quiet-hours-empty', '/quietHours', { at: from }));
  if (!(quiet.purposes ?? QUIET_PURPOSES).includes(purpose)) {
    findings.push(finding('warning', 'quiet-hours-unused', '/quietHours/purposes', { purpose }));
  }
  return findings;
}
