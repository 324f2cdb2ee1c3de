/** `from` and `to` as local wall clock, HH:MM; `timezone` is an IANA zone or `recipient`. */
export interface QuietHours {
  from: string;
  to: string;
  timezone: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** There are some 600 zones; a name may come in any case, so that what customers write must not grow without end. */
const MAX_CACHED_ZONES = 1000;
const formats = new Map<string, Intl.DateTimeFormat | null>();

/**
 * When quiet hours end, in ms since 1970, if `now` is inside them; else null. The window goes by the wall clock of the
 * zone: `from` belongs to it, `to` does not, it may pass over midnight, and where both are the same there is none.
 * An end that the clock skips (summer time begins) is the moment of the skip; one that comes twice, the first of them.
 * A zone that is missing or unknown counts as UTC.
 */
export function quietUntil(quiet: QuietHours, recipientTimezone: string | null, now: number): number | null {
  const zone = quiet.timezone === 'recipient' ? (recipientTimezone ?? 'UTC') : quiet.timezone;
  const from = clockMs(quiet.from);
  const to = clockMs(quiet.to);
  const offset = offsetMs(zone, now);
  const local = now + offset;
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const time = local - midnight;
  const inside = from <= to ? from <= time && time < to : from <= time || time < to;
  if (!inside) return null;
  return instantOf(zone, midnight + to + (time < to ? 0 : DAY_MS), now, offset);
}

/** True for a name that the time zone database has, such as Europe/Rome. */
export function isTimezone(name: string): boolean {
  return formatFor(name) !== null;
}

/** The first instant from `now` on, whose wall clock shows `local` or, where the clock skips that, more. */
function instantOf(zone: string, local: number, now: number, offsetNow: number): number {
  const asNow = local - offsetNow;
  const offsetThen = offsetMs(zone, asNow);
  if (offsetThen === offsetNow) return asNow;
  const asThen = local - offsetThen;
  // The clock changes in between. Asked again at the second guess, both agree, or the wall clock never shows `local`.
  if (offsetMs(zone, asThen) === offsetThen) return asThen;
  return changeBetween(zone, now, asNow);
}

/** The instant between the two at which the zone's offset changes, by halving; to the millisecond. */
function changeBetween(zone: string, before: number, after: number): number {
  const offset = offsetMs(zone, before);
  let low = before;
  let high = after;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

function clockMs(clock: string): number {
  return (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))) * MINUTE_MS;
}

/** What is added to UTC to get the zone's wall clock. */
function offsetMs(zone: string, at: number): number {
  const format = formatFor(zone);
  if (!format) return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function formatFor(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  if (formats.size >= MAX_CACHED_ZONES) formats.clear();
  const made = makeFormat(zone);
  formats.set(zone, made);
  return made;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | null {
  const two = '2-digit';
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
  } catch {
    // A RangeError: no such zone.
    return null;
  }
}
