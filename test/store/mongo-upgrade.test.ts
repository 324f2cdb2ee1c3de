import { MongoClient } from 'mongodb';
import { connectMongo } from '../../store/mongo/connect';
import { createMongoFlows } from '../../store/mongo/flows';
import { createMongoGenerations } from '../../store/mongo/generations';
import { migrateMongo } from '../../store/mongo/migrate';
import { MIGRATIONS } from '../../store/mongo/migrations';
import { openMongoStore } from '../../store/mongo/store';
import { viewCollections } from '../../store/mongo/view-collections';
import { createSeal } from '../../store/seal';
import { freshName } from '../support/fresh-name';
import { batchOf, bruteSearch, madeRun } from '../support/made-runs';
import { describeWithMongo } from '../support/mongo-server';
import { publishSample } from '../support/projected-runs';

const T0 = 1_700_000_000_000;
const seal = createSeal('a secret');
/** What the schema was before runs were searched by more than their status. */
const BEFORE = MIGRATIONS.slice(0, 3);

describeWithMongo('a database from before runs were searched by what reached them', (server) => {
  test('finds by every filter what it should, without folding anything anew', async () => {
    const url = server.urlOf(freshName());
    const older = await MongoClient.connect(url);
    const db = older.db();
    await migrateMongo(db, { migrations: BEFORE });
    const ladder = await publishSample({ flows: createMongoFlows(db) }, 'a', 'wf_a', T0);
    const runs = Array.from({ length: 40 }, (_, n) =>
      madeRun(
        {
          ...{ id: `inv_${String(n).padStart(3, '0')}`, ladder, keyId: 'key_1', externalId: null },
          ...{ recipient: 'ann@example.com', createdAt: T0 + n, status: n % 5 === 0 ? 'failed' : 'succeeded' },
          ...{ reachedStep: (n % 3) - 1, late: n % 7 === 0, duplicate: n % 6 === 0 },
          reason: n % 5 === 0 ? 'unreachable' : null,
        },
        seal.hash,
      ),
    );
    await createMongoGenerations(db).writer(1).write(batchOf(runs, 9));
    const documents = viewCollections(db, 1).runs;
    for (const { view, run } of runs) {
      const { seq, status, endedAt, state } = run;
      await documents.updateOne({ _id: view.id }, { $set: { latest: { seq, status, endedAt, state } as never } });
    }
    await older.close();

    const newer = await connectMongo(url);
    const upgraded = (await openMongoStore(newer, { seal, catalog: {} })).store;
    const asked = [
      { late: true },
      { late: false, duplicate: true },
      { lateOrDuplicate: true },
      { reachedStep: 'sms' },
      { reachedChannel: 'whatsapp' },
      { reason: 'unreachable' },
      {},
    ] as const;
    for (const one of asked) {
      const query = { mode: 'test' as const, ...one };
      const { items } = await upgraded.invocations.search(query, { limit: 200, cursor: null });
      expect(items.map(({ record }) => record.id)).toEqual(bruteSearch(runs, query));
      expect(items.length).toBeGreaterThan(0);
    }
    expect(await createMongoGenerations(newer.db).live()).toBe(1);
    expect(await upgraded.invocations.foldedTo(0)).toBe(9);
    await newer.db.dropDatabase();
    await newer.close();
  });
});
