import { NONE } from '../ladder';
import type { State } from '../state';
import { type Figures, figuresOf } from './figures';
import { type Interval, intervalOf, MEASURES, type Measures, type Pairs, roundsOf } from './intervals';
import type { Outcome, RecordedRun } from './recording';
import { type Draft, replayRun } from './replay-run';
import type { Sample } from './sample';
import type { Untold } from './world';

/** A sample as another ladder makes it. */
export interface Played extends Pairs {
  untold: readonly Untold[];
  /** Runs of which something was drawn. */
  estimated: number;
  /** Runs whose outcome is another. */
  changed: number;
}

/** Of one measure: as it was, as it would be, and how sure the difference is. */
export interface Difference {
  before: number;
  after: number;
  difference: number;
  interval: Interval;
}
export type Differences = Record<keyof Measures, Difference>;

export interface PlayOptions {
  /** False: that run would go just as it did, and is not played. */
  alters?(run: RecordedRun): boolean;
  /** Each state that a run ends in, where it is played. */
  seen?(state: State): void;
}

/** Plays the sample on a draft. @yields after each run */
export function* playAll(
  sample: Sample,
  draft: Draft,
  withinMs: number,
  { alters, seen }: PlayOptions = {},
): Generator<void, Played, void> {
  const after: Outcome[] = [];
  const drawn: (readonly number[])[] = [];
  const untold: Untold[] = [];
  const renamed = renamedSteps(sample, draft);
  let [estimated, changed] = [0, 0];
  for (let number = 0; number < sample.runs.length; number++) {
    const run = sample.runs[number];
    const before = sample.outcomes[number];
    if (!run || !before) continue;
    const replayed = alters?.(run) === false ? null : replayRun(draft, sample, run);
    if (replayed) seen?.(replayed.state);
    after.push(replayed?.outcome ?? before);
    drawn.push(replayed?.drawn ?? NOTHING);
    if (replayed?.untold) untold.push(replayed.untold);
    if (replayed && replayed.drawn.length > 0) estimated++;
    if (replayed && isAnother(before, replayed.outcome, renamed)) changed++;
    yield;
  }
  return { before: sample.outcomes, after, drawn, withinMs, untold, estimated, changed };
}

const NOTHING: readonly number[] = [];

/** By a step's name on the draft, its name on the recorded ladder. */
export function renamedSteps({ ladder }: Sample, draft: Draft): ReadonlyMap<string, string> {
  return new Map(
    draft.ladder.rungs.map(({ name, index }) => [
      name,
      ladder.rungs[draft.match.recorded[index] ?? NONE]?.name ?? name,
    ]),
  );
}

export function isAnother(before: Outcome, after: Outcome, renamed: ReadonlyMap<string, string>): boolean {
  const step = after.reachedStep === null ? null : (renamed.get(after.reachedStep) ?? after.reachedStep);
  return (
    before.status !== after.status ||
    before.reachedStep !== step ||
    before.reachedMs !== after.reachedMs ||
    before.duplicate !== after.duplicate ||
    before.costMicros !== after.costMicros
  );
}

/** Each measure before and after, with its 95 % interval, and the same of a score of them. @yields after each round */
export function* differencesOf(
  played: Played,
  weights: readonly Float32Array[],
  score: (before: Measures, after: Measures) => number = () => 0,
): Generator<void, { differences: Differences; score: Interval }, void> {
  const rounds = yield* roundsOf(played, weights);
  const [before, after] = [measuresOf(played.before, played.withinMs), measuresOf(played.after, played.withinMs)];
  const differences = Object.fromEntries(
    MEASURES.map((measure) => {
      const [low, high] = intervalOf(rounds.map((round) => round.after[measure] - round.before[measure]));
      const of = { before: before[measure], after: after[measure], difference: after[measure] - before[measure] };
      return [measure, { ...mapValues(of, round), interval: [round(low), round(high)] as const }];
    }),
  ) as Differences;
  return { differences, score: intervalOf(rounds.map((round) => score(round.before, round.after))) };
}

/** Beyond a millionth nothing is meant. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function mapValues<K extends string>(record: Record<K, number>, to: (value: number) => number): Record<K, number> {
  return Object.fromEntries(Object.entries<number>(record).map(([key, value]) => [key, to(value)])) as typeof record;
}

export function measuresOf(outcomes: readonly Outcome[], withinMs: number): Measures {
  return measuresIn(figuresOf(outcomes, withinMs));
}

function measuresIn({ reach, reachWithin, duplicates, costMicros, timeToReachMs }: Figures): Measures {
  return {
    reach,
    reachWithin,
    duplicates,
    costMicros,
    p50Ms: timeToReachMs?.p50 ?? 0,
    p95Ms: timeToReachMs?.p95 ?? 0,
  };
}
