import type { WireEvent } from '../schemas/event';
import type { InvocationView } from '../schemas/invocation';
import { duration, money } from './amounts';
import { type Cell, type Ink, paint, paintRow } from './ink';
import { type LadderRow, ladderRows, type Sign, type Stretch } from './ladder-rows';
import { columnOf, drawAxis, type TimeAxis } from './time-axis';

const MIN_WIDTH = 40;
const MAX_LABEL = 24;

const STRETCHES: Record<Stretch, Cell & { means: string }> = {
  deferred: { char: '·', ink: 'ghost', means: 'held back' },
  sending: { char: '─', ink: 'plain', means: 'sending' },
  waiting: { char: '━', ink: 'wait', means: 'waiting for the receipt' },
  ahead: { char: '┈', ink: 'ghost', means: 'until the deadline' },
  left: { char: '┄', ink: 'ghost', means: 'already left' },
};
const SIGNS: Record<Sign, Cell & { means: string }> = {
  sent: { char: '▸', ink: 'strong', means: 'sent' },
  receipt: { char: '•', ink: 'plain', means: 'receipt' },
  good: { char: '●', ink: 'good', means: 'success' },
  bad: { char: '×', ink: 'bad', means: 'failure' },
  deadline: { char: '┃', ink: 'bad', means: 'deadline' },
  late: { char: '○', ink: 'ghost', means: 'late receipt' },
};

/**
 * A run as a picture: a bar for each attempt on one axis of time, below each the sentence that says why. Pure.
 * @param view as `GET /v1/invocations/{id}` answers it
 * @param events its history, in order
 * @param width columns to draw in; never narrower than 40
 * @param color with ANSI colours
 */
export function drawLadder(view: InvocationView, events: readonly WireEvent[], width: number, color: boolean): string {
  const rows = ladderRows(view, events);
  const columns = Math.max(width, MIN_WIDTH);
  const labels = rows.flatMap((row) => [row.label, row.status]);
  const gutter = Math.min(Math.max(...labels.map((text) => text.length), 6), MAX_LABEL) + 2;
  const axis = axisOf(view, events, rows, columns - gutter);
  const lines = [...headline(view, columns, color), ''];
  if (rows.length > 0) lines.push(paint(' '.repeat(gutter) + drawAxis(axis), 'ghost', color));
  for (const row of rows) lines.push(...drawRow(row, axis, gutter, color));
  if (rows.length > 0) lines.push('', ...drawLegend(rows, columns, color));
  return lines.join('\n');
}

function headline(view: InvocationView, width: number, color: boolean): string[] {
  // A simulation plays what is not published yet.
  const version = view.flowVersion === 0 ? 'draft' : `version ${view.flowVersion}`;
  const title = `${view.id}  ${view.workflowId} ${version}  ${view.mode}`;
  const [outcome = '', ...more] = wrap(outcomeOf(view).split(' '), ' ', width);
  // The status is its first word.
  const painted = paint(view.status, INKS[view.status], color) + outcome.slice(view.status.length);
  const twice = `The person was reached twice; ${money(view.costTwiceMicros ?? 0, view.currency ?? 'EUR')} was paid for that.`;
  const duplicate = view.duplicate ? wrap(twice.split(' '), ' ', width).map((line) => paint(line, 'wait', color)) : [];
  return [...wrap(title.split('  '), '  ', width), painted, ...more, ...duplicate];
}

function outcomeOf(view: InvocationView): string {
  const after = view.endedAt ? ` after ${duration(Date.parse(view.endedAt) - Date.parse(view.createdAt))}` : '';
  const outcome = view.reachedStep
    ? `${view.status}: ${view.reachedStep} reached the person${after}`
    : `${view.status}${after}`;
  const cost = money(view.costMicros ?? 0, view.currency ?? 'EUR');
  return `${outcome}. It cost ${cost}${view.endedAt ? '' : ' so far'}.`;
}

const INKS: Record<InvocationView['status'], Ink> = {
  running: 'wait',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'bad',
  expired: 'bad',
};

function axisOf(view: InvocationView, events: readonly WireEvent[], rows: LadderRow[], columns: number): TimeAxis {
  const startMs = Date.parse(view.createdAt);
  const known = [
    startMs,
    ...(view.endedAt ? [Date.parse(view.endedAt)] : []),
    ...events.map((event) => Date.parse(event.at)),
    ...rows.flatMap((row) => row.bars.map((bar) => bar.toMs)),
  ];
  return { startMs, endMs: Math.max(...known), columns };
}

function drawRow(row: LadderRow, axis: TimeAxis, gutter: number, color: boolean): string[] {
  const cells: Cell[] = Array.from({ length: axis.columns }, () => ({ char: ' ', ink: 'plain' }));
  for (const bar of row.bars) {
    const end = columnOf(axis, bar.toMs);
    for (let column = columnOf(axis, bar.fromMs); column <= end; column++) cells[column] = STRETCHES[bar.kind];
  }
  const marks = [...row.marks].sort((a, b) => a.atMs - b.atMs).slice(0, axis.columns);
  const columns = sideBySide(
    marks.map((mark) => columnOf(axis, mark.atMs)),
    axis.columns,
  );
  for (const [n, mark] of marks.entries()) cells[columns[n] ?? 0] = SIGNS[mark.sign];
  const label = `${paint(intoGutter(row.label, gutter), 'strong', color)}${paintRow(cells, color)}`.trimEnd();
  const status = paint(intoGutter(row.status, gutter), row.ink, color);
  const sentence = wrap(row.why.split(' '), ' ', axis.columns);
  return [label, ...sentence.map((line, n) => `${n === 0 ? status : ' '.repeat(gutter)}${line}`.trimEnd())];
}

/** Marks that would fall on one column stand beside each other, in the order of their times. */
function sideBySide(wanted: readonly number[], columns: number): number[] {
  const placed = [...wanted];
  let least = 0;
  for (const [n, column] of wanted.entries()) {
    placed[n] = Math.max(column, least);
    least = (placed[n] ?? 0) + 1;
  }
  let most = columns - 1;
  for (let n = placed.length - 1; n >= 0; n--) {
    placed[n] = Math.min(placed[n] ?? 0, most);
    most = (placed[n] ?? 0) - 1;
  }
  return placed;
}

function intoGutter(text: string, width: number): string {
  const room = width - 2;
  return (text.length > room ? `${text.slice(0, room - 1)}…` : text).padEnd(width);
}

/** At least one line, so that the status always has one to stand on. */
function wrap(words: readonly string[], gap: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line === '') line = word;
    else if (line.length + gap.length + word.length <= width) line += gap + word;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** Only what is in the picture. */
function drawLegend(rows: readonly LadderRow[], width: number, color: boolean): string[] {
  const signs = new Set<string>(rows.flatMap((row) => row.marks.map((mark) => mark.sign)));
  const stretches = new Set<string>(
    rows.flatMap((row) => row.bars.filter((bar) => bar.toMs > bar.fromMs).map((bar) => bar.kind)),
  );
  const shown = [
    ...Object.entries(SIGNS).filter(([sign]) => signs.has(sign)),
    ...Object.entries(STRETCHES).filter(([kind]) => stretches.has(kind)),
  ];
  const entries = shown.map(([, { char, means }]) => `${char} ${means}`);
  return wrap(entries, '   ', width).map((line) => paint(line, 'ghost', color));
}
