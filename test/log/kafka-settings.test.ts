import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectKafka } from '../../log/kafka/connect';
import { KafkaUnusable, readKafkaSettings } from '../../log/kafka/settings';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const BROKERS = { KAFKA_BROKERS: 'a:9092' };

test('brokers alone are enough', () => {
  expect(readKafkaSettings({ KAFKA_BROKERS: 'kafka-1:9092, 10.0.0.7:9093' })).toEqual({
    brokers: ['kafka-1:9092', '10.0.0.7:9093'],
    clientId: 'onward',
    ssl: null,
    sasl: null,
    prefix: '',
    partitions: 12,
    replication: null,
  });
});

test('everything that can be set is read', () => {
  const pem = join(folder, 'ca.pem');
  writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
  const settings = readKafkaSettings({
    ...BROKERS,
    KAFKA_CLIENT_ID: 'blue',
    KAFKA_SSL_CA: pem,
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'ann',
    KAFKA_SASL_PASSWORD: 'hunter2',
    ONWARD_KAFKA_PREFIX: 'blue.',
    ONWARD_KAFKA_PARTITIONS: '3',
    ONWARD_KAFKA_REPLICATION: '2',
  });
  expect(settings).toMatchObject({ clientId: 'blue', prefix: 'blue.', partitions: 3, replication: 2 });
  expect(settings.ssl?.ca).toContain('BEGIN CERTIFICATE');
  expect(settings.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'ann', password: 'hunter2' });
});

describe('a value that cannot work is refused with the variable’s name:', () => {
  const missing = join(folder, 'missing.pem');
  test.each([
    [{ KAFKA_BROKERS: 'kafka-1' }, 'KAFKA_BROKERS has “kafka-1”'],
    [{ KAFKA_BROKERS: 'a:9092,' }, 'KAFKA_BROKERS has “”'],
    [{ KAFKA_BROKERS: 'kafka://a:9092' }, 'KAFKA_BROKERS has “kafka://a:9092”'],
    [{ KAFKA_BROKERS: '[::1]:9092' }, 'KAFKA_BROKERS has'],
    [{ KAFKA_BROKERS: 'a:70000' }, 'KAFKA_BROKERS has “a:70000”'],
    [{ ...BROKERS, KAFKA_SSL: 'yes' }, 'KAFKA_SSL is “yes”'],
    [{ ...BROKERS, KAFKA_SSL: 'false', KAFKA_SSL_CA: missing }, 'KAFKA_SSL_CA is set, but KAFKA_SSL is false'],
    [{ ...BROKERS, KAFKA_SSL_CA: missing }, 'KAFKA_SSL_CA is “'],
    [{ ...BROKERS, KAFKA_SSL_CERT: missing }, 'KAFKA_SSL_CERT and KAFKA_SSL_KEY'],
    [{ ...BROKERS, KAFKA_SASL_MECHANISM: 'oauth' }, 'KAFKA_SASL_MECHANISM is “oauth”'],
    [{ ...BROKERS, KAFKA_SASL_MECHANISM: 'plain' }, 'Set KAFKA_SASL_USERNAME'],
    [{ ...BROKERS, KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 'hunter2' }, 'not KAFKA_SASL_MECHANISM'],
    [{ ...BROKERS, ONWARD_KAFKA_PREFIX: 'a b' }, 'ONWARD_KAFKA_PREFIX is “a b”'],
    [{ ...BROKERS, ONWARD_KAFKA_PARTITIONS: '0' }, 'ONWARD_KAFKA_PARTITIONS is “0”'],
    [{ ...BROKERS, ONWARD_KAFKA_REPLICATION: 'x' }, 'ONWARD_KAFKA_REPLICATION is “x”'],
  ])('%j', (env, sentence) => {
    const read = () => readKafkaSettings(env);
    expect(read).toThrow(KafkaUnusable);
    expect(read).toThrow(sentence);
    expect(read).not.toThrow(/hunter2/);
  });
});

test('brokers that do not answer end the start with a sentence that names KAFKA_BROKERS', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const settings = readKafkaSettings({ KAFKA_BROKERS: `127.0.0.1:${port}` });
  const start = connectKafka({ settings, onFault: () => {}, patienceMs: 200 });
  await expect(start).rejects.toThrow(`KAFKA_BROKERS is “127.0.0.1:${port}”, where no Kafka broker answers`);
  await new Promise((resolve) => server.close(resolve));
}, 30_000);
