import { duration } from './amounts';

/** A line of time from `startMs` to `endMs` over `columns` characters. */
export interface TimeAxis {
  startMs: number;
  endMs: number;
  columns: number;
}

/** Lengths between ticks that a person counts in, in ms. */
const TICK_STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((s) => s * 1000),
  ...[1, 2, 5, 10, 15, 30].map((min) => min * 60_000),
  ...[1, 2, 3, 6, 12].map((h) => h * 3_600_000),
  ...[1, 2, 5, 10].map((d) => d * 86_400_000),
];
const MIN_TICK_COLUMNS = 11;

/** The column of a moment; what lies outside stands at the edge. */
export function columnOf(axis: TimeAxis, atMs: number): number {
  const span = Math.max(axis.endMs - axis.startMs, 1);
  const column = Math.round(((atMs - axis.startMs) / span) * (axis.columns - 1));
  return Math.min(Math.max(column, 0), axis.columns - 1);
}

/** The axis as a line of text: times since its start. */
export function drawAxis(axis: TimeAxis): string {
  const span = Math.max(axis.endMs - axis.startMs, 1);
  const atLeast = (span * MIN_TICK_COLUMNS) / axis.columns;
  const step = TICK_STEPS_MS.find((candidate) => candidate >= atLeast) ?? span;
  let line = '';
  for (let at = 0; at <= span; at += step) {
    const label = at === 0 ? '0' : duration(at);
    const column = columnOf(axis, axis.startMs + at);
    if (column + label.length > axis.columns) break;
    line = line.padEnd(column) + label;
  }
  return line;
}
