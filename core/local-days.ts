/** A date of the calendar, YYYY-MM-DD. */
export type LocalDate = string;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** No zone is further from UTC. */
const FURTHEST_MS = 15 * 60 * MINUTE_MS;
const MAX_CACHED_ZONES = 100;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The date that the clocks of the zone show at `at` (ms since 1970). @throws RangeError where there is no such zone */
export function dateIn(zone: string, at: number): LocalDate {
  return formatFor(zone).format(at);
}

/**
 * When the date begins in the zone, in ms since 1970: at midnight, or, where the clock skips midnight, when it has been
 * skipped. A midnight that comes twice is the first of them.
 * @throws RangeError where there is no such zone
 */
export function dayBegins(zone: string, date: LocalDate): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  let before = midnight - FURTHEST_MS;
  let after = midnight + FURTHEST_MS;
  // Zones change at whole minutes.
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / MINUTE_MS / 2) * MINUTE_MS;
    if (dateIn(zone, middle) < date) before = middle;
    else after = middle;
  }
  return after;
}

/** The date that many days later. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The form in which dates can be compared as texts: what sv-SE writes is ISO 8601. */
function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  if (formats.size >= MAX_CACHED_ZONES) formats.clear();
  const two = '2-digit';
  const made = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: two,
    day: two,
  });
  formats.set(zone, made);
  return made;
}
