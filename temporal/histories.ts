import type { Event } from '../core/event';
import { fromWire } from '../core/wire';
import type { EventRecord } from '../schemas/event';

/** What the log can be asked about the runs: the engine itself keeps nothing. */
export interface EventLog {
  append(topic: 'onward.events', records: readonly { key: string; value: string }[]): Promise<void>;
  /** The records of one invocation, oldest first. */
  eventsOf(key: string): string[];
  /** 0 before the first record. */
  lastPosition(topic: 'onward.events'): number;
  read(
    topic: 'onward.events',
    partition: number,
    after: number,
    limit: number,
  ): Promise<{ position: number; key: string }[]>;
}

export interface History {
  flowId: string;
  version: number;
  mode: EventRecord['mode'];
  events: Event[];
}

/** Null where the log has nothing of that run. What a worker wrote twice counts once, by its numbers. */
export function historyOf(log: EventLog, id: string): History | null {
  const records = log.eventsOf(id).map((value) => JSON.parse(value) as EventRecord);
  const first = records[0];
  if (!first) return null;
  const events: Event[] = [];
  for (const record of records) {
    for (const wire of record.events) if (wire.seq === events.length + 1) events.push(fromWire(wire));
  }
  return { flowId: first.flowId, version: first.flowVersion, mode: first.mode, events };
}
