import { spawn, spawnSync } from 'node:child_process';
import { installedKafka } from '../servers/kafka-install';

/**
 * Writes one record to a topic by a client that is not ours: kcat (librdkafka) where it is installed, else the console
 * producer that comes with Kafka.
 */
export async function produceFromOutside(brokers: string, topic: string, value: string, key = ''): Promise<void> {
  const [program, ...args] = commandFor(brokers, topic);
  const child = spawn(program ?? '', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.end(`${key}\t${value}\n`);
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${errors}`);
}

function commandFor(brokers: string, topic: string): string[] {
  if (spawnSync('kcat', ['-V']).status === 0) return ['kcat', '-P', '-b', brokers, '-t', topic, '-K', '\\t'];
  const kafka = installedKafka();
  if (!kafka) throw new Error('there is neither kcat nor Kafka’s own console producer');
  const reader = ['--property', 'parse.key=true', '--property', 'key.separator=\t'];
  const producer = ['org.apache.kafka.tools.ConsoleProducer', '--bootstrap-server', brokers, '--topic', topic];
  return ['java', '-cp', `${kafka.libs}/*`, ...producer, ...reader];
}
