/**
 * A place in a trace as W3C Trace Context writes it: version, trace ID, the span's ID, flags.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header-field-values
 */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-|$)/;
const SAMPLED = 1;

/** What stands in records and receipts: the version 00, which is the only one there is. */
export const TRACEPARENT_PATTERN = '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$';

export interface SpanPlace {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  /** Bit 0: somebody records this trace. */
  flags: number;
}

/** Null for what is none. */
export function readTraceparent(text: string): SpanPlace | null {
  const [, traceId, spanId, hex] = TRACEPARENT.exec(text) ?? [];
  return traceId && spanId && hex ? { traceId, spanId, flags: Number.parseInt(hex, 16) } : null;
}

export function writeTraceparent({ traceId, spanId, flags }: SpanPlace): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

export function isSampled({ flags }: Pick<SpanPlace, 'flags'>): boolean {
  return (flags & SAMPLED) !== 0;
}
