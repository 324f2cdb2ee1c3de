import { QUIET_PURPOSES } from '../ladder';
import { isTimezone } from '../quiet-hours';
import type { Finding, LintSubject } from './finding';

export function lintQuietHours({ definition }: LintSubject): Finding[] {
  const quiet = definition.quietHours;
  if (!quiet) return [];
  const findings: Finding[] = [];
  if (quiet.timezone !== undefined && quiet.timezone !== 'recipient' && !isTimezone(quiet.timezone)) {
    findings.push({
      level: 'error',
      rule: 'unknown-timezone',
      pointer: '/quietHours/timezone',
      message: `“${quiet.timezone}” is no time zone.`,
      hint: 'Write an IANA name such as Europe/Rome, or “recipient”.',
    });
  }
  if (quiet.from === quiet.to) {
    findings.push({
      level: 'warning',
      rule: 'quiet-hours-empty',
      pointer: '/quietHours',
      message: `They end when they begin, at ${quiet.from}, and hold nothing back.`,
    });
  }
  if (!(quiet.purposes ?? QUIET_PURPOSES).includes(definition.purpose)) {
    findings.push({
      level: 'warning',
      rule: 'quiet-hours-unused',
      pointer: '/quietHours/purposes',
      message: `They do not hold back a flow for ${definition.purpose}.`,
      hint: `Add “${definition.purpose}” to the purposes, or leave the quiet hours out.`,
    });
  }
  return findings;
}
