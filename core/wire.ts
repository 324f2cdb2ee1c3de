import type { EventRecord, WireEvent } from '../schemas/event';
import type { Receipt } from '../schemas/receipt';
import type { Event } from './event';
import type { ReceiptInput } from './input';
import { isoTime } from './iso-time';
import type { Ladder } from './ladder';
import { becauseOf } from './why';

/** Fields that hold a time; all others go over the wire as they are. */
const TIMES: ReadonlySet<string> = new Set(['at', 'receiptAt', 'deadlineAt', 'until', 'expiresAt']);

/** An event as the API and the log write it, with the sentence that says why. The ladder makes the sentence fuller. */
export function toWire(event: Event, ladder?: Ladder): WireEvent {
  const wire: Record<string, unknown> = { seq: event.seq, type: event.type, at: isoTime(event.at) };
  for (const [field, value] of Object.entries(event)) {
    if (value === undefined || field === 'seq' || field === 'type' || field === 'at') continue;
    wire[field] = typeof value === 'number' && TIMES.has(field) ? isoTime(value) : value;
  }
  const because = becauseOf(event, ladder);
  if (because !== undefined) wire.because = because;
  // Field by field the same names: test/core/wire.test.ts holds every type to the schema.
  return wire as WireEvent;
}

/** What one decision, or several in a row, added to an invocation, as the log has it. */
export function toRecord(invocationId: string, ladder: Ladder, events: readonly Event[]): EventRecord {
  return {
    invocationId,
    workflowId: ladder.workflowId,
    flowId: ladder.flowId,
    flowVersion: ladder.version,
    mode: ladder.mode,
    events: events.map((event) => toWire(event)),
  };
}

/** The event again. What we wrote ourselves is taken at its word; the log's consumers check foreign records. */
export function fromWire(wire: WireEvent): Event {
  const event: Record<string, unknown> = { seq: wire.seq, type: wire.type, at: Date.parse(wire.at) };
  for (const [field, value] of Object.entries(wire)) {
    if (value === undefined || field === 'seq' || field === 'type' || field === 'at' || field === 'because') continue;
    event[field] = typeof value === 'string' && TIMES.has(field) ? Date.parse(value) : value;
  }
  return event as unknown as Event;
}

/** A receipt as any producer may write it, of one that had found its run. */
export function toReceipt(invocationId: string, input: ReceiptInput): Receipt {
  const { step, attempt, status, reason, code, at, providerMessageId, costMicros } = input;
  const receipt: Receipt = { invocationId, step, status, reason, code, providerMessageId };
  if (attempt !== null) receipt.attempt = attempt;
  if (at !== null) receipt.at = isoTime(at);
  if (costMicros !== null) receipt.costMicros = costMicros;
  return receipt;
}
