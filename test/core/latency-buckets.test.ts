import fc from 'fast-check';
import { latencyBucket, latencyOfBucket } from '../../core/latency-buckets';

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

test('nothing at all, and a receipt that came before the answer, are bucket 0', () => {
  expect([latencyBucket(0), latencyBucket(-40), latencyOfBucket(0)]).toEqual([0, 0, 0]);
});

test('the buckets of released versions stay where they are: counts in files go by them', () => {
  expect([1, 2, 100, 1_000, 60_000, 604_800_000].map(latencyBucket)).toEqual([1, 25, 157, 235, 374, 686]);
});
