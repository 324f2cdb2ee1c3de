import type { Channel } from '../schemas/vocabulary';
import type { Ladder } from './ladder';
import { type Differences, differencesOf, isAnother, type Played, playAll, renamedSteps } from './replay/compare';
import { type Confidence, confidenceOf, untoldIn } from './replay/confidence';
import { type Figures, figuresOf, newTally, type StepTally, tally, timeLookedAt } from './replay/figures';
import { weightsFor } from './replay/intervals';
import { matchSteps } from './replay/match-steps';
import { notesOn } from './replay/notes';
import type { Outcome } from './replay/recording';
import type { Draft } from './replay/replay-run';
import type { Sample } from './replay/sample';
import { english, type Told, tell, told } from './replay/tell';
import { changesIn, restsOn } from './replay/words';
import type { Sentence } from './sentence';

/** What became of recorded runs, and what would have become of them on a draft. */
export interface WhatIf extends Told {
  baseline: Figures;
  draft: Figures;
  /** The time at which reach is looked at. */
  withinMs: number;
  difference: Differences;
  changed: number;
  estimatedShare: number;
  confidence: Confidence;
  perStep: StepChange[];
  examples: Example[];
  notes: string[];
  /** The notes as data. */
  noteSentences: Sentence[];
}

/** Null: the ladder has no such step. */
export interface StepChange {
  step: string;
  channel: Channel;
  baseline: StepTally | null;
  draft: StepTally | null;
}

/** A run whose outcome is another on the draft. */
export interface Example {
  invocationId: string;
  before: Outcome;
  after: Outcome;
  /** Another run's outcome stood in for what this one did not record. */
  estimated: boolean;
}

const EXAMPLES_MOST = 20;

/**
 * Plays the sample on a draft, and says what differs.
 * @yields after each run and round, so that whoever asks can do something else meanwhile
 */
export function* whatIf(sample: Sample, ladder: Ladder): Generator<void, WhatIf, void> {
  const withinMs = timeLookedAt(sample.ladder);
  const itself: Draft = { ladder: sample.ladder, match: matchSteps(sample.ladder, sample.ladder) };
  const draft: Draft = { ladder, match: matchSteps(ladder, sample.ladder) };
  const [before, after] = [new Map<string, StepTally>(), new Map<string, StepTally>()];
  yield* playAll(sample, itself, withinMs, { seen: (state) => tally(before, state) });
  const played = yield* playAll(sample, draft, withinMs, { seen: (state) => tally(after, state) });
  const { differences } = yield* differencesOf(played, yield* weightsFor(sample.runs.length));
  const estimatedShare = sample.runs.length === 0 ? 0 : played.estimated / sample.runs.length;
  const confidence = confidenceOf(played);
  const noteSentences = [...untoldNote(sample, played), ...draft.match.notes, ...notesOn(sample)];
  return {
    baseline: figuresOf(played.before, withinMs),
    draft: figuresOf(played.after, withinMs),
    withinMs,
    difference: differences,
    changed: played.changed,
    estimatedShare,
    confidence,
    perStep: stepChanges(sample.ladder, ladder, before, after),
    examples: examplesIn(sample, draft, played),
    notes: noteSentences.map(english),
    noteSentences,
    ...told(sentenceOn(sample, played, differences, confidence, estimatedShare)),
  };
}

function stepChanges(
  recorded: Ladder,
  draft: Ladder,
  before: ReadonlyMap<string, StepTally>,
  after: ReadonlyMap<string, StepTally>,
): StepChange[] {
  const added = draft.rungs.filter(({ name }) => !recorded.indexByName.has(name));
  return [...recorded.rungs, ...added].flatMap((rung) => {
    if (rung.kind !== 'send') return [];
    const { name: step, channel } = rung;
    const of = (ladder: Ladder, tallies: ReadonlyMap<string, StepTally>) =>
      ladder.indexByName.has(step) ? (tallies.get(step) ?? newTally()) : null;
    return [{ step, channel, baseline: of(recorded, before), draft: of(draft, after) }];
  });
}

/** What was measured first: whoever looks one up finds there what is said of it. */
function examplesIn(sample: Sample, draft: Draft, { before, after, drawn }: Played): Example[] {
  const { runs } = sample;
  const renamed = renamedSteps(sample, draft);
  const measured: Example[] = [];
  const estimated: Example[] = [];
  for (let number = 0; number < before.length && measured.length < EXAMPLES_MOST; number++) {
    const [was, is, run] = [before[number], after[number], runs[number]];
    if (!was || !is || !run || !isAnother(was, is, renamed)) continue;
    const isEstimated = (drawn[number] ?? []).length > 0;
    const list = isEstimated ? estimated : measured;
    if (list.length < EXAMPLES_MOST) {
      list.push({ invocationId: run.id, before: was, after: is, estimated: isEstimated });
    }
  }
  return [...measured, ...estimated].slice(0, EXAMPLES_MOST);
}

function untoldNote(sample: Sample, played: Played): Sentence[] {
  const { untold } = played;
  if (untold.length === 0) return [];
  return [tell('note.untold', { count: untold.length, why: untoldIn(played, sample) })];
}

function sentenceOn(
  sample: Sample,
  played: Played,
  differences: Differences,
  confidence: Confidence,
  estimatedShare: number,
): Sentence {
  const { length } = sample.runs;
  if (confidence === 'too_few') return tell('draft.untold', { why: untoldIn(played, sample) });
  const changes = changesIn(differences, played.withinMs);
  return tell('draft.told', { changes, rests: restsOn(length, estimatedShare) });
}
