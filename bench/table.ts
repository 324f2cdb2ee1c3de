import { megabytes, ms } from './amounts';
import type { Machine } from './machine';
import type { Line, Row } from './row';

const HEAD = ['', 'measured', 'ratio or figure', 'goal', ''];
const NOTE_WIDTH = 112;

export function drawMachine(machine: Machine): string {
  const { cpu, cores, memoryBytes, system, node, fsyncMs, commit, date } = machine;
  const disk = machine.dataInMemory
    ? 'data folder IN MEMORY: no figure here counts'
    : `fsync p50 ${ms(fsyncMs.p50)}, p99 ${ms(fsyncMs.p99)}`;
  const facts = [cpu, `${cores} cores`, megabytes(memoryBytes), system, `Node ${node}`, disk];
  return `${facts.join(' · ')}\n${date.slice(0, 16).replace('T', ' ')} UTC · commit ${commit ?? 'unknown'}`;
}

/** The rows, one under the other, columns aligned over all of them. */
export function drawRows(rows: readonly Row[]): string {
  const cells = rows.flatMap((row) => row.lines.map(cellsOf));
  const widths = HEAD.map((title, n) => Math.max(title.length, ...cells.map((line) => line[n]?.length ?? 0)));
  const draw = (line: readonly string[]) =>
    `  ${line.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd();
  const blocks = rows.map((row) => {
    const notes = row.notes.flatMap((note) => wrap(note, NOTE_WIDTH)).map((text) => `    ${text}`);
    return [`${row.row}: ${row.title}`, ...row.lines.map((line) => draw(cellsOf(line))), ...notes].join('\n');
  });
  return [draw(HEAD), ...blocks].join('\n\n');
}

function cellsOf(line: Line): string[] {
  const verdict = line.met === undefined ? '' : line.met ? 'met' : 'MISSED';
  return [line.what, line.value, line.result ?? '', line.goal ?? '', verdict];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
