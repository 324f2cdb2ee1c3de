import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { freshName } from '../support/fresh-name';
import { describeWithKafka, describeWithKafkaProcess } from '../support/kafka-server';
import { temporaryFolder } from '../support/temporary-folder';
import { startKafka } from './kafka';
import { findKafka, installedKafka } from './kafka-install';
import { emptyMachine, script } from './machine';

const root = temporaryFolder();
/** Enough while a new group finds its coordinator, and soon over where there is no broker. */
const RETRIES = 3;
const UUID_LINE = 'echo b253YXJkLXRlc3RzLWthZg';

/** A folder of jars as Kafka's own, as far as anybody looks without a Java. */
function jars(libs: string): string {
  mkdirSync(libs, { recursive: true });
  writeFileSync(join(libs, 'kafka_2.13-4.1.1.jar'), '');
  return libs;
}

describe('Kafka is looked for', () => {
  test('in KAFKA_HOME, then beside the script on the PATH, then in the cache, and nothing is fetched', async () => {
    const { env, bin, cache } = emptyMachine(root);
    const lines: string[] = [];
    const find = async (more: NodeJS.ProcessEnv = {}) => {
      const search = { env: { ...env, ...more } };
      const found = await findKafka((line) => lines.push(line), search);
      expect(installedKafka(search.env)).toEqual(found);
      return found;
    };
    const java = script(join(bin, 'java'), UUID_LINE);
    const cached = jars(join(cache, 'kafka-tools-4.1.1', 'libs'));
    expect(await find()).toEqual({ java, libs: cached });
    const unpacked = join(cache, 'unpacked');
    symlinkSync(script(join(unpacked, 'bin', 'kafka-server-start.sh')), join(bin, 'kafka-server-start.sh'));
    const beside = jars(join(unpacked, 'libs'));
    expect(await find()).toEqual({ java, libs: beside });
    const home = join(cache, 'home');
    const ofHome = jars(join(home, 'libs'));
    expect(await find({ KAFKA_HOME: home })).toEqual({ java, libs: ofHome });
    expect(lines).toEqual([]);
  });

  test('further, with a word about it, where what is found does not run', async () => {
    const { env, bin, cache } = emptyMachine(root);
    const lines: string[] = [];
    const home = join(cache, 'old');
    const old = jars(join(home, 'libs'));
    const java = script(join(bin, 'java'), `case "$*" in *old*) exit 1;; esac; ${UUID_LINE}`);
    const cached = jars(join(cache, 'kafka-tools-4.1.1', 'libs'));
    const found = await findKafka((line) => lines.push(line), { env: { ...env, KAFKA_HOME: home } });
    expect(found).toEqual({ java, libs: cached });
    expect(lines).toEqual([expect.stringContaining(`${old} does not run`)]);
  });

  test('and fetched by Maven into the cache where it is nowhere', async () => {
    const { env, bin, cache } = emptyMachine(root);
    const java = script(join(bin, 'java'), UUID_LINE);
    script(join(bin, 'mvn'), '/bin/mkdir libs', ': > libs/kafka_2.13-4.1.1.jar');
    const expected = { java, libs: join(cache, 'kafka-tools-4.1.1', 'libs') };
    expect(await findKafka(() => {}, { env })).toEqual(expected);
    script(join(bin, 'mvn'), 'exit 1');
    expect(await findKafka(() => {}, { env })).toEqual(expected);
  });

  test('in vain without Java, or without Maven: one line says why and how to mend it', async () => {
    const { env, bin } = emptyMachine(root);
    const lines: string[] = [];
    expect(await findKafka((line) => lines.push(line), { env })).toBeNull();
    expect(lines).toEqual([expect.stringMatching(/^Kafka cannot be had: there is no Java .*Install Java 17 or newer/)]);
    script(join(bin, 'java'), UUID_LINE);
    expect(await findKafka((line) => lines.push(line), { env })).toBeNull();
    expect(lines.at(-1)).toMatch(/^Kafka cannot be had: .*there is no `mvn` on the PATH.*\. Install Java 17/);
  });
});

test('a broker that cannot start ends with what it printed', async () => {
  const java = script(join(root, 'broken', 'java'), 'case "$*" in *format*) exit 0;; esac', 'echo no memory', 'exit 1');
  await expect(startKafka({ java, libs: root })).rejects.toThrow(/^Kafka ended before it answered.*\nno memory$/s);
});

/** All values in the topic, once as many as expected have come. */
async function consume(brokers: string, topic: string, count: number): Promise<string[]> {
  const consumer = client(brokers).consumer({ groupId: freshName() });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      values.push(String(message.value));
      if (values.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return values;
}

async function produce(brokers: string, topic: string, values: string[]): Promise<void> {
  const producer = client(brokers).producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

function client(brokers: string): Kafka {
  return new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: RETRIES } });
}

async function makeTopic(brokers: string, topic: string): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

describeWithKafka('the Kafka that tests share', (kafka) => {
  test('takes records and gives them back', async () => {
    const topic = `${freshName()}.topic`;
    await makeTopic(kafka.brokers, topic);
    await produce(kafka.brokers, topic, ['a', 'b']);
    expect(await consume(kafka.brokers, topic, 2)).toEqual(['a', 'b']);
  });
});

describeWithKafkaProcess('a Kafka of our own', (start) => {
  test('stopped, and killed, and started again, has its port, its topics and its records', async () => {
    const kafka = await start({ properties: { 'message.max.bytes': 2_000_000 } });
    const { brokers, pid } = kafka;
    await makeTopic(brokers, 'kept');
    await produce(brokers, 'kept', ['a', 'x'.repeat(1_500_000)]);
    await kafka.stop();
    await expect(produce(brokers, 'kept', ['lost'])).rejects.toThrow();
    await kafka.startAgain();
    expect(kafka.pid).not.toBe(pid);
    await produce(brokers, 'kept', ['b']);
    await kafka.kill();
    await kafka.startAgain();
    const values = await consume(brokers, 'kept', 3);
    expect(values.map((value) => value.slice(0, 1))).toEqual(['a', 'x', 'b']);
  }, 60_000);
});
