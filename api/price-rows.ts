import { setImmediate as turn } from 'node:timers/promises';
import Papa from 'papaparse';
import { isPhoneCountry } from '../core/phone';
import { placeOfPrice } from '../core/prices';
import { nearest } from '../schemas/explain';
import { PRICE_LIMITS, type PriceRow, type PriceRowWrite, priceRowSchema } from '../schemas/price';
import type { FieldError } from '../schemas/problem';
import { validator } from '../schemas/validate';
import type { Provider } from '../schemas/vocabulary';

/** In the order of the CSV. */
export const PRICE_COLUMNS = ['provider', 'account', 'channel', 'country', 'currency', 'costMicros'] as const;
type Column = (typeof PRICE_COLUMNS)[number];

/** More than these are of no use to anybody at once. */
const ERRORS_SHOWN = 100;

/** A row that nobody has judged, with where it stood: to people (`Line 3`) and as a pointer. */
export interface RawRow {
  place: string;
  pointer: string;
  value: unknown;
}

export type JudgedRows = { ok: true; rows: PriceRow[] } | { ok: false; errors: FieldError[]; more: number };

const judgeRow = validator<PriceRowWrite>(priceRowSchema, 'a row of the price table');

/** What is judged in one go: receipts and deadlines must not wait for a table of 100,000 rows. */
const ROWS_AT_ONCE = 1_000;

/** All rows, or every error (the first 100, and how many more). @param only the provider whose rows they must be */
export async function judgePriceRows(raw: readonly RawRow[], only: Provider | null): Promise<JudgedRows> {
  if (raw.length > PRICE_LIMITS.rows) {
    const message = `The table has at most ${PRICE_LIMITS.rows} rows; these are ${raw.length}.`;
    return { ok: false, errors: [{ pointer: '', message }], more: 0 };
  }
  const rows: PriceRow[] = [];
  const errors: FieldError[] = [];
  let count = 0;
  const first = new Map<string, string>();
  for (const [n, { place, pointer, value }] of raw.entries()) {
    if (n % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await turn();
    const report = (field: string, message: string) => {
      count += 1;
      if (errors.length < ERRORS_SHOWN) errors.push({ pointer: pointer + field, message: `${place}: ${message}` });
    };
    const judged = judgeRow(value);
    if (!judged.ok) {
      for (const error of judged.errors) report(error.pointer, error.message);
      continue;
    }
    const row: PriceRow = { ...judged.value, account: judged.value.account ?? null };
    rows.push(row);
    if (row.country !== '*' && !isPhoneCountry(row.country)) report('/country', unknownCountry(row.country));
    if (only !== null && row.provider !== only) report('/provider', `only rows of ${only} are replaced here.`);
    const slot = placeOfPrice(row);
    const twin = first.get(slot);
    if (twin === undefined) first.set(slot, place);
    else report('', `the price for this provider, account, channel, country and currency stands in ${twin} already.`);
  }
  return count === 0 ? { ok: true, rows } : { ok: false, errors, more: count - errors.length };
}

function unknownCountry(code: string): string {
  const hint = code === 'UK' ? ' The United Kingdom is GB.' : '';
  return `no telephone number is of the country “${code}”.${hint}`;
}

export function itemRows(items: readonly unknown[]): RawRow[] {
  return items.map((value, n) => ({ place: `Item ${n}`, pointer: `/items/${n}`, value }));
}

/** With room for empty ones and the columns’ names. */
const LINES_MAX = 2 * PRICE_LIMITS.rows;

export type ReadCsv = { ok: true; rows: RawRow[] } | { ok: false; errors: FieldError[] };

/** RFC 4180, a line with the columns’ names first, in any order; semicolons as spreadsheets of Europe write them will do. */
export function csvRows(given: string): ReadCsv {
  // The parser takes the first line's end for that of all.
  const text = given.replace(/\r\n?/g, '\n');
  if (hasMoreLines(text, LINES_MAX)) {
    const message = `The table has at most ${PRICE_LIMITS.rows} rows; these are more than ${LINES_MAX} lines.`;
    return { ok: false, errors: [{ pointer: '', message }] };
  }
  const [head = ''] = text.split('\n', 1);
  const delimiter = head.includes(';') ? ';' : ',';
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n', skipEmptyLines: false });
  const [broken] = errors;
  if (broken) {
    const message = `Line ${(broken.row ?? 0) + 1}: a quoted field does not end, or more stands after its end.`;
    return { ok: false, errors: [{ pointer: `/${(broken.row ?? 0) + 1}`, message }] };
  }
  const names = (data[0] ?? []).map((name) => name.trim());
  const wrong = headerErrors(names);
  if (wrong.length > 0) return { ok: false, errors: wrong };
  const rows: RawRow[] = [];
  const quoted = text.includes('"');
  let line = 1;
  for (const [n, cells] of data.entries()) {
    const empty = cells.length === 1 && cells[0]?.trim() === '';
    if (n > 0 && !empty) rows.push({ place: `Line ${line}`, pointer: `/${line}`, value: objectOf(names, cells) });
    // A quoted field may hold line breaks.
    line += quoted ? cells.join('').split('\n').length : 1;
  }
  return { ok: true, rows };
}

/** Counted before anything is made of them: each would become an array. */
function hasMoreLines(text: string, most: number): boolean {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && lines <= most; at = text.indexOf('\n', at + 1)) lines++;
  return lines > most;
}

function headerErrors(names: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  const report = (message: string) => errors.push({ pointer: '/1', message: `Line 1: ${message}` });
  const known: readonly string[] = PRICE_COLUMNS;
  for (const name of names.slice(0, 20)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    report(`there is no column “${name.slice(0, 64)}”${near ? `; did you mean “${near}”?` : '.'}`);
  }
  const missing = known.filter((name) => name !== 'account' && !names.includes(name));
  if (missing.length > 0) report(`the columns must be ${PRICE_COLUMNS.join(',')}; missing: ${missing.join(', ')}.`);
  if (new Set(names).size < names.length) report('a column stands there twice.');
  return errors;
}

function objectOf(names: readonly string[], cells: readonly string[]): object {
  const row: Partial<Record<Column, unknown>> & { [more: string]: unknown } = {};
  // One more than there are columns is enough to be told of.
  cells.slice(0, names.length + 1).forEach((cell, n) => {
    const text = cell.trim();
    const name = names[n] ?? `column ${n + 1}`;
    if (name === 'costMicros') row[name] = /^\d{1,15}$/.test(text) ? Number(text) : text;
    else if (name !== 'account') row[name] = text;
    else row.account = text === '' ? null : text;
  });
  return row;
}

/** The same table as CSV, in pieces; what a spreadsheet would take for a formula is made a text (see api/csv.ts). */
export async function* pricesCsv(rows: readonly PriceRow[]): AsyncGenerator<string> {
  const options = { newline: '\r\n', escapeFormulae: true } as const;
  yield `${PRICE_COLUMNS.join(',')}\r\n`;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const cells = rows.slice(at, at + ROWS_AT_ONCE).map((row) => PRICE_COLUMNS.map((column) => row[column]));
    yield `${Papa.unparse(cells, options)}\r\n`;
    await turn();
  }
}
