import type { Sentence, Values } from '../sentence';
import type { Differences } from './compare';
import { DONORS_MIN } from './pools';
import { tell } from './tell';
import type { Untold } from './world';

/** What changes, in the order in which it matters; that nothing does where nothing does. */
export function changesIn(differences: Differences, withinMs: number): Sentence[] {
  const { reach, reachWithin, duplicates, costMicros, p50Ms, p95Ms } = differences;
  const parts = [
    relative('duplicates', duplicates.before, duplicates.after),
    absolute('reach', reach.difference),
    absolute('reachWithin', reachWithin.difference, { withinSeconds: withinMs / 1000 }),
    relative('cost', costMicros.before, costMicros.after),
    shifted('half', p50Ms.difference),
    shifted('most', p95Ms.difference),
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts : [tell('change.none')];
}

/** `from 4,812 runs, 3 % of outcomes estimated` */
export function restsOn(runs: number, estimatedShare: number): Sentence {
  if (estimatedShare === 0) return tell('rests.measured', { runs });
  return estimatedShare < 0.0005 ? tell('rests.hardly', { runs }) : tell('rests.estimated', { runs, estimatedShare });
}

export function cannotTell({ step, cause }: Untold, sent: number, runs: number): Sentence {
  if (cause === 'few_sends') return tell('why.few_sends', { step, sent, runs, needed: DONORS_MIN });
  return tell(`why.${cause}`, { step });
}

export function relativePercent(before: number, after: number): number {
  return before === 0 ? (after === 0 ? 0 : 100) : (100 * (after - before)) / before;
}

function relative(what: 'duplicates' | 'cost', before: number, after: number): Sentence | null {
  const percent = relativePercent(before, after);
  if (before === 0 && after === 0) return null;
  // What a run costs is an amount, and of a currency that is not known here.
  if (before === 0)
    return what === 'cost' ? tell('change.cost.new') : tell('change.duplicates.new', { afterShare: after });
  return Math.abs(percent) < 0.5 ? null : tell(`change.${what}`, { change: percent / 100 });
}

/** In shares of all runs. */
function absolute(what: 'reach' | 'reachWithin', difference: number, values: Values = {}): Sentence | null {
  return Math.abs(difference) < 0.0005 ? null : tell(`change.${what}`, { ...values, change: difference });
}

function shifted(who: 'half' | 'most', ms: number): Sentence | null {
  if (Math.abs(ms) < 500) return null;
  return tell(`change.${who}.${ms > 0 ? 'later' : 'sooner'}`, { bySeconds: Math.abs(ms) / 1000 });
}
