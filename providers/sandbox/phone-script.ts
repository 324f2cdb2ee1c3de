/** How long after the step's deadline the late delivery comes. */
const LATE_BY_SECONDS = 2;

const SCRIPTS: Readonly<Record<string, string>> = {
  '0001': 'delivered@100ms',
  '0002': 'undelivered:unreachable@100ms',
  '0003': 'silent',
  '0004': 'reject:invalid_address',
  '0006': 'hang',
};

/**
 * Phone numbers that script the sandbox by their last four digits, so that a test needs nothing but a number; null for
 * any other address.
 */
export function phoneScript(address: string, timeoutSeconds: number): string | null {
  if (!address.startsWith('+')) return null;
  const ending = address.slice(-4);
  if (ending === '0005') return `delivered@${timeoutSeconds + LATE_BY_SECONDS}s`;
  return SCRIPTS[ending] ?? null;
}
