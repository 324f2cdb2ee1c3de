import fc from 'fast-check';
import {
  addLatencies,
  boundsOfBucket,
  latenciesIn,
  latencyBucket,
  latencyOfBucket,
  newHistogram,
  percentilesMs,
} from '../../core/latency-buckets';
import { random } from '../support/random';

const WEEKS_MS = 30 * 24 * 3_600_000;

test('the time that stands for a bucket is within 1.5 % of every time in it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: WEEKS_MS }), (ms) => {
      expect(Math.abs(latencyOfBucket(latencyBucket(ms)) - ms) / ms).toBeLessThan(0.015);
    }),
    { numRuns: 2_000 },
  );
});

test('a percentile taken from the counts is within 2 % of the true one', () => {
  const times = fc.array(fc.integer({ min: 50, max: 120_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (given, share) => {
      const sorted = given.toSorted((a, b) => a - b);
      const rank = Math.max(0, Math.ceil(share * sorted.length) - 1);
      const buckets = sorted.map(latencyBucket).toSorted((a, b) => a - b);
      const truth = sorted[rank] as number;
      expect(Math.abs(latencyOfBucket(buckets[rank] as number) - truth) / truth).toBeLessThan(0.02);
    }),
  );
});

const next = random(5);
const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
/** What providers have been seen to do, and what none should. */
const DISTRIBUTIONS: Record<string, () => number> = {
  'log-normal about 2 s': () => 2_000 * Math.exp(normal() * 0.8),
  'log-normal about 40 ms, with a long tail': () => 40 * Math.exp(normal() * 1.6),
  'two humps, of phones that are on and phones that were off': () =>
    next() < 0.7 ? 800 * Math.exp(normal() * 0.3) : 3_600_000 * Math.exp(normal() * 0.5),
  'all at one time': () => 1_234,
  'even, up to an hour': () => next() * 3_600_000,
  'a power law': () => 100 / (1 - next()) ** 1.2,
  'a few milliseconds': () => 1 + next() * 9,
  'at a timeout, to the millisecond': () => 30_000 + Math.floor(next() * 3),
};

function histogramOf(times: readonly number[]) {
  const histogram = newHistogram();
  for (const ms of times) histogram[latencyBucket(ms)] = (histogram[latencyBucket(ms)] ?? 0) + 1;
  return histogram;
}

test.each(Object.keys(DISTRIBUTIONS))('percentiles are within 2 %% of the true ones: %s', (name) => {
  for (const size of [1, 2, 10, 999, 20_000]) {
    const times = Array.from({ length: size }, () => Math.round(DISTRIBUTIONS[name]?.() ?? 0)).sort((a, b) => a - b);
    const histogram = histogramOf(times);
    const shares = [0.5, 0.9, 0.95, 0.99, 1];
    const found = percentilesMs(histogram, shares);
    shares.forEach((share, n) => {
      const truth = times[Math.ceil(share * size) - 1] as number;
      expect([share, Math.abs((found[n] ?? 0) - truth) / truth <= 0.02]).toEqual([share, true]);
    });
  }
});

test('of nothing there is no percentile, and what was taken back counts for none', () => {
  expect(percentilesMs(newHistogram(), [0.5, 0.9])).toEqual([null, null]);
  const taken = histogramOf([0, 0, 0, 900]);
  addLatencies(taken, [latencyBucket(900), -1]);
  expect(percentilesMs(taken, [0.5, 1])).toEqual([0, 0]);
  expect(latenciesIn(taken)).toEqual([0, 3]);
});

test('every time is within the bounds of its bucket, and buckets meet', () => {
  for (const ms of [0, 0.5, 1, 2, 17, 999, 60_000, WEEKS_MS]) {
    const { from, to } = boundsOfBucket(latencyBucket(ms));
    expect(ms >= from && ms <= to * (1 + 1e-9)).toBe(true);
  }
  for (let bucket = 2; bucket < 900; bucket++) {
    expect(boundsOfBucket(bucket).from).toBeCloseTo(boundsOfBucket(bucket - 1).to, 6);
  }
});

test('nothing at all, and a receipt that came before the answer, are bucket 0', () => {
  expect([latencyBucket(0), latencyBucket(-40), latencyOfBucket(0)]).toEqual([0, 0, 0]);
});

test('the buckets of released versions stay where they are: counts in files go by them', () => {
  expect([1, 2, 100, 1_000, 60_000, 604_800_000].map(latencyBucket)).toEqual([1, 25, 157, 235, 374, 686]);
});
