import type { LogRecord } from '../../log/contract';
import type { EventRecord, WireEvent } from '../../schemas/event';
import type { Mode } from '../../schemas/vocabulary';

/** One event, with the partition and position of the record in which it came first, and what that record says of it. */
export interface EventDocument {
  /** See eventId. */
  _id: string;
  partition: number;
  position: number;
  seq: number;
  invocationId: string;
  workflowId: string;
  flowId: string;
  flowVersion: number;
  mode: Mode;
  /** What people look for; Onward itself reads `event`. Not in documents of older versions. */
  type?: WireEvent['type'];
  /** Milliseconds since 1970. */
  at?: number;
  step?: string;
  reason?: WireEvent['reason'];
  /** JSON: it comes back as it was written. */
  event: string;
}

const SEQ_DIGITS = 9;
const SEQ_MAX = 10 ** SEQ_DIGITS - 1;

/** Sorted as strings, the events of a run stand together and in order. */
export function eventId(invocationId: string, seq: number): string {
  return `${invocationId}/${String(seq).padStart(SEQ_DIGITS, '0')}`;
}

/** The range of the IDs of one run's events: “0” is the sign after “/”. */
export function eventIdsOf(invocationId: string): { $gt: string; $lt: string } {
  return { $gt: `${invocationId}/`, $lt: `${invocationId}0` };
}

/** The events of a batch, each once; none of a record that is not one of events. */
export function eventDocuments(records: readonly LogRecord[]): EventDocument[] {
  const documents = new Map<string, EventDocument>();
  for (const { partition, position, value } of records) {
    const record = parse(value);
    if (!record) continue;
    const { invocationId, workflowId, flowId, flowVersion, mode } = record;
    for (const event of record.events) {
      const seq: unknown = event?.seq;
      if (!Number.isInteger(seq) || event.seq < 1 || event.seq > SEQ_MAX) continue;
      const _id = eventId(invocationId, event.seq);
      if (documents.has(_id)) continue;
      const of = { invocationId, workflowId, flowId, flowVersion, mode };
      const place = { _id, partition, position, seq: event.seq };
      documents.set(_id, { ...place, ...of, ...plainOf(event), event: JSON.stringify(event) });
    }
  }
  return [...documents.values()];
}

/** Of what came from elsewhere nothing is sure: what is not as it should be is left out. */
function plainOf({ type, at, step, reason }: WireEvent): Pick<EventDocument, 'type' | 'at' | 'step' | 'reason'> {
  const ms = Date.parse(at);
  return {
    ...(typeof type === 'string' && { type }),
    ...(Number.isFinite(ms) && { at: ms }),
    ...(typeof step === 'string' && { step }),
    ...(typeof reason === 'string' && { reason }),
  };
}

/** The projection reports what is no event record; here it is passed over. */
function parse(value: string): EventRecord | null {
  try {
    const record = JSON.parse(value) as Partial<EventRecord> | null;
    return typeof record?.invocationId === 'string' && Array.isArray(record.events) ? (record as EventRecord) : null;
  } catch {
    return null;
  }
}

/** Event records of events that stand in order: one for each that came in one record. */
export function recordsOf(documents: readonly EventDocument[]): { first: EventDocument; value: string }[] {
  const records: { first: EventDocument; events: WireEvent[] }[] = [];
  for (const document of documents) {
    const last = records[records.length - 1];
    const event = JSON.parse(document.event) as WireEvent;
    if (last && belongTogether(last.first, document)) last.events.push(event);
    else records.push({ first: document, events: [event] });
  }
  return records.map(({ first, events }) => {
    const { invocationId, workflowId, flowId, flowVersion, mode } = first;
    return { first, value: JSON.stringify({ invocationId, workflowId, flowId, flowVersion, mode, events }) };
  });
}

function belongTogether(a: EventDocument, b: EventDocument): boolean {
  return a.partition === b.partition && a.position === b.position && a.invocationId === b.invocationId;
}
