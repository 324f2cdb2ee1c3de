import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { evolve } from '../../core/evolve';
import type { Ladder } from '../../core/ladder';
import { initialState, type State } from '../../core/state';
import { dumpState } from '../../core/state-json';
import { fromWire } from '../../core/wire';
import { countsBetween } from '../../projection/rollup';
import type { EventRecord } from '../../schemas/event';
import type { RollupKey, Store } from '../../store/contract';
import { freshName } from './fresh-name';

export interface TopicRecord {
  partition: number;
  offset: number;
  key: string;
  value: string;
}

const READ = { tries: 3, withinMs: 20_000, leaveMs: 2_000, fetchMs: 100 } as const;

/** Every record of a topic, by a client of its own: partition by partition, the oldest first. */
export async function readTopic(brokers: string, topic: string): Promise<TopicRecord[]> {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  await admin.disconnect();
  for (let tries = 0; tries < READ.tries; tries++) {
    const records = await readTo(ends, kafka, topic);
    if (records) return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }
  throw new Error(`${topic} cannot be read`);
}

/** Null where a group of our own could not be had in time, as while brokers and coordinators come and go. */
async function readTo(ends: ReadonlyMap<number, number>, kafka: Kafka, topic: string): Promise<TopicRecord[] | null> {
  const wanted = [...ends.values()].reduce((sum, end) => sum + end, 0);
  if (wanted === 0) return [];
  const consumer = kafka.consumer({ groupId: freshName(), maxWaitTimeInMs: READ.fetchMs });
  // What is fetched again, after a rebalance, is there once.
  const records = new Map<string, TopicRecord>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const whole = new Promise<true>((resolve, reject) => {
    void consumer
      .run({
        eachMessage: async ({ partition, message }) => {
          const offset = Number(message.offset);
          if (offset >= (ends.get(partition) ?? 0)) return;
          const record = { partition, offset, key: String(message.key ?? ''), value: String(message.value ?? '') };
          records.set(`${partition}/${offset}`, record);
          if (records.size === wanted) resolve(true);
        },
      })
      .catch(reject);
  });
  const read = await within(READ.withinMs, whole);
  await within(READ.leaveMs, consumer.disconnect());
  return read ? [...records.values()] : null;
}

/** Null where the time is over first. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  const over = new AbortController();
  const late = pause(ms, null, { signal: over.signal }).catch(() => null);
  return Promise.race([work, late]).finally(() => over.abort());
}

export interface Folded {
  /** By run: its state as it is kept, parsed: its keys stand in any order. */
  runs: Map<string, unknown>;
  /** By `rollupName`. */
  rollups: Map<string, Record<string, number>>;
  states: Map<string, State>;
}

/** What the read models have to be: the events in the order of their first arrival, folded by the core alone. */
export async function foldOf(
  records: readonly { value: string }[],
  ladderOf: (record: EventRecord) => Promise<Ladder>,
): Promise<Folded> {
  const states = new Map<string, State>();
  for (const { value } of records) {
    const record = JSON.parse(value) as EventRecord;
    let state = states.get(record.invocationId) ?? initialState(await ladderOf(record));
    for (const wire of record.events) if (wire.seq === state.seq + 1) state = evolve(state, fromWire(wire));
    states.set(record.invocationId, state);
  }
  const rollups = new Map<string, Record<string, number>>();
  for (const state of states.values()) {
    for (const { key, counts } of countsBetween(initialState(state.ladder), state)) {
      const sum = rollups.get(rollupName(key)) ?? {};
      rollups.set(rollupName(key), sum);
      for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
    }
  }
  for (const [name, counts] of rollups) rollups.set(name, withoutZeros(counts));
  return { states, rollups, runs: new Map([...states].map(([id, state]) => [id, kept(state)])) };
}

/** What the store's read models are. */
export async function readModelsOf(store: Store): Promise<Omit<Folded, 'states'>> {
  const runs = new Map<string, unknown>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['invocations']['search']>> = await store.invocations.search(
      { mode: 'test' },
      { limit: 200, cursor },
    );
    for (const { record, state } of page.items) runs.set(record.id, kept(state));
    cursor = page.nextCursor;
  } while (cursor !== null);
  const rollups = new Map<string, Record<string, number>>();
  for (const { key, counts } of await store.rollups.find({ mode: 'test' })) {
    const left = withoutZeros(counts);
    if (Object.keys(left).length > 0) rollups.set(rollupName(key), left);
  }
  return { runs, rollups };
}

function kept(state: State): unknown {
  return JSON.parse(dumpState(state));
}

/** What was counted and taken back is as if it had never been. */
function withoutZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

function rollupName({ mode, flowId, flowVersion, step, channel, country, hour }: RollupKey): string {
  return [mode, flowId, flowVersion, step, channel, country, hour].join(' ');
}
