/**
 * Rollups are counted by slots: hours of UTC, cut further where a local day begins off the hour in some zone. So the
 * slots of any local day, in any zone, are whole slots, and counts by day are exact.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The times of the UTC day, off the hour, at which a local day begins somewhere in this decade, by the IANA time zone
 * database; test/core/slots.test.ts derives them anew and fails when one is missing. A zone that leaves the whole hour
 * and is not here loses nothing: its days are then off by less than an hour.
 */
const DAYS_BEGIN_AT: readonly (readonly [time: string, where: string])[] = [
  ['02:30', 'St. John’s, in summer'],
  ['03:30', 'St. John’s'],
  ['09:30', 'Marquesas Islands'],
  ['10:15', 'Chatham Islands, in summer'],
  ['11:15', 'Chatham Islands'],
  ['13:30', 'Adelaide and Broken Hill, in summer; Lord Howe Island'],
  ['14:30', 'Adelaide, Darwin'],
  ['15:15', 'Eucla'],
  ['17:30', 'Yangon, Cocos Islands'],
  ['18:15', 'Kathmandu'],
  ['18:30', 'Kolkata, Colombo'],
  ['19:30', 'Kabul; Tehran, in summer until 2022'],
  ['20:30', 'Tehran'],
];

/** Every beginning of a slot within a UTC day, in ms, in order. */
const BEGINNINGS: readonly number[] = [
  ...Array.from({ length: 24 }, (_, hour) => hour * HOUR_MS),
  ...DAYS_BEGIN_AT.map(([time]) => Number(time.slice(0, 2)) * HOUR_MS + Number(time.slice(3)) * MINUTE_MS),
].sort((a, b) => a - b);

/** By the quarter of an hour: when the slot begins that it belongs to. */
const BEGINS: readonly number[] = Array.from({ length: DAY_MS / (15 * MINUTE_MS) }, (_, quarter) =>
  BEGINNINGS.reduce((found, begin) => (begin <= quarter * 15 * MINUTE_MS ? begin : found), 0),
);

/** When the slot began that `at` belongs to. Both in ms since 1970. */
export function slotOf(at: number): number {
  const time = ((at % DAY_MS) + DAY_MS) % DAY_MS;
  return at - time + (BEGINS[Math.floor(time / (15 * MINUTE_MS))] ?? 0);
}

/** The first beginning of a slot at or after `at`. */
export function slotFrom(at: number): number {
  let slot = slotOf(at);
  // The longest slot is an hour.
  for (let after = at; slot < at; after += 15 * MINUTE_MS) slot = slotOf(after);
  return slot;
}
