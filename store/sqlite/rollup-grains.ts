/**
 * A rollup stands in views.db several times, each time added up further, so that a query over a month reads rows of
 * days, and of hours only at its edges: by slot and country, as it is counted; by day and country; and of all countries
 * together by slot, by block of six hours and by day. Days and blocks are those of UTC. All of them are written in the
 * transaction of the first, which alone is what was counted.
 */
export const GRAINS = { slot: 0, day: 1, everySlot: 2, everyBlock: 3, everyDay: 4 } as const;

const HOUR_MS = 3_600_000;
const BLOCK_MS = 6 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

/** Where a rollup stands: when the rows begin that hold it, by grain. */
export interface Place {
  grain: number;
  hour: number;
  country: string;
}

/** @param hour when the slot begins */
export function placesOf(hour: number, country: string): Place[] {
  const day = hour - (hour % DAY_MS);
  return [
    { grain: GRAINS.slot, hour, country },
    { grain: GRAINS.day, hour: day, country },
    { grain: GRAINS.everySlot, hour, country: '' },
    { grain: GRAINS.everyBlock, hour: hour - (hour % BLOCK_MS), country: '' },
    { grain: GRAINS.everyDay, hour: day, country: '' },
  ];
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

function longestFrom(period: number, from: number, to: number, byCountry: boolean): Piece {
  const { slot, day, everySlot, everyBlock, everyDay } = GRAINS;
  const days = wholeFrom(from, to, DAY_MS);
  if (days > from) return [period, byCountry ? day : everyDay, from, days];
  const nextDay = from - (from % DAY_MS) + DAY_MS;
  const end = Math.min(to, nextDay);
  if (byCountry) return [period, slot, from, end];
  const blocks = wholeFrom(from, end, BLOCK_MS);
  if (blocks > from) return [period, everyBlock, from, blocks];
  return [period, everySlot, from, Math.min(end, from - (from % BLOCK_MS) + BLOCK_MS)];
}

/** Up to where there are whole stretches of that length from `from` on; `from` itself where there is none. */
function wholeFrom(from: number, to: number, length: number): number {
  return from % length === 0 ? from + Math.floor((to - from) / length) * length : from;
}
