import { dearestMicros } from '../cost';
import type { Input } from '../input';
import { type Ladder, NONE } from '../ladder';
import type { State } from '../state';
import { playOut, put, virtualRun } from '../virtual-run';
import type { StepMatch } from './match-steps';
import { outcomeOf } from './recorded';
import type { Outcome, RecordedRun } from './recording';
import { type Ground, replayWorld, type Untold } from './world';

/** A ladder that recorded runs are played on. */
export interface Draft {
  ladder: Ladder;
  match: StepMatch;
}

export interface Replayed {
  outcome: Outcome;
  state: State;
  /** Numbers of the runs whose outcomes stood in for what this one did not record; empty: all was measured. */
  drawn: readonly number[];
  untold: Untold | null;
}

/** Plays what one run recorded on a ladder, by the same core as the run itself. */
export function replayRun({ ladder, match }: Draft, ground: Omit<Ground, 'recorded'>, run: RecordedRun): Replayed {
  const virtual = virtualRun(ladder, run.startedAt);
  const world = replayWorld({ ...ground, recorded: match.recorded }, run);
  if (run.control) put(virtual, run.startedAt + run.control.afterMs, { type: run.control.type });
  playOut(virtual, world, invokedOf(ladder, match, run));
  return { outcome: outcomeOf(virtual.state), state: virtual.state, drawn: world.drawn, untold: world.untold };
}

function invokedOf(ladder: Ladder, match: StepMatch, run: RecordedRun): Extract<Input, { type: 'Invoked' }> {
  const { timezone, scheduledAt: sendAt } = run;
  const invoked: Extract<Input, { type: 'Invoked' }> = {
    type: 'Invoked',
    unaddressable: ladder.rungs.flatMap(({ name }, index) => (hasAddress(match, run, index) ? [] : [name])),
    timezone,
    sendAt,
  };
  const { costs } = run;
  if (costs === null) return invoked;
  return {
    ...invoked,
    costs: ladder.rungs.map((rung, index) => {
      const known = costs[match.recorded[index] ?? NONE];
      return known ?? (rung.kind === 'send' ? dearestMicros(rung) : 0);
    }),
  };
}

function hasAddress({ recorded, sameAddress }: StepMatch, { unaddressable }: RecordedRun, index: number): boolean {
  const own = recorded[index] ?? NONE;
  if (own !== NONE) return !unaddressable[own];
  return !(sameAddress[index] ?? []).some((other) => unaddressable[other]);
}

/** A host is never at a deadline at its very millisecond. */
const CLOCK_TOLERANCE_MS = 1_000;

/** The same by whatever a comparison of ladders looks at. */
export function isSameOutcome(a: Outcome, b: Outcome): boolean {
  return (
    a.status === b.status &&
    a.reachedStep === b.reachedStep &&
    a.duplicate === b.duplicate &&
    a.costMicros === b.costMicros &&
    a.costTwiceMicros === b.costTwiceMicros &&
    isNear(a.reachedMs, b.reachedMs) &&
    isNear(a.endedMs, b.endedMs)
  );
}

function isNear(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) <= CLOCK_TOLERANCE_MS;
}
