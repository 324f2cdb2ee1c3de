/**
 * Times to deliver are counted in buckets that grow by 3 %: bucket 0 is less than a millisecond, bucket n, from 1, is
 * every time in (1.03^(n-2), 1.03^(n-1)] ms. The time that stands for a bucket, 2 * 1.03^(n-1) / 2.03 ms, is at most
 * 1.48 % off any time in it (as in DDSketch, https://arxiv.org/abs/1908.10693, section 2.1), and so is a percentile
 * taken from the counts. A minute falls into bucket 374: what a step sees takes some hundred buckets at the most.
 */
const GROWTH = 1.03;
const LN_GROWTH = Math.log(GROWTH);
/** The last one holds whatever took longer, which is centuries. */
const BUCKETS = 1024;

/** @param ms a time to deliver, 0 or more */
export function latencyBucket(ms: number): number {
  return ms < 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms) / LN_GROWTH) + 1);
}

/** The inverse: the milliseconds, not rounded, that stand for the bucket. */
export function latencyOfBucket(bucket: number): number {
  return bucket === 0 ? 0 : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);
}

/** The times, in ms and not rounded, that the bucket holds: above `from` and up to `to`; bucket 0: from 0, below 1. */
export function boundsOfBucket(bucket: number): { from: number; to: number } {
  return bucket === 0 ? { from: 0, to: 1 } : { from: GROWTH ** (bucket - 2), to: GROWTH ** (bucket - 1) };
}

/** How many by bucket. An array: what is added up and looked through as often as these is several times faster so. */
export type Histogram = Int32Array;

export function newHistogram(): Histogram {
  return new Int32Array(BUCKETS);
}

/** The buckets that have any, each followed by how many: a fraction of a histogram's size. */
export type Latencies = readonly number[];

export function addLatencies(to: Histogram, added: Latencies): void {
  for (let at = 0; at + 1 < added.length; at += 2) {
    const bucket = added[at] ?? 0;
    to[bucket] = (to[bucket] ?? 0) + (added[at + 1] ?? 0);
  }
}

export function latenciesIn(histogram: Histogram): number[] {
  const found: number[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = histogram[bucket] ?? 0;
    if (count !== 0) found.push(bucket, count);
  }
  return found;
}

/** How many there are of all buckets. */
export function countedIn(histogram: Histogram): number {
  let sum = 0;
  for (const count of histogram) if (count > 0) sum += count;
  return sum;
}

/**
 * For each share the time that it of those counted did not exceed (the nearest rank), at most 1.5 % off; null where
 * there is none.
 * @param shares in order, each above 0 and at most 1
 */
export function percentilesMs(histogram: Histogram, shares: readonly number[]): (number | null)[] {
  const all = countedIn(histogram);
  if (all === 0) return shares.map(() => null);
  let bucket = 0;
  let passed = Math.max(0, histogram[0] ?? 0);
  return shares.map((share) => {
    for (const rank = Math.ceil(all * share); passed < rank; ) passed += Math.max(0, histogram[++bucket] ?? 0);
    return rounded(latencyOfBucket(bucket));
  });
}

/** To four digits: no more than that is known, and less would cost some of it. */
function rounded(ms: number): number {
  return Number(ms.toPrecision(4));
}
