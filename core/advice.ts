import type { FlowDefinition } from '../schemas/flow';
import { type Candidate, candidatesFor } from './advice/candidates';
import { headOf } from './advice/heads';
import { losesTooMuch, SCORE_MIN, scoreOf } from './advice/score';
import { latenciesOf, latencyTable, type StepLatency } from './advice/step-latencies';
import type { Ladder } from './ladder';
import { type Differences, differencesOf, measuresOf, type Played, playAll } from './replay/compare';
import { type Confidence, confidenceOf, untoldIn } from './replay/confidence';
import { type Figures, figuresOf, timeLookedAt } from './replay/figures';
import { type Measures, weightsFor } from './replay/intervals';
import { matchSteps } from './replay/match-steps';
import { notesOn } from './replay/notes';
import { DONORS_MIN } from './replay/pools';
import type { Sample } from './replay/sample';
import { english, type Told, tell, told } from './replay/tell';
import { changesIn, restsOn } from './replay/words';
import type { Sentence } from './sentence';

export interface Suggestion extends Omit<Candidate, 'definition' | 'alters'>, Told {
  /** Null where the data cannot tell. */
  effect: Differences | null;
  runs: number;
  estimatedShare: number;
  confidence: Confidence;
}

/** Its sentence is the best suggestion's where there is one. */
export interface Advice extends Told {
  baseline: Figures;
  /** The time at which reach is looked at. */
  withinMs: number;
  /** The best first; those that the data cannot tell of last. */
  suggestions: Suggestion[];
  latency: StepLatency[];
  notes: string[];
  /** The notes as data. */
  noteSentences: Sentence[];
}

export interface AdviceQuestion {
  sample: Sample;
  /** What the sample's ladder was made from. */
  definition: FlowDefinition;
  compile(definition: FlowDefinition): Ladder;
  /** Changes of that step alone; null: of every one. */
  step: string | null;
}

const SUGGESTIONS_MOST = 5;
const UNTOLD_SHOWN = 3;

/**
 * Tries other timeouts, orders and shorter ladders on what was recorded, and says which are clearly better: the 95 %
 * interval of their score lies above zero, and none of what matters is lost.
 * @yields after each run and round, so that whoever asks can do something else meanwhile
 */
export function* advise(question: AdviceQuestion): Generator<void, Advice, void> {
  const { sample, definition, step } = question;
  const withinMs = timeLookedAt(sample.ladder);
  const latencies = yield* latenciesOf(sample);
  const tried: Tried[] = [];
  const before = measuresOf(sample.outcomes, withinMs);
  yield;
  const enough = sample.runs.length >= DONORS_MIN;
  for (const candidate of enough ? candidatesFor(definition, sample.ladder, latencies, step) : []) {
    tried.push(yield* tryOut(question, candidate, before, withinMs));
  }
  const suggestions = yield* suggestionsFrom(tried, sample.runs.length);
  const better = suggestions.filter(({ confidence }) => confidence !== 'too_few');
  const noteSentences = notesOn(sample);
  return {
    baseline: figuresOf(sample.outcomes, withinMs),
    withinMs,
    suggestions,
    latency: latencyTable(sample, latencies),
    notes: noteSentences.map(english),
    noteSentences,
    ...verdict(sample.runs.length, tried.length, better),
  };
}

interface Tried {
  candidate: Candidate;
  /** At the point, before any interval. */
  score: number;
  /** Worth a closer look; null: what it came to is not kept. */
  played: Played | null;
  /** Where the data cannot tell. */
  untold: Suggestion | null;
}

function* tryOut(
  { sample, compile }: AdviceQuestion,
  candidate: Candidate,
  before: Measures,
  withinMs: number,
): Generator<void, Tried> {
  const ladder = compile(candidate.definition);
  const draft = { ladder, match: matchSteps(ladder, sample.ladder) };
  const played = yield* playAll(sample, draft, withinMs, candidate);
  if (confidenceOf(played) === 'too_few') {
    return { candidate, score: 0, played: null, untold: untoldOf(candidate, played, sample) };
  }
  yield;
  const after = measuresOf(played.after, withinMs);
  const score = losesTooMuch(before, after) ? 0 : scoreOf(before, after);
  return { candidate, score, played: score >= SCORE_MIN ? played : null, untold: null };
}

function* suggestionsFrom(tried: readonly Tried[], runs: number): Generator<void, Suggestion[]> {
  const promising = tried.filter(({ played }) => played !== null).sort((a, b) => b.score - a.score);
  const weights = promising.length > 0 ? yield* weightsFor(runs) : [];
  const better: Suggestion[] = [];
  for (const { candidate, played } of promising.slice(0, 2 * SUGGESTIONS_MOST)) {
    if (!played) continue;
    const { differences, score } = yield* differencesOf(played, weights, scoreOf);
    if (score[0] > 0) better.push(suggestionOf(candidate, played, differences));
  }
  const untold = firstOfEach(tried.flatMap((one) => one.untold ?? []));
  return [...firstOfEach(better).slice(0, SUGGESTIONS_MOST), ...untold.slice(0, UNTOLD_SHOWN)];
}

/** One of each kind and step: of ten timeouts nobody wants to hear but of the best. */
function firstOfEach(suggestions: readonly Suggestion[]): Suggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ kind, step }) => {
    const name = `${kind} ${step}`;
    return !seen.has(name) && seen.add(name);
  });
}

function suggestionOf(candidate: Candidate, played: Played, effect: Differences): Suggestion {
  const { kind, step, from, to } = candidate;
  const runs = played.before.length;
  const estimatedShare = played.estimated / runs;
  const confidence = confidenceOf(played);
  const values = {
    head: headOf(candidate),
    changes: changesIn(effect, played.withinMs),
    rests: restsOn(runs, estimatedShare),
  };
  return {
    ...{ kind, step, from, to, effect, runs, estimatedShare, confidence },
    ...told(tell('suggestion.told', values)),
  };
}

function untoldOf(candidate: Candidate, played: Played, sample: Sample): Suggestion {
  const { kind, step, from, to } = candidate;
  const runs = played.before.length;
  const estimatedShare = played.estimated / runs;
  const values = { head: headOf(candidate), why: untoldIn(played, sample) };
  return {
    ...{ kind, step, from, to, effect: null, runs, estimatedShare, confidence: 'too_few' },
    ...told(tell('suggestion.untold', values)),
  };
}

function verdict(runs: number, tried: number, better: readonly Suggestion[]): Told {
  if (runs < DONORS_MIN) return told(tell('verdict.few_runs', { needed: DONORS_MIN, count: runs }));
  const [best] = better;
  if (best) return { sentence: best.sentence, key: best.key, values: best.values };
  return told(tell('verdict.leave', { tried, runs }));
}
