import type { LatencyStep } from './answers';

type Histogram = LatencyStep['histogram'];

export interface Bin {
  fromMs: number;
  toMs: number;
  count: number;
}

const BINS = 36;
const ROOM = 1.15;

/** The figures come in buckets that grow by 3 %; the eye sees more in some dozens that are as wide as each other on the chart. */
export interface Bins {
  bins: Bin[];
  /** Where on the chart a time lies: 0 is where the first bin begins, 1 where the second does. */
  placeOf(ms: number): number;
}

/** Bins that grow alike, wide enough to hold the timeout too. Null where nothing was counted. */
export function binsOf(histogram: Histogram, timeoutMs: number | null): Bins | null {
  const first = histogram[0];
  const last = histogram[histogram.length - 1];
  if (!first || !last) return null;
  const begins = Math.log(Math.max(Math.min(first.fromMs, timeoutMs ?? first.fromMs) / ROOM, 1));
  const ends = Math.log(Math.max(last.toMs, timeoutMs ?? 0, 2) * ROOM);
  const wide = (ends - begins) / BINS;
  const placeOf = (ms: number) => (Math.log(Math.max(ms, 1)) - begins) / wide;
  const at = (place: number) => Math.exp(begins + place * wide);
  const bins = Array.from({ length: BINS }, (_, place) => ({ fromMs: at(place), toMs: at(place + 1), count: 0 }));
  for (const { fromMs, toMs, count } of histogram) {
    const middle = Math.sqrt(Math.max(fromMs, 1) * Math.max(toMs, 1));
    const bin = bins[Math.min(Math.max(Math.floor(placeOf(middle)), 0), BINS - 1)];
    if (bin) bin.count += count;
  }
  return { bins, placeOf };
}

/** How many took longer than that: exact to the bucket that it lies in, which counts as longer if most of it is. */
export function slowerThan(histogram: Histogram, ms: number): number {
  return histogram.reduce((sum, { fromMs, toMs, count }) => sum + ((fromMs + toMs) / 2 > ms ? count : 0), 0);
}
