import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { MongoClient } from 'mongodb';
import { connectMongo, MongoUnusable } from '../../store/mongo/connect';
import { migrateMongo } from '../../store/mongo/migrate';
import { MIGRATIONS, type Migration } from '../../store/mongo/migrations';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';

describe('a MONGODB_URL that cannot be used', () => {
  const reasonFor = async (url: string, withinMs = 300) => {
    const refused = await connectMongo(url, withinMs).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(MongoUnusable);
    return String((refused as Error).message);
  };

  test('where nobody listens, the sentence names the variable, the server and the mend, and no password', async () => {
    const reason = await reasonFor('mongodb://ann:s3cret@127.0.0.1:1/onward');
    expect(reason).toMatch(/^MONGODB_URL names 127\.0\.0\.1:1, which does not answer within .* s\. Start it, or set /);
    expect(reason).not.toContain('s3cret');
  });

  test('a server that takes connections and never answers is given up too', async () => {
    const silent: Server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await reasonFor(`mongodb://127.0.0.1:${port}/`)).toContain('does not answer');
    silent.close();
  });

  test.each(['http://ann:s3cret@host/', 'mongodb://ann:s3cret@', 'mongodb://ann:s3cret@host/?tls=perhaps', 's3cret'])(
    '“%s” is no such URL, and is not repeated',
    async (url) => {
      const reason = await reasonFor(url);
      expect(reason).toMatch(/^MONGODB_URL .* Set it to one such as mongodb:\/\/user:password@host:27017\/onward\.$/);
      expect(reason).not.toContain('s3cret');
    },
  );
});

describeWithMongo('a database of MongoDB that is opened', (server) => {
  let client: MongoClient;
  let name: string;
  const db = () => client.db(name);
  beforeEach(async () => {
    name = freshName();
    client = await MongoClient.connect(server.url);
  });
  afterEach(async () => {
    await db().dropDatabase();
    await client.close();
  });
  const version = async () =>
    (await db().collection<{ _id: string; version: number }>('meta').findOne({ _id: 'schema' }))?.version;

  test('processes that start at once on an empty one all come up', async () => {
    const links = await Promise.all(Array.from({ length: 4 }, () => connectMongo(server.urlOf(name))));
    expect(await version()).toBe(MIGRATIONS.length);
    expect(await links[0]?.unavailable()).toBeNull();
    await Promise.all(links.map((link) => link.close()));
    expect(await links[0]?.unavailable()).toMatch(/^MongoDB does not answer: /);
  });

  test('data of a newer version is refused with a sentence, and left as it is', async () => {
    await db().collection<{ _id: string; version: number }>('meta').insertOne({ _id: 'schema', version: 999 });
    await expect(connectMongo(server.urlOf(name))).rejects.toThrow(
      /^MONGODB_URL has data .* newer version of Onward\./,
    );
    expect(await version()).toBe(999);
    expect((await db().listCollections().toArray()).map((one) => one.name)).toEqual(['meta']);
  });

  test('each migration runs once, in order, by one process at a time', async () => {
    const ran: string[] = [];
    let inHand = 0;
    const step = (title: string): Migration => {
      return async () => {
        expect(++inHand).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 20));
        ran.push(title);
        inHand -= 1;
      };
    };
    const migrations = [step('one'), step('two'), step('three')];
    await Promise.all([1, 2, 3].map(() => migrateMongo(db(), { migrations, leaseMs: 5_000 })));
    expect(ran).toEqual(['one', 'two', 'three']);
    expect(await migrateMongo(db(), { migrations: [...migrations, step('four')] })).toBeNull();
    expect(ran).toEqual(['one', 'two', 'three', 'four']);
  });

  test('a migration that broke off is gone on with', async () => {
    const ran: string[] = [];
    let broken = true;
    const migrations: Migration[] = [
      async () => void ran.push('one'),
      async () => {
        ran.push('two');
        if (broken) throw new Error('power cut');
      },
      async () => void ran.push('three'),
    ];
    await expect(migrateMongo(db(), { migrations })).rejects.toThrow('power cut');
    expect(await version()).toBe(1);
    broken = false;
    await migrateMongo(db(), { migrations });
    expect(ran).toEqual(['one', 'two', 'two', 'three']);
    expect(await version()).toBe(3);
  });

  test('a process that died in the middle holds the others up for as long as its lease, no longer', async () => {
    const meta = db().collection<{ _id: string; holder: string; beat: number }>('meta');
    await meta.insertOne({ _id: 'lease', holder: 'a dead one', beat: 3 });
    const startedAt = performance.now();
    await migrateMongo(db(), { migrations: [async () => {}], leaseMs: 200 });
    expect(performance.now() - startedAt).toBeGreaterThan(200);
    expect(await version()).toBe(1);
    expect(await meta.findOne({ _id: 'lease' })).toBeNull();
  });

  test('one that lives is waited for, however long it takes', async () => {
    let done = false;
    const slow: Migration = async () => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      done = true;
    };
    const first = migrateMongo(db(), { migrations: [slow], leaseMs: 200 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await migrateMongo(db(), { migrations: [slow], leaseMs: 200 });
    expect(done).toBe(true);
    await first;
  });
});
