import { connectKafka } from '../../log/kafka/connect';
import type { KafkaLog } from '../../log/kafka/log';
import { readKafkaSettings } from '../../log/kafka/settings';
import { createDeadLetters } from '../../receipts/redrive';
import { buried } from '../../schemas/dead-letter';
import { freshName } from '../support/fresh-name';
import { committedBy, withAdmin } from '../support/kafka-admin';
import { describeWithKafka } from '../support/kafka-server';
import { plainClient } from './kafka-trial';

const DEAD = 'onward.receipts.dead';

describeWithKafka('what stands in a topic of Kafka', (kafka) => {
  let prefix: string;
  let log: KafkaLog;
  let faults: string[];
  beforeEach(async () => {
    prefix = `${freshName()}.`;
    faults = [];
    log = await connectKafka({
      settings: readKafkaSettings({
        KAFKA_BROKERS: kafka.brokers,
        ONWARD_KAFKA_PREFIX: prefix,
        ONWARD_KAFKA_PARTITIONS: '3',
      }),
      onFault: (message, error) => void faults.push(`${message}: ${(error as Error)?.message}`),
    });
  });
  afterEach(() => log.close());

  /** Of each partition some, as whoever chooses the partition writes them. */
  async function write(values: Record<number, string[]>): Promise<void> {
    const producer = plainClient(kafka.brokers).producer();
    await producer.connect();
    const messages = Object.entries(values).flatMap(([partition, texts]) =>
      texts.map((value) => ({ partition: Number(partition), key: 'k', value })),
    );
    await producer.send({ topic: `${prefix}${DEAD}`, messages });
    await producer.disconnect();
  }

  const groups = () =>
    withAdmin(kafka.brokers, async (admin) =>
      (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix)),
    );
  const letter = (value: string) => buried({ key: 'k', value, cause: 'not JSON', source: {} }, 1).value;

  test('is read after a position, to a limit, of several partitions at once, and no group is left by it', async () => {
    await write({ 0: ['a0', 'a1', 'a2', 'a3'], 2: ['c0', 'c1'] });
    const read = (partition: number, after: number, limit: number) => log.read(DEAD, partition, after, limit);
    const found = await Promise.all([read(0, 0, 2), read(2, -1, 10), read(1, -1, 10), read(0, 1, 10), read(0, 9, 10)]);
    expect(found.map((records) => records.map(({ value }) => value))).toEqual([
      ['a1', 'a2'],
      ['c0', 'c1'],
      [],
      ['a2', 'a3'],
      [],
    ]);
    expect(found[1]?.[1]).toEqual({ topic: DEAD, partition: 2, position: 1, key: 'k', value: 'c1' });
    expect(await groups()).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('is read from the oldest that is left, over what a transaction wrote that was given up', async () => {
    await write({ 0: ['gone', 'kept'] });
    const client = plainClient(kafka.brokers);
    const producer = client.producer({ transactionalId: `${prefix}t`, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: `${prefix}${DEAD}`, messages: [{ partition: 0, key: 'k', value: 'never was' }] });
    await transaction.abort();
    await producer.disconnect();
    await withAdmin(kafka.brokers, async (admin) => {
      // kafkajs deletes only where it has asked for something else before.
      await admin.fetchTopicOffsets(`${prefix}${DEAD}`);
      await admin.deleteTopicRecords({ topic: `${prefix}${DEAD}`, partitions: [{ partition: 0, offset: '1' }] });
    });
    expect((await log.read(DEAD, 0, -1, 10)).map(({ value }) => value)).toEqual(['kept']);
    // Nothing but what was given up.
    expect(await log.read(DEAD, 0, 1, 10)).toEqual([]);
  });

  test('as dead letters is listed since the last redrive, without the group’s getting on, or being in it', async () => {
    const dead = createDeadLetters(log);
    const committed = () => withAdmin(kafka.brokers, (admin) => committedBy(admin, { prefix }, DEAD, 'redrive'));
    const shown = async (limit = 10) => (await dead.waiting(limit)).map(({ letter: { value } }) => value);
    await write({ 0: [letter('a0'), letter('a1')], 1: [letter('b0')] });
    expect(await shown()).toEqual(['a0', 'a1', 'b0']);
    expect(await groups()).toEqual([]);
    expect(await dead.redrive()).toEqual({ redriven: 3, left: 0 });
    expect(await shown()).toEqual([]);
    const before = await committed();
    expect([...before.values()]).toEqual([2, 1, 0]);

    await write({ 0: [letter('a2'), letter('a3')], 2: ['no letter'] });
    expect(await shown()).toEqual(['a2', 'a3', 'no letter']);
    expect(await shown(1)).toEqual(['a2']);
    expect(await dead.redriveOne({ partition: 0, position: 3 })).toEqual({ redriven: 1, left: 0 });
    expect(await dead.redriveOne({ partition: 0, position: 1 })).toBeNull();
    expect(await dead.redriveOne({ partition: 2, position: 0 })).toEqual({ redriven: 0, left: 1 });
    expect((await dead.waiting(10)).map(({ redriven }) => redriven)).toEqual([false, true, false]);
    expect(await committed()).toEqual(before);
    expect(await groups()).toEqual([`${prefix}onward.redrive`]);
    expect(await dead.redrive()).toEqual({ redriven: 1, left: 1 });
    expect(faults).toEqual([]);
  });
});
