import { csvHeader, csvRow } from './csv';

/** A line of JSON for each row; a piece for each page of rows. */
export async function* ndjsonText(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const rows of pages) {
    let text = '';
    for (const row of rows) text += `${JSON.stringify(row)}\n`;
    yield text;
  }
}

/** A table with its head, also where there are no rows; of each row the columns and no more. */
export async function* csvText<K extends string>(
  columns: readonly K[],
  pages: AsyncIterable<readonly Partial<Record<K, unknown>>[]>,
): AsyncGenerator<string> {
  yield csvHeader(columns);
  for await (const rows of pages) {
    let text = '';
    for (const row of rows) text += csvRow(columns.map((column) => row[column]));
    yield text;
  }
}
