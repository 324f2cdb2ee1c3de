import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Collection, Document } from 'mongodb';
import { createKeptProjector } from '../../projection/project-kept';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoGenerations } from '../../store/mongo/generations';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { documentedRuns } from '../support/documented-runs';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';
import { asLogged, projectorOver } from '../support/projected-runs';

const PAGE = readFileSync('docs/mongodb-schema.md', 'utf8');
const seal = createSeal('a secret');

/** What stands in the page: a query with its title, and under it what it gives. */
function examples(language: string, comment: string): { title: string; query: string; gives: unknown }[] {
  const blocks = PAGE.matchAll(
    new RegExp(`\`\`\`${language}\n${comment} (.*)\n([^]*?)\`\`\`\n\n\`\`\`json\n([^]*?)\`\`\``, 'g'),
  );
  return [...blocks].map(([, title = '', query = '', gives = '']) => ({ title, query, gives: JSON.parse(gives) }));
}

/** The driver’s collections, for a query as it is typed into mongosh: there a projection is `find`’s second argument. */
function mongosh(link: MongoLink): object {
  const asTyped = (collection: Collection) => ({
    find: (filter: Document, projection: Document = {}) => collection.find(filter, { projection }),
    aggregate: (pipeline: Document[]) => collection.aggregate(pipeline),
  });
  return new Proxy({}, { get: (_, name) => asTyped(link.db.collection(String(name))) });
}

const QUERIES = examples('js', '//');

test('the page has at least ten queries, each with what it gives', () => {
  expect(QUERIES.length).toBeGreaterThanOrEqual(10);
  expect(QUERIES).toHaveLength([...PAGE.matchAll(/```js\n/g)].length);
});

describeWithMongo('docs/mongodb-schema.md', (server) => {
  let link: MongoLink;
  beforeAll(async () => {
    link = await connectMongo(server.urlOf(freshName()));
    const { store } = await openMongoStore(link, { seal, catalog: {} });
    const { ladder, records } = await documentedRuns(store);
    const generations = createMongoGenerations(link.db);
    const events = createMongoEvents(link.db);
    const projectorOn = (views: ReturnType<typeof generations.writer>) =>
      projectorOver(views, store, [ladder], seal.hash);
    // Cut in two, and in two partitions, as a log of several has it: a rollup is in parts then.
    const ofPartition = (odd: boolean) =>
      records.filter(({ invocationId }) => (Number(invocationId.slice(4)) % 2 === 1) === odd);
    const projector = createKeptProjector({ events, generations, projectorOn });
    await projector.project(asLogged(ofPartition(true), 0));
    const logged = asLogged(ofPartition(false), 1);
    await projector.project(logged.slice(0, 5));
    await projector.project(logged);
  });
  afterAll(async () => {
    await link.db.dropDatabase().catch(() => {});
    await link.close();
  });

  test.each(QUERIES)('the query gives what stands under it: $title', async ({ query, gives }) => {
    const cursor = new Function('db', `return ${query}`)(mongosh(link)) as { toArray(): Promise<Document[]> };
    expect(await cursor.toArray()).toEqual(gives);
  });

  test('names every collection that there is', async () => {
    const names = (await link.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    const told = (name: string) => PAGE.includes(`\n## ${name}\n`) || PAGE.includes(`\`${name}\``);
    expect(names.map((name) => name.replace(/_\d+$/, '_N')).filter((name) => !told(name))).toEqual([]);
  });

  test('names every field of what may be queried', async () => {
    for (const name of ['invocations_1', 'events', 'rollups_1', 'messages_1', 'marks']) {
      for (const document of await link.db.collection(name).find({}).toArray()) {
        const { latest = {}, folded = {}, ...fields } = document;
        const named = [
          ...Object.keys(fields),
          ...Object.keys(latest).map((field) => `latest.${field}`),
          ...Object.keys(folded).map((field) => `folded.${field}`),
        ];
        for (const field of named) expect([name, field, PAGE.includes(`\`${field}\``)]).toEqual([name, field, true]);
      }
    }
  });

  test('the plain fields of a run say what its state says', async () => {
    const { store } = await openMongoStore(link, { seal, catalog: {} });
    const { items } = await store.invocations.search({ mode: 'live' }, { limit: 10, cursor: null });
    expect(items).toHaveLength(5);
    for (const { record, state } of items) {
      const document = await link.db
        .collection<{ _id: string; latest: Document }>('invocations_1')
        .findOne({ _id: record.id });
      expect(document?.latest).toMatchObject({
        seq: state.seq,
        status: state.status,
        endedAt: state.endedAt,
        reachedStep: state.ladder.rungs[state.reachedStep]?.name ?? null,
        reachedAt: state.reachedAt,
        duplicate: state.duplicate,
        costMicros: state.costMicros,
        costTwiceMicros: state.costTwiceMicros,
      });
    }
  });
});

describe('docs/mongodb-schema.md, on files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onward-schema-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('the query gives what stands under it', async () => {
    const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'normal' }));
    const viewsFile = join(folder, 'views.db');
    const callbacksFile = join(folder, 'callbacks.db');
    const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: PROVIDER_CATALOG });
    const views = createSqliteViews(viewsFile);
    const { ladder, records } = await documentedRuns(store);
    await projectorOver(views, store, [ladder], seal.hash).project(asLogged(records));
    const db = openDatabase(viewsFile, { durability: 'normal', readonly: true });
    const found = examples('sql', '--');
    expect(found).toHaveLength(1);
    for (const { query, gives } of found) expect(db.prepare(query).all([])).toEqual(gives);
    db.close();
    await views.close();
    await store.close();
    group.close();
  });
});
