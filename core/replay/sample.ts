import type { Ladder } from '../ladder';
import { matchSteps } from './match-steps';
import { NO_POOL, poolOf, type StepPool } from './pools';
import type { Outcome, RecordedRun } from './recording';
import { type Draft, isSameOutcome, replayRun } from './replay-run';

/** Why a run is not played. */
export type LeftOut = 'unsettled' | 'not_reproduced';

/** Recorded runs of one ladder that replaying it gives back exactly as they were. */
export interface Sample {
  ladder: Ladder;
  runs: readonly RecordedRun[];
  pools: readonly StepPool[];
  /** Of each run, on the ladder as it is. */
  outcomes: readonly Outcome[];
  leftOut: Readonly<Record<LeftOut, number>>;
}

/**
 * Plays each run on its own ladder first. What does not come out as it was recorded cannot be judged on another ladder
 * either, and is left out: a host that stood still, receipts that contradict each other, a time that no state keeps.
 * @yields after each run and step, so that whoever asks can do something else meanwhile
 */
export function* sampleOf(ladder: Ladder, recorded: readonly (RecordedRun | null)[]): Generator<void, Sample, void> {
  const itself: Draft = { ladder, match: matchSteps(ladder, ladder) };
  const nobody = { runs: [], pools: ladder.rungs.map(() => NO_POOL) };
  const runs: RecordedRun[] = [];
  const outcomes: Outcome[] = [];
  for (const run of recorded) {
    if (!run) continue;
    const { outcome, untold } = replayRun(itself, nobody, run);
    if (untold === null && isSameOutcome(outcome, run.outcome)) {
      runs.push(run);
      outcomes.push(outcome);
    }
    yield;
  }
  const settled = recorded.filter((run) => run !== null).length;
  const leftOut = { unsettled: recorded.length - settled, not_reproduced: settled - runs.length };
  const pools: StepPool[] = [];
  for (const { index } of ladder.rungs) {
    pools.push(poolOf(runs, index));
    yield;
  }
  return { ladder, runs, pools, outcomes, leftOut };
}
