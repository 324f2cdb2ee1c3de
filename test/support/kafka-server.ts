import { type KafkaOptions, type KafkaServer, startKafka } from '../servers/kafka';
import { installedKafka } from '../servers/kafka-install';
import { describeWithProcesses, describeWithServer } from './described-server';

export type StartKafka = (options?: KafkaOptions) => Promise<KafkaServer>;

const PLACES = 'no Java with Kafka’s jars in KAFKA_HOME, beside `kafka-server-start.sh` on the PATH, or in the cache.';
const KAFKA = {
  name: 'Kafka',
  why: {
    none: `no Kafka: KAFKA_BROKERS is not set, and there is ${PLACES}`,
    noProcess: `no Kafka to start and kill: there is ${PLACES}`,
  },
  mend: '`npm test` fetches it by Maven (see what it printed before the tests), or see https://kafka.apache.org/downloads.',
  installed: installedKafka,
  start: startKafka,
};

/**
 * Tests against the Kafka of KAFKA_BROKERS, or the one that `npm test` started for all of them, or else one of their
 * own. They share it: keep to topics and groups under a `freshName()`. No topic comes into being by itself.
 */
export function describeWithKafka(title: string, tests: (kafka: { readonly brokers: string }) => void): void {
  const brokers = process.env.KAFKA_BROKERS || process.env.ONWARD_TEST_KAFKA;
  if (brokers) return describe(title, () => tests({ brokers }));
  describeWithServer(KAFKA, title, (server) =>
    tests({
      get brokers() {
        return server().brokers;
      },
    }),
  );
}

/**
 * Tests that need brokers of their own, to stop, kill or freeze, whatever KAFKA_BROKERS says: `start` starts as many as
 * they ask for, and all are removed when they are over.
 */
export function describeWithKafkaProcess(title: string, tests: (start: StartKafka) => void): void {
  describeWithProcesses(KAFKA, title, tests);
}
