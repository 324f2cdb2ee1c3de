import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Collection, MongoClient } from 'mongodb';
import { freshName } from '../support/fresh-name';
import { describeWithMongo, describeWithMongoProcess } from '../support/mongo-server';
import { temporaryFolder } from '../support/temporary-folder';
import type { Way } from './cached-install';
import { emptyMachine, script } from './machine';
import { startMongo } from './mongo';
import { findMongo, installedMongo, type MongoInstall } from './mongo-install';

const root = temporaryFolder();
const VERSION_LINE = 'echo db version v8.2.6';

const unreachable: Way<MongoInstall> = {
  folder: 'mongod-8.2.6',
  make: async () => 'the host is away',
  open: async () => null,
};

/** As a build would: a file comes to stand in the folder, and somebody counts. */
function countingWay(): { way: Way<MongoInstall>; tries(): number } {
  let tries = 0;
  const make = async ({ folder }: { folder: string }) => {
    tries += 1;
    script(join(folder, 'ferretdb'), 'echo FerretDB 1.24.2');
    return null;
  };
  const open = async (folder: string) => {
    const file = join(folder, 'ferretdb');
    return existsSync(file) ? ({ make: 'FerretDB', file } as const) : null;
  };
  return { way: { folder: 'ferretdb-1.24.2', make, open }, tries: () => tries };
}

describe('a MongoDB server is looked for', () => {
  test('on the PATH, then in the cache, and nothing is installed where it is found', async () => {
    const { env, bin, cache } = emptyMachine(root);
    const lines: string[] = [];
    const cached = script(join(cache, 'ferretdb-1.24.2', 'ferretdb'), 'echo FerretDB 1.24.2');
    expect(await findMongo((line) => lines.push(line), { env })).toEqual({ make: 'FerretDB', file: cached });
    expect(installedMongo(env)).toEqual({ make: 'FerretDB', file: cached });
    const mongod = script(join(bin, 'mongod'), VERSION_LINE);
    expect(await findMongo((line) => lines.push(line), { env })).toEqual({ make: 'MongoDB', file: mongod });
    expect(installedMongo(env)).toEqual({ make: 'MongoDB', file: mongod });
    expect(lines).toEqual([]);
  });

  test('and installed by the first way that works, kept, and found the next time', async () => {
    const { env, cache } = emptyMachine(root);
    const { way, tries } = countingWay();
    const search = { env, ways: [unreachable, way] };
    const expected = { make: 'FerretDB', file: join(cache, 'ferretdb-1.24.2', 'ferretdb') };
    expect(await Promise.all([findMongo(() => {}, search), findMongo(() => {}, search)])).toEqual([expected, expected]);
    expect(await findMongo(() => {}, search)).toEqual(expected);
    expect(tries()).toBe(1);
    expect(readdirSync(cache).filter((name) => name.includes('draft'))).toEqual([]);
  });

  test('in vain: one line says every reason and how to mend it', async () => {
    const { env } = emptyMachine(root);
    const lines: string[] = [];
    expect(await findMongo((line) => lines.push(line), { env, ways: [unreachable] })).toBeNull();
    expect(lines.at(-1)).toMatch(/^MongoDB cannot be had: the host is away\. Install MongoDB \(https:/);
  });
});

test('a server that never answers is ended, with what it printed', async () => {
  const file = script(join(root, 'mongod'), 'echo still thinking', 'exec sleep 60');
  const starting = startMongo({ make: 'MongoDB', file }, { readyWithinMs: 300 });
  await expect(starting).rejects.toThrow(/^MongoDB does not answer within 0\.3 s.*\nstill thinking$/s);
});

async function withDocuments<T>(url: string, use: (documents: Collection<{ _id: string }>) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 1_000 });
  try {
    return await use(client.db().collection<{ _id: string }>('kept'));
  } finally {
    await client.close();
  }
}

describeWithMongo('the MongoDB server that tests share', (mongo) => {
  test('takes a document into the database that was named, and gives it back', async () => {
    const url = mongo.urlOf(freshName());
    await withDocuments(url, (documents) => documents.insertOne({ _id: 'a' }));
    expect(await withDocuments(url, (documents) => documents.countDocuments())).toBe(1);
    expect(await withDocuments(mongo.urlOf(freshName()), (documents) => documents.countDocuments())).toBe(0);
  });
});

function withAddress(address: string, use: () => void): void {
  const before = process.env.MONGODB_URL;
  process.env.MONGODB_URL = address;
  use();
  if (before === undefined) delete process.env.MONGODB_URL;
  else process.env.MONGODB_URL = before;
}

withAddress('mongodb://ann:secret@one:1,two:2/?replicaSet=r', () => {
  describeWithMongo('an address with several hosts and a password', (mongo) => {
    test('gets a database, and keeps where one signs in', () => {
      expect(mongo.urlOf('t1')).toBe('mongodb://ann:secret@one:1,two:2/t1?replicaSet=r&authSource=admin');
    });
  });
});

describeWithMongoProcess('a MongoDB server of our own', (start) => {
  test('stopped, and killed, and started again, has its port and its documents', async () => {
    const mongo = await start();
    const { url, pid } = mongo;
    await withDocuments(url, (documents) => documents.insertOne({ _id: 'a' }, { writeConcern: { w: 1, j: true } }));
    await mongo.stop();
    await expect(withDocuments(url, (documents) => documents.countDocuments())).rejects.toThrow();
    await mongo.startAgain();
    expect(mongo.pid).not.toBe(pid);
    await withDocuments(url, (documents) => documents.insertOne({ _id: 'b' }, { writeConcern: { w: 1, j: true } }));
    await mongo.kill();
    await mongo.startAgain();
    const ids = await withDocuments(url, (documents) => documents.find().sort({ _id: 1 }).toArray());
    expect(ids.map(({ _id }) => _id)).toEqual(['a', 'b']);
  }, 60_000);
});
