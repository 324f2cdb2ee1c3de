import type { Example, StepChange, WhatIf } from '../core/replay';
import type { Difference } from '../core/replay/compare';
import type { Figures } from '../core/replay/figures';
import type { Outcome } from '../core/replay/recording';
import { duration, money } from './amounts';
import { paint } from './ink';

/** The answer of `POST /v1/flows/{id}/replay`. */
export interface Replayed extends Omit<WhatIf, 'baseline' | 'draft' | 'withinMs'> {
  workflowId: string;
  version: number;
  runs: number;
  leftOut: number;
  from: string | null;
  to: string | null;
  withinSeconds: number;
  baseline: Figures & { currency: string };
  draft: Figures & { currency: string };
}

const EXAMPLES_SHOWN = 5;

/** A table of what differs, and the sentences that say what it rests on. @param name of what the runs were played on */
export function describeReplay(answer: Replayed, name: string, color: boolean): string {
  const { workflowId, version, runs, leftOut, from, to } = answer;
  const span = from === null || to === null ? '' : `, created from ${from} to ${to}`;
  const without = leftOut === 0 ? '' : `; ${count(leftOut)} more left out`;
  const head = `${workflowId} version ${version}: ${count(runs)} runs${span}${without}`;
  if (runs === 0) return [head, '', answer.sentence, ...answer.notes].join('\n');
  return [
    head,
    '',
    ...table([['', 'as it was', name, 'difference', '95 % interval'], ...figureRows(answer)]),
    '',
    ...table([['', 'sent', 'reached first', 'timed out', 'late'], ...answer.perStep.map(stepRow)]),
    '',
    paint(answer.sentence, answer.confidence === 'too_few' ? 'wait' : 'strong', color),
    ...exampleLines(answer.examples),
    ...answer.notes.map((note) => paint(note, 'ghost', color)),
  ].join('\n');
}

function figureRows({ difference, baseline, draft, withinSeconds }: Replayed): string[][] {
  const { reach, reachWithin, duplicates, costMicros, p50Ms, p95Ms } = difference;
  const { currency } = baseline;
  const cost = (micros: number) => money(micros, currency);
  const all = [baseline.totalCostMicros, draft.totalCostMicros] as const;
  return [
    row('reached', reach, share),
    row(`reached within ${duration(withinSeconds * 1000)}`, reachWithin, share),
    row('reached twice', duplicates, share),
    row('cost of a run', costMicros, cost),
    ['cost of all', cost(all[0]), cost(all[1]), signed(all[1] - all[0], cost), ''],
    row('half reached after', p50Ms, duration),
    row('95 % reached after', p95Ms, duration),
  ];
}

function row(
  name: string,
  { before, after, difference, interval }: Difference,
  show: (value: number) => string,
): string[] {
  const [low, high] = interval;
  return [name, show(before), show(after), signed(difference, show), `${signed(low, show)} … ${signed(high, show)}`];
}

function stepRow({ step, baseline, draft }: StepChange): string[] {
  const of = (what: 'sent' | 'reached' | 'timedOut' | 'late') => {
    const [before, after] = [baseline, draft].map((tally) => (tally === null ? '–' : count(tally[what])));
    return before === after ? String(before) : `${before} -> ${after}`;
  };
  return [step, of('sent'), of('reached'), of('timedOut'), of('late')];
}

function exampleLines(examples: readonly Example[]): string[] {
  return examples.slice(0, EXAMPLES_SHOWN).map(({ invocationId, before, after, estimated }) => {
    const sure = estimated ? ' (estimated)' : '';
    return `${invocationId}: ${outcomeText(before)} -> ${outcomeText(after)}${sure}`;
  });
}

function outcomeText({ reachedStep, reachedMs, status, duplicate }: Outcome): string {
  if (reachedStep === null || reachedMs === null) return `${status}, nobody reached`;
  return `${reachedStep} after ${duration(reachedMs)}${duplicate ? ', twice' : ''}`;
}

/** The first column to the left, the others to the right. */
function table(rows: readonly string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (most, cells) => cells.map((cell, column) => Math.max(cell.length, most[column] ?? 0)),
    [],
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function share(value: number): string {
  return `${Math.round(value * 1000) / 10} %`;
}

function signed(value: number, show: (value: number) => string): string {
  const text = show(Math.abs(value));
  return text === show(0) ? text : `${value < 0 ? '-' : '+'}${text}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
