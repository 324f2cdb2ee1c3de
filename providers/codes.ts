import type { Reason, ReceiptStatus } from '../schemas/vocabulary';

/**
 * What a provider's documentation says of one of its codes, and what that is in our words. The action follows from the
 * reason (schemas/vocabulary.ts).
 */
export interface CodeRow {
  reason: Reason;
  /** As the provider's page has it. */
  title: string;
}

/** By the provider's own code. A code that is not here is `unknown`, is kept as it came, and is counted. */
export type CodeTable = Readonly<Record<string, CodeRow>>;

/** A provider's statuses; null: it says nothing that a receipt could say. */
export type StatusTable = Readonly<Record<string, ReceiptStatus | null>>;

/** @param unknown told of a code that the table does not have */
export function reasonOf(table: CodeTable, code: string, unknown: (code: string) => void): Reason {
  const row = Object.hasOwn(table, code) ? table[code] : undefined;
  if (row) return row.reason;
  unknown(code);
  return 'unknown';
}
