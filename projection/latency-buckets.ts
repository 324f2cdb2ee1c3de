/**
 * Times to deliver are counted in buckets that grow by 3 %: bucket 0 is less than a millisecond, bucket n, from 1, is
 * every time in (1.03^(n-2), 1.03^(n-1)] ms. The time that stands for a bucket, 2 * 1.03^(n-1) / 2.03 ms, is at most
 * 1.48 % off any time in it (as in DDSketch, https://arxiv.org/abs/1908.10693, section 2.1), and so is a percentile
 * taken from the counts. A minute falls into bucket 374: what a step sees takes some hundred buckets at the most.
 */
const GROWTH = 1.03;
const LN_GROWTH = Math.log(GROWTH);

/** @param ms a time to deliver, 0 or more */
export function latencyBucket(ms: number): number {
  return ms < 1 ? 0 : Math.ceil(Math.log(ms) / LN_GROWTH) + 1;
}

/** The inverse: the milliseconds, not rounded, that stand for the bucket. */
export function latencyOfBucket(bucket: number): number {
  return bucket === 0 ? 0 : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);
}
