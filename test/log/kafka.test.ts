import { createHash } from 'node:crypto';
import { connectKafka } from '../../log/kafka/connect';
import { readKafkaSettings } from '../../log/kafka/settings';
import { describeLog } from '../conformance/log-suite';
import { freshName } from '../support/fresh-name';
import { describeWithKafka } from '../support/kafka-server';

const run = freshName();

describeWithKafka('on Kafka', (kafka) => {
  describeLog('the Kafka log', async (testName) => {
    const log = await connectKafka({
      settings: readKafkaSettings({
        KAFKA_BROKERS: kafka.brokers,
        ONWARD_KAFKA_PREFIX: `${run}.${createHash('sha256').update(testName).digest('hex').slice(0, 12)}.`,
        ONWARD_KAFKA_PARTITIONS: '3',
      }),
      onFault: () => {},
    });
    return { log, close: () => log.close() };
  });
});
