import type { LogRecord } from '../../log/contract';
import { createProjector } from '../../projection/project';
import { createKeptProjector } from '../../projection/project-kept';
import { type Rollup, StoreUnavailable, type ViewWriter } from '../../store/contract';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoGenerations } from '../../store/mongo/generations';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import type { ByKey } from '../support/counted-by-hand';
import { Died, failingViews } from '../support/failing-views';
import { BREAKAGES, breakingAt } from '../support/faulty-mongo';
import { freshName } from '../support/fresh-name';
import { generatedLog, publishGenerated } from '../support/generated-flows';
import { describeWithMongo } from '../support/mongo-server';
import { random } from '../support/random';

const RUNS = 150;
const seal = createSeal('a secret');

describeWithMongo('rollups in MongoDB', (server) => {
  let link: MongoLink;
  beforeAll(async () => {
    link = await connectMongo(server.urlOf(freshName()));
  });
  afterAll(async () => {
    await link.db.dropDatabase();
    await link.close();
  });

  test('equal what is counted by hand, though the projection dies in and between its batches, and after a replay', async () => {
    const { store } = await openMongoStore(link, { seal, catalog: {} });
    const flows = await publishGenerated(store);
    const byHand: ByKey = new Map();
    const logged: LogRecord[] = [];
    for (const portion of generatedLog(flows, RUNS, byHand, 3)) {
      for (const record of portion) {
        logged.push({ ...record, topic: 'onward.events', partition: 0, position: logged.length + 1 });
      }
    }
    const next = random(5);
    const start = (db = link.db) => {
      const projectorOn = (views: ViewWriter) =>
        createProjector({
          views: failingViews(views, next, 0.1),
          records: store.records,
          ladders: async (flowId) => flows.find(({ ladder }) => ladder.flowId === flowId)?.ladder ?? null,
          hash: seal.hash,
          report: (_, cause) => {
            throw cause;
          },
        });
      return createKeptProjector({
        events: createMongoEvents(db),
        generations: createMongoGenerations(db),
        projectorOn,
      });
    };
    let deaths = 0;
    const readFrom = async (first: number) => {
      let projector = start();
      for (let at = first; at < logged.length; ) {
        const batch = logged.slice(at, at + 1 + Math.floor(next() * 150));
        const breaks = next() < 0.3;
        const how = BREAKAGES[Math.floor(next() * BREAKAGES.length)] ?? 'not done';
        if (breaks) projector = start(breakingAt(link.db, Math.floor(next() * 9), how).db);
        try {
          await projector.project(batch);
          at += batch.length;
        } catch (error) {
          if (!(error instanceof Died || error instanceof StoreUnavailable)) throw error;
          deaths += 1;
        }
        if (breaks || next() < 0.2) {
          projector = start();
          at = Math.max(first, at - Math.floor(next() * 40));
        }
      }
    };
    await readFrom(0);
    expect(counted(await store.rollups.find({ mode: 'test' }))).toEqual(inOrder(byHand));
    expect(deaths).toBeGreaterThan(1);
    await readFrom(0);
    expect(counted(await store.rollups.find({ mode: 'test' }))).toEqual(inOrder(byHand));
  }, 240_000);
});

function counted(rollups: readonly Rollup[]): [string, unknown][] {
  return inOrder(
    rollups.map(({ key, counts }) => {
      const { step, channel, mode, flowId, flowVersion, country, hour } = key;
      return [JSON.stringify([step, channel, mode, flowId, flowVersion, country, hour]), counts];
    }),
  );
}

function inOrder(rows: Iterable<[string, Record<string, number>]>): [string, unknown][] {
  return [...rows]
    .map(([key, counts]): [string, [string, number][]] => [
      key,
      Object.entries(counts).filter(([, count]) => count !== 0),
    ])
    .filter(([, counts]) => counts.length > 0)
    .map(([key, counts]): [string, unknown] => [key, Object.fromEntries(counts)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
