import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';

/** Where Kafka is, how it is spoken to, and what is ours in it. */
export interface KafkaSettings {
  /** `host:port` each. */
  brokers: string[];
  clientId: string;
  /** Null: in plain text. */
  ssl: Pick<ConnectionOptions, 'ca' | 'cert' | 'key'> | null;
  sasl: SaslSettings | null;
  /** Before the names of topics and groups, so that several Onwards share one cluster. */
  prefix: string;
  /** Of a topic that is made; one that exists keeps its own. */
  partitions: number;
  /** Of a topic that is made; null: as the broker has it by default. */
  replication: number | null;
}

export type SaslSettings = Extract<SASLOptions, { password: string }>;

/** Kafka cannot be used as it is configured: one sentence that names the variable and the mend, and no secret. */
export class KafkaUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KafkaUnusable';
  }
}

type Env = NodeJS.ProcessEnv;

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
/** A host name or an IPv4 address: the client takes the port off at the first colon. */
const BROKER = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?:(\d{1,5})$/i;
/** What Kafka allows in a topic's name, short enough to leave room for the name itself. */
const PREFIX = /^[a-zA-Z0-9._-]{1,100}$/;

/** @throws KafkaUnusable for a value that cannot work */
export function readKafkaSettings(env: Env): KafkaSettings {
  return {
    brokers: brokers(env.KAFKA_BROKERS),
    clientId: env.KAFKA_CLIENT_ID || 'onward',
    ssl: ssl(env),
    sasl: sasl(env),
    prefix: prefix(env.ONWARD_KAFKA_PREFIX),
    partitions: wholeNumber(env, 'ONWARD_KAFKA_PARTITIONS', 10_000) ?? 12,
    replication: wholeNumber(env, 'ONWARD_KAFKA_REPLICATION', 100),
  };
}

function brokers(text: string | undefined): string[] {
  const list = (text ?? '').split(',').map((broker) => broker.trim());
  for (const broker of list) {
    const port = Number(BROKER.exec(broker)?.[2] ?? 0);
    if (port > 0 && port < 65_536) continue;
    const mend = 'Set it to hosts with their ports, such as kafka-1:9092,kafka-2:9092.';
    throw new KafkaUnusable(`KAFKA_BROKERS has “${broker}”. ${mend}`);
  }
  return list;
}

function ssl(env: Env): KafkaSettings['ssl'] {
  const given = (['KAFKA_SSL_CA', 'KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'] as const).filter((name) => env[name]);
  const asked = env.KAFKA_SSL || (given.length > 0 ? 'true' : 'false');
  if (asked !== 'true' && asked !== 'false') {
    throw new KafkaUnusable(`KAFKA_SSL is “${asked}”. Set it to true or false.`);
  }
  if (asked === 'false') {
    if (given[0])
      throw new KafkaUnusable(`${given[0]} is set, but KAFKA_SSL is false. Set it to true, or unset the file.`);
    return null;
  }
  if (Boolean(env.KAFKA_SSL_CERT) !== Boolean(env.KAFKA_SSL_KEY)) {
    throw new KafkaUnusable('KAFKA_SSL_CERT and KAFKA_SSL_KEY belong together. Set both, or neither.');
  }
  return { ca: file(env, 'KAFKA_SSL_CA'), cert: file(env, 'KAFKA_SSL_CERT'), key: file(env, 'KAFKA_SSL_KEY') };
}

function file(env: Env, name: string): string | undefined {
  const path = env[name];
  if (!path) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new KafkaUnusable(`${name} is “${path}”, which cannot be read. Set it to a PEM file.`, { cause: error });
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new KafkaUnusable(`${name} is “${path}”, which is no PEM file. Set it to one.`);
}

function sasl(env: Env): SaslSettings | null {
  const mechanism = env.KAFKA_SASL_MECHANISM?.toLowerCase();
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  if (!mechanism) {
    if (!username && !password) return null;
    const mend = `Set it to one of ${MECHANISMS.join(', ')}.`;
    throw new KafkaUnusable(`KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD is set, but not KAFKA_SASL_MECHANISM. ${mend}`);
  }
  const known = MECHANISMS.find((one) => one === mechanism);
  if (!known) {
    throw new KafkaUnusable(`KAFKA_SASL_MECHANISM is “${mechanism}”. Set it to one of ${MECHANISMS.join(', ')}.`);
  }
  if (!username || !password) {
    throw new KafkaUnusable('KAFKA_SASL_MECHANISM is set. Set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD too.');
  }
  return { mechanism: known, username, password };
}

function prefix(text: string | undefined): string {
  if (!text || PREFIX.test(text)) return text ?? '';
  const mend = 'Set it to at most 100 letters, digits, dots, dashes and underscores.';
  throw new KafkaUnusable(`ONWARD_KAFKA_PREFIX is “${text}”. ${mend}`);
}

function wholeNumber(env: Env, name: string, max: number): number | null {
  const text = env[name];
  if (!text) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new KafkaUnusable(`${name} is “${text}”. Set it to a whole number from 1 to ${max}.`);
}
