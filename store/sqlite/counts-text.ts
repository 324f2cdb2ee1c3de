/**
 * The counts of a rollup as they stand in views.db: pairs of a counter's code and its count, all separated by commas, so
 * that SQLite's group_concat of several is again such a text: what a query adds up is read in one pass. A counter's
 * code is the number of its name among the words; of a latency bucket it is below 0, so that those need no words.
 */
export type CountsByCode = Map<number, number>;

const LATENCY = 'latency.';
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;

/** The bucket that the counter is of, or null. */
export function latencyBucketIn(name: string): number | null {
  return name.startsWith(LATENCY) ? Number(name.slice(LATENCY.length)) : null;
}

export function codeOf(name: string, wordNumber: (word: string) => number): number {
  const bucket = latencyBucketIn(name);
  return bucket === null ? wordNumber(name) : -1 - bucket;
}

export function nameOf(code: number, wordOf: (number: number) => string): string {
  return code < 0 ? LATENCY + bucketOf(code) : wordOf(code);
}

/** Of a code below 0. */
export function bucketOf(code: number): number {
  return -1 - code;
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

/** Calls `add` for each pair. A loop over the characters: it is most of what a query over many rollups costs. */
export function readCounts(text: string, add: (code: number, count: number) => void): void {
  let at = 0;
  const next = (): number => {
    const negative = text.charCodeAt(at) === MINUS;
    if (negative) at++;
    let value = 0;
    for (; at < text.length; at++) {
      const sign = text.charCodeAt(at);
      if (sign === COMMA) break;
      value = value * 10 + sign - ZERO;
    }
    at++;
    return negative ? -value : value;
  };
  while (at < text.length) {
    const code = next();
    add(code, next());
  }
}
