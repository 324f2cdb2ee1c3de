import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { freePort } from '../../temporal/dev-server-port';
import type { KafkaInstall } from './kafka-install';
import { inDataFolder, portFor, type RestartableServer, startServer } from './restartable-server';

export interface KafkaOptions {
  /** Of the data; one that was used before is gone on with. Left out: a new one. */
  folder?: string;
  /** Left out: a free one. */
  port?: number;
  /** Added to server.properties, such as `message.max.bytes`. */
  properties?: Record<string, string | number>;
  /** For tests. */
  readyWithinMs?: number;
}

export interface KafkaServer extends RestartableServer {
  /** Host and port, as KAFKA_BROKERS takes them. */
  brokers: string;
}

const HOST = '127.0.0.1';
/** Any will do: 16 bytes in base64. */
const CLUSTER_ID = 'b253YXJkLXRlc3RzLWthZg';
const FORMATTED_WITHIN_MS = 30_000;
/** A small heap and the collector that needs no threads of its own: tests and the benchmarks' peers share the machine. */
const JVM = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-Djava.awt.headless=true'];

/**
 * Starts one Kafka node (KRaft: broker and controller in one process) on this machine and resolves once it answers
 * clients. It makes no topic by itself. It ends with this process, however that ends.
 * @throws Error with what it printed when it ends, or does not answer within 45 s
 */
export function startKafka(install: KafkaInstall, options: KafkaOptions = {}): Promise<KafkaServer> {
  return inDataFolder(options.folder, async (folder) => {
    const port = await portFor('Kafka', options.port);
    const brokers = `${HOST}:${port}`;
    const classPath = ['-cp', join(install.libs, '*')];
    const file = writeProperties(folder, { ...ownProperties(folder, port, await freePort()), ...options.properties });
    if (!existsSync(join(dataFolder(folder), 'meta.properties'))) {
      const format = [...classPath, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', file];
      await promisify(execFile)(install.java, format, { timeout: FORMATTED_WITHIN_MS });
    }
    const recipe = {
      name: 'Kafka',
      command: install.java,
      args: [...JVM, ...classPath, 'kafka.Kafka', file],
      folder,
      answers: (withinMs: number) => answers(brokers, withinMs),
      readyWithinMs: options.readyWithinMs,
    };
    return startServer(recipe, { brokers });
  });
}

function dataFolder(folder: string): string {
  return join(folder, 'data');
}

function ownProperties(folder: string, port: number, controllerPort: number): Record<string, string | number> {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${HOST}:${controllerPort}`,
    listeners: `PLAINTEXT://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${HOST}:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataFolder(folder),
    // What should be made explicitly must not come into being by itself.
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    // A broker that was killed may register again only when its session is over: after 9 s if nothing is said.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // 128 MiB of the heap otherwise.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // Many small topics: each of their indexes is given this much at once, 10 MiB otherwise.
    'log.index.size.max.bytes': 1024 * 1024,
  };
}

function writeProperties(folder: string, properties: Record<string, string | number>): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'server.properties');
  // In this format a backslash begins an escape.
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\')}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Its cluster has a broker: before that no topic can be made. */
async function answers(brokers: string, withinMs: number): Promise<boolean> {
  const timeouts = { connectionTimeout: withinMs, requestTimeout: withinMs, retry: { retries: 0 } };
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING, ...timeouts }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
