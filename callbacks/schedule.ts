const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after the attempt before; the first is at once. What Standard Webhooks recommends. */
export const DELAYS_MS = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** However long an endpoint asks us to wait. */
const RETRY_AFTER_MAX_MS = 24 * HOUR;
/** Of each delay, to either side: what failed together does not come again together. */
const JITTER = 0.1;

/**
 * When the next attempt is due, in ms since 1970; null after the last.
 * @param made attempts so far, the one that has just failed included
 * @param failedAt when it had failed
 * @param random in [0, 1)
 */
export function nextAttemptAt(
  made: number,
  failedAt: number,
  { retryAfterMs, random }: { retryAfterMs: number | null; random: number },
): number | null {
  const delay = DELAYS_MS[made];
  if (delay === undefined) return null;
  const jittered = Math.round(delay * (1 - JITTER + 2 * JITTER * random));
  return failedAt + Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}

/** `Retry-After` (RFC 9110, 10.2.3) in ms from `now`: seconds, or a date. Null for neither. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND;
  // Every form of an HTTP date begins with the day’s name.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
