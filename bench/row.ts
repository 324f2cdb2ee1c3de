import type { BenchOptions } from './options';

/** One line of a row: one system or one figure, and where there is a goal, whether it is met. */
export interface Line {
  what: string;
  /** As it is shown. */
  value: string;
  /** Onward against this line's system, or the figure in the unit of the goal. */
  result?: string;
  goal?: string;
  met?: boolean;
  /** For the JSON: every figure with its unit in its name. */
  figures: Record<string, unknown>;
}

export interface Row {
  row: string;
  title: string;
  lines: Line[];
  /** What was measured, exactly, and what was left out. */
  notes: string[];
}

export interface Bench {
  options: BenchOptions;
  say(progress: string): void;
}

export type Measure = (bench: Bench) => Promise<Row>;
