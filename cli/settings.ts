import { resolve } from 'node:path';
import { PROVIDERS, type Provider } from '../schemas/vocabulary';
import { RETAINED, type Retained } from '../store/contract';

export const START_ROLES = ['api', 'receipts', 'projector', 'callbacks'] as const;
/** What one process does; `all` is every role at once. */
export type StartRole = 'all' | 'worker' | (typeof START_ROLES)[number];

/** What stands behind the contracts; each by a variable of its own. */
export interface Adapters {
  engine: 'embedded' | 'temporal';
  log: 'sqlite' | 'kafka';
  store: 'sqlite' | 'mongodb';
}

export interface Settings {
  role: StartRole;
  adapters: Adapters;
  host: string;
  port: number;
  dataFolder: string;
  /** Without a slash at the end. */
  publicUrl: string;
  /** It was set, and is where people open the console too. */
  publicUrlGiven: boolean;
  /** Null: made at the first start and kept in the data folder. */
  secret: string | null;
  ownerKey: string | null;
  testKey: string | null;
  sendTimeoutSeconds: number;
  /** Sends a second by provider, over all workers together. */
  sendRates: Partial<Record<Provider, number>>;
  /** How long things are kept, in days; what is not named, for good. */
  retentionDays: Partial<Record<Retained, number>>;
  /** Open runs that a worker holds in memory; null: as many as suit it. */
  workerCache: number | null;
  /** Where a worker tells how it is; null: on its usual port, or on another where that is taken. */
  workerPort: number | null;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Ranges that are not public and that callbacks may go to all the same: CIDR, separated by commas. */
  callbackAllow: string;
  /** The OpenID provider that people sign in with besides a password; null: none. */
  openId: OpenIdSettings | null;
}

interface OpenIdSettings {
  issuer: string;
  clientId: string;
  /** Null: we are a public client there. */
  clientSecret: string | null;
  /** What people call it. */
  name: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A configuration that cannot work: one sentence that names the variable and the mend. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** @throws StartError for a value that cannot work */
export function readSettings(env: NodeJS.ProcessEnv, role: StartRole): Settings {
  const host = env.HOST || '127.0.0.1';
  const port = wholeNumber(env, 'PORT', 8080, 0, 65_535);
  if (env.ONWARD_OWNER_KEY && env.ONWARD_OWNER_KEY === env.ONWARD_TEST_KEY) {
    throw new StartError('ONWARD_OWNER_KEY and ONWARD_TEST_KEY are the same. Set two different ones.');
  }
  return {
    role,
    adapters: {
      engine: env.TEMPORAL_ADDRESS ? 'temporal' : 'embedded',
      log: env.KAFKA_BROKERS ? 'kafka' : 'sqlite',
      store: env.MONGODB_URL ? 'mongodb' : 'sqlite',
    },
    host,
    port,
    dataFolder: resolve(env.ONWARD_DATA || './data'),
    publicUrl: publicUrl(env.ONWARD_PUBLIC_URL, host, port),
    publicUrlGiven: Boolean(env.ONWARD_PUBLIC_URL),
    secret: longEnough(env, 'ONWARD_SECRET', 16),
    ownerKey: longEnough(env, 'ONWARD_OWNER_KEY', 8),
    testKey: longEnough(env, 'ONWARD_TEST_KEY', 8),
    sendTimeoutSeconds: seconds(env, 'ONWARD_SEND_TIMEOUT_SECONDS', 10, 0.1, 300),
    sendRates: sendRates(env.ONWARD_SEND_RATES),
    retentionDays: retentionDays(env.ONWARD_RETENTION_DAYS),
    workerCache: env.ONWARD_WORKER_CACHE ? wholeNumber(env, 'ONWARD_WORKER_CACHE', 0, 0, 1_000_000) : null,
    workerPort: env.ONWARD_WORKER_PORT ? wholeNumber(env, 'ONWARD_WORKER_PORT', 0, 0, 65_535) : null,
    logLevel: oneOf(env, 'ONWARD_LOG_LEVEL', 'info', LOG_LEVELS),
    callbackAllow: env.ONWARD_CALLBACK_ALLOW ?? '',
    openId: openId(env),
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
  return amounts(text, PROVIDERS, 'ONWARD_SEND_RATES', 'sends a second by provider, such as twilio=80,sandbox=100');
}

/** `records=30,events=400` */
function retentionDays(text: string | undefined): Partial<Record<Retained, number>> {
  const days = amounts(
    text,
    RETAINED,
    'ONWARD_RETENTION_DAYS',
    `days by what is kept (${RETAINED.join(', ')}), such as records=30`,
  );
  const { records = Number.POSITIVE_INFINITY, events } = days;
  if (events !== undefined && records > events) {
    throw new StartError(
      'ONWARD_RETENTION_DAYS keeps records longer than events. Set records to no more days than events: a run without its events would look as if it had never begun.',
    );
  }
  return days;
}

/** `name=amount`, separated by commas. */
function amounts<T extends string>(
  text: string | undefined,
  names: readonly T[],
  variable: string,
  what: string,
): Partial<Record<T, number>> {
  const found: Partial<Record<T, number>> = {};
  for (const part of text ? text.split(',') : []) {
    const [given = '', amount = ''] = part.split('=').map((piece) => piece.trim());
    const name = names.find((one) => one === given);
    if (name === undefined || !/^\d{1,6}(\.\d{1,3})?$/.test(amount) || Number(amount) === 0) {
      throw new StartError(`${variable} has “${part}”. Set it to ${what}.`);
    }
    found[name] = Number(amount);
  }
  return found;
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

/** Codes and tokens would go over the wire for all to read. */
const NAMES_OF_THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

function openId(env: NodeJS.ProcessEnv): OpenIdSettings | null {
  const { ONWARD_OPENID_ISSUER: issuer, ONWARD_OPENID_CLIENT_ID: clientId } = env;
  const { ONWARD_OPENID_CLIENT_SECRET: clientSecret, ONWARD_OPENID_NAME: name } = env;
  if (!issuer) {
    if (!clientId && !clientSecret && !name) return null;
    throw new StartError(
      'ONWARD_OPENID_ISSUER is not set, and other variables of OpenID Connect are. Set it to the provider’s issuer, or unset those.',
    );
  }
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const safe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && NAMES_OF_THIS_MACHINE.includes(url.hostname));
  if (!url || !safe || url.search !== '' || url.hash !== '') {
    throw new StartError(
      `ONWARD_OPENID_ISSUER is “${issuer}”. Set it to an https address such as https://accounts.example.com; http is for this machine alone.`,
    );
  }
  if (!clientId) {
    throw new StartError(
      'ONWARD_OPENID_CLIENT_ID is not set. Set it to the ID that the OpenID provider gave for Onward.',
    );
  }
  return { issuer, clientId, clientSecret: clientSecret || null, name: name || url.hostname };
}

function longEnough(env: NodeJS.ProcessEnv, name: string, min: number): string | null {
  const text = env[name];
  if (!text) return null;
  if (text.length >= min && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new StartError(`${name} must be at least ${min} printable characters without spaces. Set a longer one.`);
}
