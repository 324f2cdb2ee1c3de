import type { Db } from 'mongodb';
import type { Ladder } from '../../core/ladder';
import type { LogRecord } from '../../log/contract';
import type { Projector } from '../../projection/project';
import { createKeptProjector } from '../../projection/project-kept';
import { rebuildBeside } from '../../projection/rebuild-beside';
import type { EventRecord } from '../../schemas/event';
import { type Store, StoreUnavailable, type ViewGenerations } from '../../store/contract';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoGenerations } from '../../store/mongo/generations';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { BREAKAGES, breakingAt } from '../support/faulty-mongo';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';
import { asLogged, mixed, projectorOver, publishSample, rollupsOf, withoutZeros } from '../support/projected-runs';
import { fallbackRun, sampleRecord } from '../support/sample-runs';

const T0 = 1_700_000_000_000;
const seal = createSeal('a secret');

interface Process {
  projector: Projector;
  events: ReturnType<typeof createMongoEvents>;
  generations: ViewGenerations;
}

describeWithMongo('the projection into MongoDB', (server) => {
  let link: MongoLink;
  let store: Store;
  let ladder: Ladder;
  let records: EventRecord[];
  let logged: LogRecord[];

  async function open(runs: number): Promise<void> {
    link = await connectMongo(server.urlOf(freshName()));
    store = (await openMongoStore(link, { seal, catalog: {} })).store;
    ladder = await publishSample(store, 'a', 'wf_a', T0);
    const ids = Array.from({ length: runs }, (_, n) => `inv_${n}`);
    await Promise.all(ids.map((id) => store.records.put(sampleRecord(id, ladder))));
    records = mixed(ids.map((id, n) => fallbackRun(id, ladder, T0 + n * 1000)));
    logged = asLogged(records);
  }
  async function close(): Promise<void> {
    await link.db.dropDatabase();
    await link.close();
  }
  afterEach(close);

  /** A process that has just started. */
  function startProcess(db: Db = link.db): Process {
    const events = createMongoEvents(db);
    const generations = createMongoGenerations(db);
    const projectorOn = (views: ReturnType<ViewGenerations['writer']>) =>
      projectorOver(views, store, [ladder], seal.hash);
    return { projector: createKeptProjector({ events, generations, projectorOn }), events, generations };
  }

  async function inBatches({ projector }: Process, from: number, size: number): Promise<void> {
    for (let at = from; at < logged.length; at += size) await projector.project(logged.slice(at, at + size));
  }

  /** What readers are shown, told by a store that has nothing in memory. */
  async function expectExact(partition = 0): Promise<void> {
    const fresh = (await openMongoStore(link, { seal, catalog: {} })).store;
    expect(withoutZeros(await fresh.rollups.find({ mode: 'test' }))).toEqual(rollupsOf(records, [ladder]));
    const { items } = await fresh.invocations.search({ mode: 'test' }, { limit: 200, cursor: null });
    const ids = new Set(records.map(({ invocationId }) => invocationId));
    expect(items.map(({ record, state }) => `${record.id} ${state.seq} ${state.status}`).sort()).toEqual(
      [...ids].map((id) => `${id} 12 succeeded`).sort(),
    );
    expect(await fresh.invocations.foldedTo(partition)).toBe(logged.length);
    for (const id of ids) {
      expect(await fresh.invocations.findMessage('sandbox', `${id}-sms`)).toMatchObject({ invocationId: id });
    }
  }

  test.each(BREAKAGES)(
    'a process that ends at any write of a batch leaves what another makes whole: %s',
    async (how) => {
      let cuts = 0;
      for (let cut = 0; ; cut++) {
        await open(3);
        await startProcess().projector.project(logged.slice(0, 2));
        const { db, broke } = breakingAt(link.db, cut, how);
        const died = startProcess(db);
        const outcome = await died.projector.project(logged.slice(2, 7)).catch((error: unknown) => error);
        if (broke()) expect(outcome).toBeInstanceOf(StoreUnavailable);
        // The batch comes again, as nobody committed it, and is cut in another way.
        await inBatches(startProcess(), 2, 4);
        await expectExact();
        if (!broke()) break;
        cuts += 1;
        await close();
      }
      // Events and their end, messages, rollups and runs that are new and that are not, position.
      expect(cuts).toBe(8);
    },
  );

  test('two processes that have the same partition at once come to what one would', async () => {
    await open(12);
    await Promise.all([inBatches(startProcess(), 0, 5), inBatches(startProcess(), 0, 7)]);
    await expectExact();
  });

  test('a log that is read again from its beginning changes nothing', async () => {
    await open(4);
    await inBatches(startProcess(), 0, 5);
    await inBatches(startProcess(), 0, 3);
    await expectExact();
  });

  test('an event that a producer wrote twice is kept once, at its first place', async () => {
    await open(2);
    const twice = asLogged([...records, ...records]);
    await startProcess().projector.project(twice.slice(0, 8));
    await startProcess().projector.project(twice.slice(8));
    const kept = await startProcess().events.read(0, null, 1000);
    expect(kept.map(({ position, key, value }) => ({ position, key, value }))).toEqual(
      logged.map(({ position, key, value }) => ({ position, key, value })),
    );
  });

  test('what is kept is read in portions that cut no record', async () => {
    await open(4);
    const { events } = startProcess();
    await events.keep(logged);
    const read: LogRecord[] = [];
    for (let after: number | null = null; ; after = read[read.length - 1]?.position ?? null) {
      const portion = await events.read(0, after, 4);
      if (portion.length === 0) break;
      read.push(...portion);
    }
    expect(read).toEqual(logged);
    expect(await events.read(1, null, 4)).toEqual([]);
  });

  test('read models that were spoilt are as the events say after a rebuild, and the old ones are gone', async () => {
    await open(5);
    const live = startProcess();
    await inBatches(live, 0, 6);
    await link.db.collection('rollups_1').deleteMany({});
    await link.db.collection('invocations_1').updateMany({}, { $set: { 'latest.status': 'failed' } });
    expect(await rebuild()).toBe(true);
    await expectExact();
    expect(await live.generations.live()).toBe(2);
    const names = (await link.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('_1'))).toEqual([]);
  });

  test('a rebuild while the projection goes on loses nothing and counts nothing twice', async () => {
    await open(20);
    const [a, b] = [startProcess(), startProcess()];
    const rest = inBatches(a, 0, 3).then(() => inBatches(b, 30, 7));
    await Promise.all([rest, rebuild()]);
    await expectExact();
  });

  test('what was projected before the switch and had no batch after it is in the new read models', async () => {
    await open(6);
    const live = startProcess();
    await live.projector.project(logged.slice(0, 9));
    const { generations } = startProcess();
    // Just before it is shown, the rest comes and is folded into the old one.
    const show: ViewGenerations['show'] = async (next, before) => {
      await live.projector.project(logged.slice(9));
      return generations.show(next, before);
    };
    expect(await rebuild({ ...generations, show })).toBe(true);
    await expectExact();
  });

  test('of two rebuilds at once one is shown and the other leaves nothing behind', async () => {
    await open(3);
    await inBatches(startProcess(), 0, 4);
    const shown = await Promise.all([rebuild(), rebuild()]);
    expect(shown.filter((yes) => yes)).toHaveLength(1);
    await expectExact();
    const names = (await link.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    expect(names.filter((name) => /^invocations_/.test(name))).toHaveLength(1);
  });

  function rebuild(generations = startProcess().generations): Promise<boolean> {
    const { events } = startProcess();
    const projectorOn = (views: ReturnType<ViewGenerations['writer']>) =>
      projectorOver(views, store, [ladder], seal.hash);
    return rebuildBeside({ events, generations, projectorOn, readersLeaveMs: 20 });
  }
});
