import { spawn, spawnSync } from 'node:child_process';
import { installedKafka } from '../servers/kafka-install';

/**
 * Writes to a topic by a client that is not ours: kcat (librdkafka) where it is installed, else the console producer
 * that comes with Kafka. Both choose partitions as Kafka's own client does.
 */
export function produceFromOutside(brokers: string, topic: string, value: string, key = ''): Promise<void> {
  return produceAllFromOutside(brokers, topic, [{ key, value }]);
}

/** The same for many, in their order. */
export async function produceAllFromOutside(
  brokers: string,
  topic: string,
  records: readonly { key: string; value: string }[],
): Promise<void> {
  const [program, ...args] = commandFor(brokers, topic);
  const child = spawn(program ?? '', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.end(records.map(({ key, value }) => `${key}\t${value}\n`).join(''));
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${errors}`);
}

function commandFor(brokers: string, topic: string): string[] {
  const partitioner = ['-X', 'topic.partitioner=murmur2_random'];
  if (spawnSync('kcat', ['-V']).status === 0) {
    return ['kcat', '-P', '-b', brokers, '-t', topic, '-K', '\\t', ...partitioner];
  }
  const kafka = installedKafka();
  if (!kafka) throw new Error('there is neither kcat nor Kafka’s own console producer');
  const reader = ['--property', 'parse.key=true', '--property', 'key.separator=\t'];
  const producer = ['org.apache.kafka.tools.ConsoleProducer', '--bootstrap-server', brokers, '--topic', topic];
  return [kafka.java, '-cp', `${kafka.libs}/*`, ...producer, ...reader];
}
