const SLOTS = 64;
const times = new Float64Array(SLOTS).fill(Number.NaN);
const texts: string[] = new Array(SLOTS).fill('');

/**
 * RFC 3339 UTC with milliseconds. The events of one decision share their times, so that the last few are kept: this
 * stands on the path of every event.
 */
export function isoTime(ms: number): string {
  const slot = (ms % SLOTS) | 0;
  if (times[slot] === ms) return texts[slot] as string;
  const text = new Date(ms).toISOString();
  times[slot] = ms;
  texts[slot] = text;
  return text;
}

/** The time of day alone, for sentences: 10:00:31. */
export function clockTime(ms: number): string {
  return isoTime(ms).slice(11, 19);
}
