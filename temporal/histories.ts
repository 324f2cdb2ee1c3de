import type { Event } from '../core/event';
import { fromWire } from '../core/wire';
import type { EventRecord } from '../schemas/event';

export interface History {
  flowId: string;
  version: number;
  mode: EventRecord['mode'];
  events: Event[];
}

/**
 * Null where there are no records. What was written twice counts once, by its number: the first that came stands.
 * @param records of one run, the oldest first
 */
export function historyOf(records: readonly string[]): History | null {
  const parsed = records.map((value) => JSON.parse(value) as EventRecord);
  const first = parsed[0];
  if (!first) return null;
  const events: Event[] = [];
  for (const record of parsed) {
    for (const wire of record.events) if (wire.seq === events.length + 1) events.push(fromWire(wire));
  }
  return { flowId: first.flowId, version: first.flowVersion, mode: first.mode, events };
}
