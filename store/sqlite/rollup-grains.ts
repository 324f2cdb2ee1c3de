/**
 * A rollup stands in views.db several times, each time added up further, so that a query over a month reads rows of
 * days, and of hours only at its edges. All of them are written in the transaction of the first, which alone is what was
 * counted. Measured over a month of 1,000,000 runs, all countries together: a day of Rome takes 6 rows of each step
 * instead of 37, one of Kolkata 10.
 */
export const GRAINS = { slot: 0, day: 1, fourDays: 2, everySlot: 3, everyTwo: 4, everySix: 5, everyDay: 6 } as const;

type Grain = (typeof GRAINS)[keyof typeof GRAINS];
type Lengths = readonly (readonly [grain: Grain, lengthMs: number])[];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Of each country, the longest first. They begin at multiples of their length, in UTC. */
const BY_COUNTRY: Lengths = [
  [GRAINS.fourDays, 4 * DAY_MS],
  [GRAINS.day, DAY_MS],
];
/** The same of all countries together. */
const OF_ALL: Lengths = [
  [GRAINS.everyDay, DAY_MS],
  [GRAINS.everySix, 6 * HOUR_MS],
  [GRAINS.everyTwo, 2 * HOUR_MS],
];

/** The flows of a mode, by their numbers. Hops from flow to flow along the index, instead of reading every row of it. */
export const EVERY_FLOW = `
  WITH RECURSIVE flows (flow) AS (
    SELECT min(flow) FROM rollups WHERE mode = ?1 AND grain = ${GRAINS.everyDay}
    UNION ALL
    SELECT (SELECT min(flow) FROM rollups WHERE mode = ?1 AND grain = ${GRAINS.everyDay} AND flow > flows.flow)
    FROM flows WHERE flow IS NOT NULL
  ) SELECT flow FROM flows WHERE flow IS NOT NULL`;

/** Where a rollup stands: when the rows begin that hold it, by grain. */
export interface Place {
  grain: number;
  hour: number;
  country: string;
}

/** Where it stands besides its slot. @param hour when the slot begins */
export function furtherPlaces(hour: number, country: string): Place[] {
  const places = (lengths: Lengths, of: string) =>
    lengths.map(([grain, length]) => ({ grain, hour: hour - (hour % length), country: of }));
  return [...places(BY_COUNTRY, country), { grain: GRAINS.everySlot, hour, country: '' }, ...places(OF_ALL, '')];
}

/** Rows of one grain that begin in [from, to) and belong to a period. */
export type Piece = [period: number, grain: number, from: number, to: number];

/** The fewest rows that make up each period. @param bounds as in RollupSumQuery */
export function piecesOf(bounds: readonly number[], byCountry: boolean): Piece[] {
  const pieces: Piece[] = [];
  for (let period = 0; period + 1 < bounds.length; period++) {
    const to = bounds[period + 1] ?? 0;
    for (let from = bounds[period] ?? 0; from < to; ) {
      const piece = longestFrom(period, from, to, byCountry);
      pieces.push(piece);
      from = piece[3];
    }
  }
  return pieces;
}

/** From a moment on the longest that there are, as many as there are, else slots until a longer one begins. */
function longestFrom(period: number, from: number, to: number, byCountry: boolean): Piece {
  let end = to;
  for (const [grain, length] of byCountry ? BY_COUNTRY : OF_ALL) {
    const whole = from % length === 0 ? from + Math.floor((end - from) / length) * length : from;
    if (whole > from) return [period, grain, from, whole];
    // Where the next one begins, it may fit.
    end = Math.min(end, from - (from % length) + length);
  }
  return [period, byCountry ? GRAINS.slot : GRAINS.everySlot, from, end];
}
