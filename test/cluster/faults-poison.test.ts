import { Kafka, logLevel } from 'kafkajs';
import type { DeadLetter } from '../../schemas/dead-letter';
import { besiegedCluster, post } from '../support/besieged-cluster';
import { readTopic } from '../support/folded';
import { withAdmin } from '../support/kafka-admin';
import { ended } from '../support/load';
import { produceFromOutside } from '../support/outside-producer';
import { reckon } from '../support/reckoning';
import { runVerb } from '../support/run-verb';
import { until } from '../support/until';
import { describeWithServers } from '../support/with-servers';

const TEN_MB = 10 * 1024 * 1024;
const LIMIT_MS = 240_000;
/** The kind of a topic among the things that have a configuration. */
const TOPIC_RESOURCE = 2;

describeWithServers({ temporal: true, kafka: true, mongo: true }, 'poison in onward.receipts', (servers) => {
  const cluster = besiegedCluster(servers);
  const topic = () => `${cluster.prefix}onward.receipts`;
  const key = 'one key, so that all of it stands in one partition';
  const dead = async () =>
    (await readTopic(cluster.brokers, `${cluster.prefix}onward.receipts.dead`)).map(
      ({ value }) => JSON.parse(value) as DeadLetter,
    );

  /** A run that waits for the receipt that stands behind the poison. */
  async function waitingRun(): Promise<string> {
    const { id } = await cluster.invoke({ whatsapp: 'silent' });
    if (id === null) throw new Error('the invocation was not accepted');
    return id;
  }
  const delivered = (invocationId: string) =>
    JSON.stringify({ invocationId, step: 0, attempt: 1, provider: 'smsc', status: 'delivered' });

  test.each([
    ['what is not JSON', () => 'delivered!', /^not JSON$/],
    [
      'what has another schema',
      (id: string) => JSON.stringify({ invocationId: id, step: 0, status: 'eaten' }),
      /status/,
    ],
    [
      'a forged reference',
      (id: string) =>
        JSON.stringify({ ref: `${id}.0.1.AAAAAAAAAAAAAAAAAAAAAA`, provider: 'smsc', status: 'delivered' }),
      /reference was not signed/,
    ],
    ['a wrong kind of JSON', () => '[null]', /./],
    ['an empty value', () => '', /./],
  ])(
    '%s becomes a dead letter that says why and where it stood, and what is behind it goes on',
    async (_, poison, cause) => {
      const id = await waitingRun();
      const before = (await dead()).length;
      await produceFromOutside(cluster.brokers, topic(), poison(id), key);
      await produceFromOutside(cluster.brokers, topic(), delivered(id), key);
      expect(await ended(cluster.roles.api, id)).toMatchObject({ status: 'succeeded', reachedStep: 'whatsapp' });
      await until(async () => (await dead()).length > before, 'the dead letter');
      const letter = (await dead()).find(({ value }) => value === poison(id));
      expect(letter?.cause).toMatch(cause);
      const records = await readTopic(cluster.brokers, topic());
      const { partition, offset: position } = records.find(({ value }) => value === poison(id)) ?? {};
      expect(letter?.source).toEqual({ topic: 'onward.receipts', partition, position });
    },
    LIMIT_MS,
  );

  test(
    '10 MB are refused by the broker; where an operator has allowed them they are a dead letter, cut short',
    async () => {
      const id = await waitingRun();
      const producer = new Kafka({ brokers: [cluster.brokers], logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      const large = { topic: topic(), messages: [{ key, value: 'x'.repeat(TEN_MB) }] };
      await expect(producer.send(large)).rejects.toThrow(/larger than the max/);
      const configEntries = [{ name: 'max.message.bytes', value: String(2 * TEN_MB) }];
      await withAdmin(cluster.brokers, (admin) =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: TOPIC_RESOURCE, name: topic(), configEntries }],
        }),
      );
      await producer.send(large);
      await producer.disconnect();
      await produceFromOutside(cluster.brokers, topic(), delivered(id), key);
      expect(await ended(cluster.roles.api, id)).toMatchObject({ status: 'succeeded' });
      await until(async () => (await dead()).some(({ characters }) => characters === TEN_MB), 'the dead letter');
      const letter = (await dead()).find(({ characters }) => characters === TEN_MB);
      expect(letter).toMatchObject({ cause: 'not JSON', source: { topic: 'onward.receipts' } });
      expect(letter?.value.length).toBeLessThan(100_000);
    },
    LIMIT_MS,
  );

  test(
    'given another try, what is good by then is taken, what is not is buried again, and nobody gets a third',
    async () => {
      // A dead letter whose cause is gone by now: it was written before its run was known to anybody.
      const id = await waitingRun();
      const letter = {
        cause: 'no invocation or message by that name',
        source: { parked: 6 },
        at: '',
        value: delivered(id),
      };
      await produceFromOutside(cluster.brokers, `${cluster.prefix}onward.receipts.dead`, JSON.stringify(letter), id);
      const buriedBefore = (await dead()).length;
      const { api } = cluster.roles;
      const [first, second] = await Promise.all([redrive(), redrive()]);
      expect(first).toEqual({ status: 200, body: { redriven: buriedBefore - 1, left: 1 } });
      expect(second.status).toBe(200);
      expect(await ended(api, id)).toMatchObject({ status: 'succeeded', reachedStep: 'whatsapp' });
      // The five that are as bad as they were.
      await until(async () => (await dead()).length === buriedBefore + buriedBefore - 2, 'those that are bad for good');
      const copies = (await readTopic(cluster.brokers, topic())).filter(({ value }) => value === delivered(id));
      expect(copies).toHaveLength(1);

      const env = { ONWARD_URL: api.url, ONWARD_KEY: api.ownerKey };
      const again = await runVerb(['receipts', 'redrive'], env);
      expect(again).toMatchObject({ status: 0, err: '', out: `${buriedBefore - 2} given another try.` });
    },
    LIMIT_MS,
  );

  test(
    'and afterwards everything is as the events say',
    async () => {
      const { complaints } = await reckon(cluster);
      expect(complaints).toEqual([]);
    },
    LIMIT_MS,
  );

  const redrive = () => post(`${cluster.roles.api.url}/v1/receipts/dead/redrive`, cluster.roles.api.ownerKey, {});
});
