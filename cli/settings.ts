import { resolve } from 'node:path';

export const START_ROLES = ['api', 'receipts', 'projector'] as const;
/** What one process does; `all` is every role at once. */
export type StartRole = 'all' | (typeof START_ROLES)[number];

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
const NOT_YET = ['TEMPORAL_ADDRESS', 'KAFKA_BROKERS', 'MONGODB_URL'] as const;

/** @throws StartError for a value that cannot work */
export function readSettings(env: NodeJS.ProcessEnv, role: StartRole): Settings {
  for (const name of NOT_YET) {
    if (env[name]) throw new StartError(`${name} is set, but Onward runs on one machine only so far. Unset it.`);
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
    sendTimeoutSeconds: wholeNumber(env, 'ONWARD_SEND_TIMEOUT_SECONDS', 10, 1, 300),
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
