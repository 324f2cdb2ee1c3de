import type { Differences } from './compare';
import { DONORS_MIN } from './pools';
import type { Untold } from './world';

/** What changes, in the order in which it matters; nothing where nothing does. */
export function changesIn(differences: Differences, withinMs: number): string {
  const { reach, reachWithin, duplicates, costMicros, p50Ms, p95Ms } = differences;
  const parts = [
    relative('duplicates', duplicates.before, duplicates.after),
    absolute('reach', reach.difference),
    absolute(`reach at ${seconds(withinMs / 1000)}`, reachWithin.difference),
    relative('cost', costMicros.before, costMicros.after),
    shifted('half of the people reached', p50Ms.difference),
    shifted('95 % of the people reached', p95Ms.difference),
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(', ') : 'nothing changes';
}

/** `from 4,812 runs, 3 % of outcomes estimated` */
export function restsOn(runs: number, estimatedShare: number): string {
  if (estimatedShare === 0) return `from ${count(runs)} runs, all measured`;
  const share = estimatedShare < 0.0005 ? 'under 0.1' : percent(100 * estimatedShare);
  return `from ${count(runs)} runs, ${share} % of outcomes estimated`;
}

export function cannotTell({ step, cause }: Untold, sent: number, runs: number): string {
  if (cause === 'new_step') return `nothing is recorded of “${step}”`;
  if (cause === 'few_sends') {
    return `“${step}” was sent in ${count(sent)} of ${count(runs)} runs, and at least ${DONORS_MIN} are needed`;
  }
  if (cause === 'few_retries') return `too few retries of “${step}” are recorded`;
  if (cause === 'few_recalls') return `too few messages of “${step}” were taken back to know how that goes`;
  return `messages of “${step}” were not watched for so long, were taken back, or expired with their validity`;
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

export function seconds(s: number): string {
  if (s < 120 || s % 60 !== 0) return `${count(Math.round(s * 10) / 10)} s`;
  if (s < 7200 || s % 3600 !== 0) return `${count(s / 60)} min`;
  return `${count(s / 3600)} h`;
}

export function relativePercent(before: number, after: number): number {
  return before === 0 ? (after === 0 ? 0 : 100) : (100 * (after - before)) / before;
}

function relative(what: string, before: number, after: number): string | null {
  const change = relativePercent(before, after);
  if (before === 0) return after === 0 ? null : `${what} in ${percent(100 * after)} % of runs instead of none`;
  return Math.abs(change) < 0.5 ? null : `${what} ${signed(change)} %`;
}

/** In percent of all runs. */
function absolute(what: string, difference: number): string | null {
  return Math.abs(difference) < 0.0005 ? null : `${what} ${signed(100 * difference)} %`;
}

function shifted(who: string, ms: number): string | null {
  if (Math.abs(ms) < 500) return null;
  return `${who} ${seconds(Math.abs(ms) / 1000)} ${ms > 0 ? 'later' : 'sooner'}`;
}

function signed(value: number): string {
  return `${value > 0 ? '+' : '-'}${percent(Math.abs(value))}`;
}

function percent(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
