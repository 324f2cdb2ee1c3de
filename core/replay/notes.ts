import { NONE, type Rung, rungAt } from '../ladder';
import type { Sentence } from '../sentence';
import type { Sample } from './sample';
import { tell } from './tell';

/** Runs that are left out, and what the sample itself cannot tell of each step. */
export function notesOn({ ladder, runs, pools, leftOut }: Sample): Sentence[] {
  const notes: Sentence[] = [];
  const { not_reproduced, unsettled } = leftOut;
  if (not_reproduced > 0) notes.push(tell('note.not_reproduced', { count: not_reproduced }));
  if (unsettled > 0) notes.push(tell('note.unsettled', { count: unsettled }));
  for (const rung of ladder.rungs) {
    if (rung.kind !== 'send') continue;
    const { name: step, index } = rung;
    const before = stepBefore(ladder.rungs, rung);
    const sent = pools[index]?.sent.length ?? 0;
    if (before && sent > 0 && sent < runs.length) {
      notes.push(tell('note.later_step', { step, count: sent, before: before.name }));
    }
    const expired = runs.filter((run) => run.steps[index]?.some(({ expiredWithStep }) => expiredWithStep)).length;
    if (expired > 0) notes.push(tell('note.expired', { count: expired, step }));
    const risky =
      rung.parent === NONE && runs.some((run) => run.steps[index]?.some(({ answer }) => answer === 'block'));
    if (risky) notes.push(tell('note.gate', { step }));
  }
  return notes;
}

/** The one that the ladder came from; on a branch's first step, the one before its parallel step. */
function stepBefore(rungs: readonly Rung[], rung: Rung): Rung | null {
  const before = rungs.find(({ next }) => next === rung.index);
  if (before) return before;
  const parent = rung.parent === NONE ? null : rungAt({ rungs } as Parameters<typeof rungAt>[0], rung.parent);
  return parent ? stepBefore(rungs, parent) : null;
}
