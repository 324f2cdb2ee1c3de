import { setTimeout as pause } from 'node:timers/promises';
import { type Db, MongoClient, type MongoClientOptions, MongoParseError, MongoServerError } from 'mongodb';
import { within } from './faults';
import { migrateMongo } from './migrate';

const DATABASE = 'onward';
const MS = { start: 30_000, request: 4_000, silence: 60_000, heartbeat: 5_000, ping: 2_000, retry: 250 } as const;

/** MONGODB_URL cannot be used: one sentence that names it, and the mend. */
export class MongoUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MongoUnusable';
  }
}

/** The one connection pool of a process, its database brought up to date. */
export interface MongoLink {
  db: Db;
  /** Null when it answers within two seconds, else a sentence that says why not. */
  unavailable(): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * A write is acknowledged once a majority has it in its journal, and reads ask the primary, whatever the URL says: a
 * 202 promises that it stays. A server that is away is known within 4 s, so that a request gets its 503 while somebody
 * waits; one that is silent in the middle of a command, when its heartbeat stands still.
 */
const OPTIONS: MongoClientOptions = {
  appName: 'onward',
  serverSelectionTimeoutMS: MS.request,
  connectTimeoutMS: MS.request,
  waitQueueTimeoutMS: MS.request,
  socketTimeoutMS: MS.silence,
  heartbeatFrequencyMS: MS.heartbeat,
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
  maxPoolSize: 16,
  ignoreUndefined: true,
  promoteBuffers: true,
};

/**
 * Connects, makes collections and indexes, and brings the data up to date. The database is the one that the URL's path
 * names, else `onward`.
 * @throws MongoUnusable when the server does not answer within `withinMs`, does not let us in, or has data of a newer
 *   Onward
 */
export async function connectMongo(url: string, withinMs: number = MS.start): Promise<MongoLink> {
  const client = clientFor(url);
  try {
    const name = databaseOf(url);
    const db = client.db(name);
    await firstAnswer(client, db, withinMs);
    const newer = await migrateMongo(db);
    if (newer) throw new MongoUnusable(newer);
    return {
      db,
      unavailable: () => whyNot(db),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

function clientFor(url: string): MongoClient {
  try {
    return new MongoClient(url, OPTIONS);
  } catch (error) {
    // The driver's own words may have the URL in them, and its password: they are not passed on, not even as the cause.
    const what =
      error instanceof MongoParseError || (error as Error).name === 'MongoParseError'
        ? 'is no MongoDB URL'
        : 'has options that do not fit together';
    throw new MongoUnusable(`MONGODB_URL ${what}. Set it to one such as mongodb://user:password@host:27017/onward.`);
  }
}

function databaseOf(url: string): string {
  const [, path] = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]*)/.exec(url) ?? [];
  return path ? decodeURIComponent(path) : DATABASE;
}

/** Asks for something that needs no more than to be let in, again and again while nobody answers. */
async function firstAnswer(client: MongoClient, db: Db, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      await within(db.collection('meta').findOne({}), Math.max(1, until - Date.now()));
      return;
    } catch (error) {
      if (isRefused(error)) {
        throw new MongoUnusable(
          'MONGODB_URL has credentials that the server does not take for this database. Set user, password and authSource to ones that it takes.',
        );
      }
      if (Date.now() + MS.retry >= until) {
        const hosts = client.options.hosts.map(String).join(', ');
        const seconds = Math.round(withinMs / 1000);
        throw new MongoUnusable(
          `MONGODB_URL names ${hosts || 'a server'}, which does not answer within ${seconds} s. Start it, or set MONGODB_URL to one that runs.`,
          { cause: error },
        );
      }
      await pause(MS.retry);
    }
  }
}

/** Unauthorized, AuthenticationFailed, and what Atlas says. */
function isRefused(error: unknown): boolean {
  const found = error instanceof MongoServerError ? error : error instanceof Error ? error.cause : null;
  return found instanceof MongoServerError && [13, 18, 8000].includes(Number(found.code));
}

async function whyNot(db: Db): Promise<string | null> {
  try {
    await within(db.command({ ping: 1 }), MS.ping);
    return null;
  } catch (error) {
    return `MongoDB does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}
