import { randomBytes } from 'node:crypto';
import { type Admin, type Consumer, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { NewRecord } from '../../log/contract';
import { inLanes } from '../load/lanes';
import type { BenchKafka } from './servers';

/** As many as our own topics have. */
const PARTITIONS = 12;

export interface RawKafka {
  admin: Admin;
  /** A new topic's name. */
  makeTopic(): Promise<string>;
  /** To be disconnected by whoever asked for it. */
  producer(options?: { idempotent?: boolean }): Promise<Producer>;
  /** Counts what is in the topic from its beginning on; resolves once it has joined its group. */
  count(topic: string): Promise<Counting>;
  close(): Promise<void>;
}

export interface Counting {
  /** Resolves once that many were seen. */
  until(records: number): Promise<void>;
  stop(): Promise<void>;
}

/** kafkajs as one uses it by hand: everything as it comes, acknowledged by all replicas in sync. */
export async function rawKafka({ brokers }: Pick<BenchKafka, 'brokers'>): Promise<RawKafka> {
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  return {
    admin,
    async makeTopic() {
      const topic = `raw${randomBytes(6).toString('hex')}`;
      await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
      return topic;
    },
    async producer({ idempotent = false } = {}) {
      const producer = kafka.producer({ idempotent, createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      return producer;
    },
    count: (topic) => counting(kafka.consumer({ groupId: `raw${randomBytes(6).toString('hex')}` }), topic),
    close: () => admin.disconnect(),
  };
}

async function counting(consumer: Consumer, topic: string): Promise<Counting> {
  let seen = 0;
  let goal = Number.POSITIVE_INFINITY;
  let reached: () => void = () => {};
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      seen += batch.messages.length;
      if (seen >= goal) reached();
    },
  });
  await joined;
  return {
    until: (records) =>
      new Promise((resolve) => {
        goal = records;
        reached = resolve;
        if (seen >= goal) resolve();
      }),
    stop: () => consumer.disconnect(),
  };
}

export interface RawRate {
  /** From the first send until the consumer has seen the last. */
  perSecond: number;
  records: number;
  seconds: number;
}

/** Produces the records and consumes them meanwhile, both in this process. */
export async function produceAndConsume(
  raw: RawKafka,
  records: readonly NewRecord[],
  { perSend, inFlight }: { perSend: number; inFlight: number },
): Promise<RawRate> {
  const topic = await raw.makeTopic();
  const producer = await raw.producer();
  // A topic's first record costs a look for who leads it.
  await producer.send({ topic, messages: [{ key: 'first', value: 'first' }] });
  const counting = await raw.count(topic);
  await counting.until(1);
  const sends = Array.from({ length: Math.ceil(records.length / perSend) }, (_, n) =>
    records.slice(n * perSend, (n + 1) * perSend),
  );
  const startedAt = performance.now();
  const all = counting.until(records.length + 1);
  await inLanes(sends, inFlight, async (messages) => void (await producer.send({ topic, messages })));
  await all;
  const seconds = (performance.now() - startedAt) / 1000;
  await counting.stop();
  await producer.disconnect();
  return { perSecond: records.length / seconds, records: records.length, seconds };
}
