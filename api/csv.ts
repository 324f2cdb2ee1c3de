/** The first line of a table (RFC 4180). */
export function csvHeader(columns: readonly string[]): string {
  return csvRow(columns);
}

/** One line. Null and undefined are empty. */
export function csvRow(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/**
 * A spreadsheet takes a text that begins with one of these for a formula; with an apostrophe before it, it is a text
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const plain = String(value);
  const text = typeof value === 'string' && FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
