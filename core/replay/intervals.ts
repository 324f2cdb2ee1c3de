import type { Outcome } from './recording';

/** What two ladders are compared by; shares of runs, a mean cost in micros, milliseconds from the start. */
export interface Measures {
  reach: number;
  reachWithin: number;
  duplicates: number;
  costMicros: number;
  p50Ms: number;
  p95Ms: number;
}
export const MEASURES = ['reach', 'reachWithin', 'duplicates', 'costMicros', 'p50Ms', 'p95Ms'] as const;

/** The runs as they were, and as another ladder makes them; `drawn` as in Replayed. */
export interface Pairs {
  before: readonly Outcome[];
  after: readonly Outcome[];
  drawn: readonly (readonly number[])[];
  withinMs: number;
}

export type Interval = readonly [low: number, high: number];

const ROUNDS = 200;
const SEED = 1;
/** 95 % lie between. */
const TAILS = 0.025;

/** Weights of the runs in each round, the same for whatever is compared on one sample. @yields after each round */
export function* weightsFor(runs: number): Generator<void, Float32Array[], void> {
  const next = random(SEED);
  const weights: Float32Array[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const exponential = new Float32Array(runs);
    for (let run = 0; run < runs; run++) exponential[run] = -Math.log(1 - next());
    weights.push(exponential);
    yield;
  }
  return weights;
}

/**
 * What the difference comes to in each round of a Bayesian bootstrap (Rubin 1981: exponential weights in the place of
 * resampling). A run that another one stood in for counts by the weights of both, so that what few runs told of many is
 * as uncertain as the few are.
 * @yields after each round
 */
export function* roundsOf(
  pairs: Pairs,
  weights: readonly Float32Array[],
): Generator<void, { before: Measures; after: Measures }[], void> {
  const before = columnsOf(pairs.before, pairs.withinMs);
  yield;
  const after = columnsOf(pairs.after, pairs.withinMs);
  const rounds: { before: Measures; after: Measures }[] = [];
  const weight = new Float64Array(pairs.before.length);
  for (const round of weights) {
    fillWeights(weight, round, pairs.drawn);
    rounds.push({ before: measure(before, weight), after: measure(after, weight) });
    yield;
  }
  return rounds;
}

/** The middle 95 % of a value over the rounds. */
export function intervalOf(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return [at(TAILS), at(1 - TAILS)];
}

/** What was drawn keeps its share of all runs, whatever weights those have that it was drawn from. */
function fillWeights(into: Float64Array, round: Float32Array, drawn: Pairs['drawn']): void {
  let [plain, factored] = [0, 0];
  for (let run = 0; run < into.length; run++) {
    const weight = round[run] ?? 0;
    const donors = drawn[run] ?? [];
    into[run] = weight;
    if (donors.length === 0) continue;
    let factor = weight;
    for (const donor of donors) factor *= round[donor] ?? 0;
    into[run] = factor;
    plain += weight;
    factored += factor;
  }
  if (factored === 0) return;
  for (let run = 0; run < into.length; run++) {
    if ((drawn[run] ?? []).length > 0) into[run] = ((into[run] ?? 0) * plain) / factored;
  }
}

interface Columns {
  reachedMs: Float64Array;
  duplicate: Uint8Array;
  costMicros: Float64Array;
  /** Numbers of the runs that reached somebody, the soonest first. */
  order: number[];
  withinMs: number;
}

function columnsOf(outcomes: readonly Outcome[], withinMs: number): Columns {
  const reachedMs = Float64Array.from(outcomes, (one) => one.reachedMs ?? Number.POSITIVE_INFINITY);
  const order = outcomes.flatMap((one, run) => (one.reachedMs === null ? [] : [run]));
  order.sort((a, b) => (reachedMs[a] as number) - (reachedMs[b] as number));
  return {
    reachedMs,
    duplicate: Uint8Array.from(outcomes, (one) => (one.duplicate ? 1 : 0)),
    costMicros: Float64Array.from(outcomes, (one) => one.costMicros),
    order,
    withinMs,
  };
}

function measure(columns: Columns, weight: Float64Array): Measures {
  const { reachedMs, duplicate, costMicros, order, withinMs } = columns;
  let [all, duplicates, cost, within, reached] = [0, 0, 0, 0, 0];
  for (let run = 0; run < weight.length; run++) {
    const w = weight[run] as number;
    all += w;
    duplicates += w * (duplicate[run] as number);
    cost += w * (costMicros[run] as number);
  }
  for (const run of order) {
    reached += weight[run] as number;
    if ((reachedMs[run] as number) <= withinMs) within = reached;
  }
  const share = (sum: number) => (all === 0 ? 0 : sum / all);
  const [p50Ms, p95Ms] = quantiles(columns, weight, reached);
  return {
    reach: share(reached),
    reachWithin: share(within),
    duplicates: share(duplicates),
    costMicros: share(cost),
    p50Ms,
    p95Ms,
  };
}

function quantiles({ order, reachedMs }: Columns, weight: Float64Array, reached: number): [number, number] {
  let sum = 0;
  let p50: number | null = null;
  for (const run of order) {
    sum += weight[run] as number;
    if (p50 === null && sum >= 0.5 * reached) p50 = reachedMs[run] as number;
    if (sum >= 0.95 * reached) return [p50 ?? 0, reachedMs[run] as number];
  }
  return [p50 ?? 0, p50 ?? 0];
}

/** Mulberry32: numbers from 0 to 1, the same ones for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
