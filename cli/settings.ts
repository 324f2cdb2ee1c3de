import { resolve } from 'node:path';
import { PROVIDERS, type Provider } from '../schemas/vocabulary';

export const START_ROLES = ['api', 'receipts', 'projector'] as const;
/** What one process does; `all` is every role at once. */
export type StartRole = 'all' | 'worker' | (typeof START_ROLES)[number];

export interface Settings {
  role: StartRole;
  host: string;
  port: number;
  dataFolder: string;
  /** Without a slash at the end. */
  publicUrl: string;
  /** Null: made at the first start and kept in the data folder. */
  secret: string | null;
  ownerKey: string | null;
  testKey: string | null;
  sendTimeoutSeconds: number;
  /** Sends a second by provider, over all workers together. */
  sendRates: Partial<Record<Provider, number>>;
  /** Open runs that a worker holds in memory; null: as many as suit it. */
  workerCache: number | null;
  /** Where a worker tells how it is; null: on its usual port, or on another where that is taken. */
  workerPort: number | null;
  logLevel: (typeof LOG_LEVELS)[number];
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A configuration that cannot work: one sentence that names the variable and the mend. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** What moves in with the issues to come; to run without it would not be what was asked for. */
const NOT_YET = ['KAFKA_BROKERS', 'MONGODB_URL'] as const;

/** @throws StartError for a value that cannot work */
export function readSettings(env: NodeJS.ProcessEnv, role: StartRole): Settings {
  for (const name of NOT_YET) {
    if (env[name])
      throw new StartError(`${name} is set, but Onward's log and store are files on one machine so far. Unset it.`);
  }
  const host = env.HOST || '127.0.0.1';
  const port = wholeNumber(env, 'PORT', 8080, 0, 65_535);
  if (env.ONWARD_OWNER_KEY && env.ONWARD_OWNER_KEY === env.ONWARD_TEST_KEY) {
    throw new StartError('ONWARD_OWNER_KEY and ONWARD_TEST_KEY are the same. Set two different ones.');
  }
  return {
    role,
    host,
    port,
    dataFolder: resolve(env.ONWARD_DATA || './data'),
    publicUrl: publicUrl(env.ONWARD_PUBLIC_URL, host, port),
    secret: longEnough(env, 'ONWARD_SECRET', 16),
    ownerKey: longEnough(env, 'ONWARD_OWNER_KEY', 8),
    testKey: longEnough(env, 'ONWARD_TEST_KEY', 8),
    sendTimeoutSeconds: seconds(env, 'ONWARD_SEND_TIMEOUT_SECONDS', 10, 0.1, 300),
    sendRates: sendRates(env.ONWARD_SEND_RATES),
    workerCache: env.ONWARD_WORKER_CACHE ? wholeNumber(env, 'ONWARD_WORKER_CACHE', 0, 0, 1_000_000) : null,
    workerPort: env.ONWARD_WORKER_PORT ? wholeNumber(env, 'ONWARD_WORKER_PORT', 0, 0, 65_535) : null,
    logLevel: oneOf(env, 'ONWARD_LOG_LEVEL', 'info', LOG_LEVELS),
  };
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, otherwise: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new StartError(`${name} is “${text}”. Set it to a whole number from ${min} to ${max}.`);
}

function seconds(env: NodeJS.ProcessEnv, name: string, otherwise: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (/^\d+([.]\d{1,3})?$/.test(text) && value >= min && value <= max) return value;
  throw new StartError(`${name} is “${text}”. Set it to a number of seconds from ${min} to ${max}.`);
}

/** `sandbox=100,twilio=80` */
function sendRates(text: string | undefined): Partial<Record<Provider, number>> {
  const rates: Partial<Record<Provider, number>> = {};
  for (const part of text ? text.split(',') : []) {
    const [name = '', rate = ''] = part.split('=').map((piece) => piece.trim());
    const provider = PROVIDERS.find((one) => one === name);
    if (!provider || !/^\d{1,6}(\.\d{1,3})?$/.test(rate) || Number(rate) === 0) {
      const mend = 'Set it to sends a second by provider, such as twilio=80,sandbox=100.';
      throw new StartError(`ONWARD_SEND_RATES has “${part}”. ${mend}`);
    }
    rates[provider] = Number(rate);
  }
  return rates;
}

function oneOf<T extends string>(env: NodeJS.ProcessEnv, name: string, otherwise: T, words: readonly T[]): T {
  const text = env[name];
  if (!text) return otherwise;
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new StartError(`${name} is “${text}”. Set it to one of ${words.join(', ')}.`);
}

function publicUrl(text: string | undefined, host: string, port: number): string {
  if (!text) return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new StartError(`ONWARD_PUBLIC_URL is “${text}”. Set it to a URL such as https://onward.example.com.`);
  }
  return text.replace(/\/+$/, '');
}

function longEnough(env: NodeJS.ProcessEnv, name: string, min: number): string | null {
  const text = env[name];
  if (!text) return null;
  if (text.length >= min && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new StartError(`${name} must be at least ${min} printable characters without spaces. Set a longer one.`);
}
