import { type MongoOptions, type MongoServer, startMongo } from '../servers/mongo';
import { installedMongo } from '../servers/mongo-install';
import { describeWithProcesses, describeWithServer } from './described-server';

export type StartMongo = (options?: MongoOptions) => Promise<MongoServer>;

export interface SharedMongo {
  /** As MONGODB_URL takes it. */
  readonly url: string;
  /** The same with a database of that name. */
  urlOf(database: string): string;
}

const PLACES = '`mongod` is not on the PATH, and neither it nor FerretDB is in the cache folder.';
const MONGO = {
  name: 'MongoDB',
  why: {
    none: `no MongoDB server: MONGODB_URL is not set, ${PLACES}`,
    noProcess: `no MongoDB server to start and kill: ${PLACES}`,
  },
  mend: '`npm test` downloads or builds one (see what it printed before the tests), or install https://www.mongodb.com/docs/manual/installation/.',
  installed: installedMongo,
  start: startMongo,
};

/**
 * Tests against the server of MONGODB_URL, or the one that `npm test` started for all of them, or else one of their
 * own. They share it: keep to a database of a `freshName()`.
 */
export function describeWithMongo(title: string, tests: (mongo: SharedMongo) => void): void {
  const url = process.env.MONGODB_URL || process.env.ONWARD_TEST_MONGO;
  if (url) return describe(title, () => tests(shared(() => url)));
  describeWithServer(MONGO, title, (server) => tests(shared(() => server().url)));
}

/**
 * Tests that need servers of their own, to stop, kill or freeze, whatever MONGODB_URL says: `start` starts as many as
 * they ask for, and all are removed when they are over.
 */
export function describeWithMongoProcess(title: string, tests: (start: StartMongo) => void): void {
  describeWithProcesses(MONGO, title, tests);
}

function shared(address: () => string): SharedMongo {
  return {
    get url() {
      return address();
    },
    urlOf: (database) => withDatabase(address(), database),
  };
}

/** By hand: an address with several hosts is no URL to Node. */
function withDatabase(url: string, database: string): string {
  const [, hosts = '', named = '', query = ''] = /^([^/]+:\/\/[^/?]+)\/?([^?]*)\??(.*)$/.exec(url) ?? [];
  const options = new URLSearchParams(query);
  // Who signs in does so where the address said, and not in a database that is not there yet.
  if (hosts.includes('@') && !options.has('authSource')) options.set('authSource', named || 'admin');
  return `${hosts}/${database}${options.size > 0 ? `?${options}` : ''}`;
}
