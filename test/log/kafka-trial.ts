import { setTimeout as pause } from 'node:timers/promises';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { LogRecord } from '../../log/contract';
import { connectKafka } from '../../log/kafka/connect';
import type { KafkaLog } from '../../log/kafka/log';
import { readKafkaSettings } from '../../log/kafka/settings';

/** What the tests of the Kafka log alone share. */
export const TOPIC = 'onward.receipts';

export function openLog(brokers: string, prefix: string, partitions = 3): Promise<KafkaLog> {
  const settings = readKafkaSettings({
    KAFKA_BROKERS: brokers,
    ONWARD_KAFKA_PREFIX: prefix,
    ONWARD_KAFKA_PARTITIONS: String(partitions),
  });
  return connectKafka({ settings, onFault: () => {} });
}

/** A client as others have it, that knows nothing of ours. */
export function plainClient(brokers: string): Kafka {
  return new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
}

/** By partition; -1 where nothing is committed. A fresh broker has first to load who coordinates. */
export async function committed(admin: Admin, prefix: string, group: string): Promise<Map<number, number>> {
  const question = { groupId: `${prefix}onward.${group}`, topics: [`${prefix}${TOPIC}`] };
  for (let tries = 0; ; tries++) {
    try {
      const [topic] = await admin.fetchOffsets(question);
      return new Map(topic?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    } catch (error) {
      if (tries === 50 || !/coordinator/.test((error as Error).message)) throw error;
      await pause(100);
    }
  }
}

/** The values of each key, each where it came first. */
export function firstOfEach(records: readonly LogRecord[]): Map<string, string[]> {
  const byKey = new Map<string, Set<string>>();
  for (const { key, value } of records) byKey.set(key, (byKey.get(key) ?? new Set()).add(value));
  return new Map([...byKey].map(([key, values]) => [key, [...values]]));
}

export async function until(holds: () => boolean | Promise<boolean>, what: string, patienceMs = 30_000): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await holds()); await pause(20)) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}
