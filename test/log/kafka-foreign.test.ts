import type { LogRecord } from '../../log/contract';
import type { KafkaLog } from '../../log/kafka/log';
import { freshName } from '../support/fresh-name';
import { withAdmin } from '../support/kafka-admin';
import { describeWithKafka } from '../support/kafka-server';
import { produceAllFromOutside } from '../support/outside-producer';
import { openLog, plainClient, TOPIC, until } from './kafka-trial';

describeWithKafka('records that others write', (kafka) => {
  const prefix = `${freshName()}.`;
  const topic = `${prefix}${TOPIC}`;
  let log: KafkaLog;
  const seen: LogRecord[] = [];
  const found = (value: string) => seen.find((record) => record.value === value);

  beforeAll(async () => {
    log = await openLog(kafka.brokers, prefix);
    await log.subscribe(TOPIC, 'group', async (records) => void seen.push(...records));
  }, 60_000);
  afterAll(() => log.close());

  test('come as records whatever they have: no key, no value, headers, no text', async () => {
    const producer = plainClient(kafka.brokers).producer();
    await producer.connect();
    const messages = [
      { key: null, value: 'no key' },
      { key: 'tombstone', value: null },
      { key: 'headers', value: 'with headers', headers: { a: 'b', c: Buffer.from([0]) } },
      { key: 'bytes', value: Buffer.from([0xff, 0xfe, 0x00]) },
      { key: 'last', value: 'last' },
    ];
    await producer.send({ topic, messages });
    await producer.disconnect();
    await until(() => seen.length >= messages.length, 'all of them');
    expect(found('no key')?.key).toBe('');
    expect(seen.find(({ key }) => key === 'tombstone')?.value).toBe('');
    expect(found('with headers')?.key).toBe('headers');
    expect(typeof seen.find(({ key }) => key === 'bytes')?.value).toBe('string');
  });

  test('come also where they are of several MB, in a topic that allows them', async () => {
    const configEntries = [{ name: 'max.message.bytes', value: String(16 * 1024 * 1024) }];
    await withAdmin(kafka.brokers, (admin) =>
      admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] }),
    );
    const producer = plainClient(kafka.brokers).producer();
    await producer.connect();
    const value = 'x'.repeat(10 * 1024 * 1024);
    await producer.send({ topic, messages: [{ key: 'large', value }] });
    await producer.send({ topic, messages: [{ key: 'large', value: 'after the large one' }] });
    await producer.disconnect();
    await until(() => found('after the large one') !== undefined, 'what follows the large one');
    expect(seen.filter(({ key }) => key === 'large').map((record) => record.value.length)).toEqual([value.length, 19]);
  });

  test('of a client of another make stand in the partition that ours gives to their key', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `inv_${n}`);
    await log.append(
      TOPIC,
      keys.map((key) => ({ key, value: 'ours' })),
    );
    await produceAllFromOutside(
      kafka.brokers,
      topic,
      keys.map((key) => ({ key, value: 'theirs' })),
    );
    await until(() => seen.filter(({ value }) => value === 'theirs').length === keys.length, 'their records');
    for (const one of keys) {
      const its = seen.filter(({ key }) => key === one);
      expect(its.map(({ value }) => value)).toEqual(['ours', 'theirs']);
      expect(new Set(its.map(({ partition }) => partition)).size).toBe(1);
    }
  });

  test('that begin and abort transactions are read as far as they were committed, and count as consumed', async () => {
    const producer = plainClient(kafka.brokers).producer({ transactionalId: prefix, maxInFlightRequests: 1 });
    await producer.connect();
    const aborted = await producer.transaction();
    await aborted.send({ topic, messages: [{ key: 'transaction', value: 'aborted' }] });
    await aborted.abort();
    const kept = await producer.transaction();
    await kept.send({ topic, messages: [{ key: 'transaction', value: 'committed' }] });
    await kept.commit();
    await producer.disconnect();
    await until(() => found('committed') !== undefined, 'the committed one');
    expect(found('aborted')).toBeUndefined();
    await until(async () => (await log.lag()).every(({ records }) => records === 0), 'no lag');
  });
});
