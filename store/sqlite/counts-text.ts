import type { Histogram } from '../../core/latency-buckets';

/**
 * The counts of a rollup as they stand in views.db: pairs of a counter's code and its count, all separated by commas, so
 * that SQLite's group_concat of several is again such a text: what a query adds up is read in one pass. A counter's
 * code is the number of its name among the words; latencies stand apart, by the number of their bucket, since they are
 * most of it and not every query asks for them.
 */
export type CountsByCode = Map<number, number>;

/** Both texts of a row, taken apart. */
export interface Counted {
  counts: CountsByCode;
  latencies: CountsByCode;
}

const LATENCY = 'latency.';
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;

/** The bucket that the counter is of, or null. */
export function bucketIn(name: string): number | null {
  return name.startsWith(LATENCY) ? Number(name.slice(LATENCY.length)) : null;
}

export function nameOfBucket(bucket: number): string {
  return LATENCY + bucket;
}

/** What comes to nothing is left out. */
export function writeCounts(counts: CountsByCode): string {
  let text = '';
  for (const [code, count] of counts) {
    if (count === 0) continue;
    text += text === '' ? `${code},${count}` : `,${code},${count}`;
  }
  return text;
}

/** Calls `add` for each pair. */
export function readCounts(text: string, add: (code: number, count: number) => void): void {
  if (text === '') return;
  const numbers = text.split(',');
  for (let at = 0; at + 1 < numbers.length; at += 2) add(Number(numbers[at]), Number(numbers[at + 1]));
}

/**
 * The same, by hand, character by character: most of what a query over many rollups costs is here, and with `split` it
 * takes twice as long.
 */
export function addLatencyText(text: string, latencies: Histogram): void {
  const { length } = text;
  let bucket = 0;
  let value = 0;
  let negative = false;
  let isBucket = true;
  for (let at = 0; at <= length; at++) {
    const sign = at === length ? COMMA : text.charCodeAt(at);
    if (sign === MINUS) negative = true;
    else if (sign !== COMMA) value = value * 10 + sign - ZERO;
    else {
      if (isBucket) bucket = value;
      else latencies[bucket] = (latencies[bucket] ?? 0) + (negative ? -value : value);
      value = 0;
      negative = false;
      isBucket = !isBucket;
    }
  }
}
