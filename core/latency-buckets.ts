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

/** The times, in ms and not rounded, that the bucket holds: above `from` and up to `to`; bucket 0: from 0, below 1. */
export function boundsOfBucket(bucket: number): { from: number; to: number } {
  return bucket === 0 ? { from: 0, to: 1 } : { from: GROWTH ** (bucket - 2), to: GROWTH ** (bucket - 1) };
}

/**
 * The time that `share` of those counted did not exceed (the nearest rank), at most 1.5 % off; null where there is none.
 * @param buckets how many by bucket
 * @param share above 0, at most 1
 */
export function percentileMs(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const inOrder = [...buckets].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  let left = Math.ceil(inOrder.reduce((sum, [, count]) => sum + count, 0) * share);
  for (const [bucket, count] of inOrder) {
    left -= count;
    if (left <= 0) return rounded(latencyOfBucket(bucket));
  }
  return null;
}

/** To four digits: no more than that is known, and less would cost some of it. */
function rounded(ms: number): number {
  return Number(ms.toPrecision(4));
}
