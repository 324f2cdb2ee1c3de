/** How a piece of text is to look; `plain` where nothing is said. */
export type Ink = 'plain' | 'good' | 'bad' | 'wait' | 'ghost' | 'strong';

const SGR: Record<Ink, string> = { plain: '', good: '32', bad: '31', wait: '33', ghost: '2', strong: '1' };

/** ECMA-48 "select graphic rendition", or the text as it is where colour is off. */
export function paint(text: string, ink: Ink, color: boolean): string {
  return color && SGR[ink] !== '' && text !== '' ? `\u001b[${SGR[ink]}m${text}\u001b[0m` : text;
}

export interface Cell {
  char: string;
  ink: Ink;
}

/** A row of cells as text, without blanks at its end. */
export function paintRow(cells: readonly Cell[], color: boolean): string {
  let length = cells.length;
  while (length > 0 && cells[length - 1]?.char === ' ') length--;
  let line = '';
  let run = '';
  let ink: Ink = 'plain';
  for (const cell of cells.slice(0, length)) {
    if (cell.ink !== ink) {
      line += paint(run, ink, color);
      run = '';
      ink = cell.ink;
    }
    run += cell.char;
  }
  return line + paint(run, ink, color);
}
