import { NONE, type Rung, rungAt } from '../ladder';
import type { Sample } from './sample';

/** Runs that are left out, in words, and what the sample itself cannot tell of each step. */
export function notesOn({ ladder, runs, pools, leftOut }: Sample): string[] {
  const notes: string[] = [];
  const { not_reproduced, unsettled } = leftOut;
  if (not_reproduced > 0) {
    notes.push(
      `${counted(not_reproduced)} left out, as what they recorded does not lead to what became of them: a server that stood still, receipts that contradict each other, or a time that is not kept.`,
    );
  }
  if (unsettled > 0) notes.push(`${counted(unsettled)} left out, as a send of theirs is still to be answered.`);
  for (const rung of ladder.rungs) {
    if (rung.kind !== 'send') continue;
    const before = stepBefore(ladder.rungs, rung);
    const sent = pools[rung.index]?.sent.length ?? 0;
    if (before && sent > 0 && sent < runs.length) {
      notes.push(
        `“${rung.name}” was only sent to the ${sent.toLocaleString('en-US')} people whom “${before.name}” had not reached by then; others may differ.`,
      );
    }
    const expired = runs.filter((run) => run.steps[rung.index]?.some(({ expiredWithStep }) => expiredWithStep)).length;
    if (expired > 0) {
      notes.push(
        `${expired.toLocaleString('en-US')} messages of “${rung.name}” expired when its time was over: with more of it they might have arrived.`,
      );
    }
    const risky =
      rung.parent === NONE && runs.some((run) => run.steps[rung.index]?.some(({ answer }) => answer === 'block'));
    if (risky) notes.push(`What a gate held back of “${rung.name}” is taken to be held back at any time.`);
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

function counted(runs: number): string {
  return `${runs.toLocaleString('en-US')} ${runs === 1 ? 'run is' : 'runs are'}`;
}
