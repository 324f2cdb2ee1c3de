import { renewMongoViews } from '../../cli/house/projection-mongo';
import { createKeptProjector } from '../../projection/project-kept';
import type { ViewWriter } from '../../store/contract';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoGenerations } from '../../store/mongo/generations';
import { openMongoStore } from '../../store/mongo/store';
import { viewEdition } from '../../store/mongo/view-edition';
import { createSeal } from '../../store/seal';
import { sumsOf } from '../conformance/store-rollup-sums';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';
import { asLogged, projectorOver, publishSample, rollupsOf, withoutZeros } from '../support/projected-runs';
import { fallbackRun, sampleRecord } from '../support/sample-runs';

const T0 = 1_700_000_000_000;
const secret = 'a secret';
const seal = createSeal(secret);

describeWithMongo('read models of the last release', (server) => {
  let link: MongoLink;
  beforeEach(async () => {
    link = await connectMongo(server.urlOf(freshName()));
  });
  afterEach(async () => {
    await link.db.dropDatabase();
    await link.close();
  });
  const renew = () =>
    renewMongoViews({
      ...{ mongo: link, secret, readersLeaveMs: 20 },
      report: (_, cause) => {
        throw cause;
      },
    });

  /** Two runs, folded in and counted by the hour, as that release did. */
  async function lastRelease() {
    const { store } = await openMongoStore(link, { seal, catalog: {} });
    const ladder = await publishSample(store, 'a', 'wf_a', T0);
    const records = ['inv_1', 'inv_2'].flatMap((id) => fallbackRun(id, ladder, T0));
    for (const id of ['inv_1', 'inv_2']) await store.records.put(sampleRecord(id, ladder));
    const generations = createMongoGenerations(link.db);
    const projectorOn = (views: ViewWriter) => projectorOver(views, store, [ladder], seal.hash);
    const events = createMongoEvents(link.db);
    await createKeptProjector({ events, generations, projectorOn }).project(asLogged(records));
    for (const old of await link.db.collection('rollups_1').find({}).toArray()) {
      const { country: _, ...rest } = old;
      const hour = rest.hour - (rest.hour % 3_600_000);
      const {
        reckoned: _r,
        allAtOnceMicros: _a,
        smsOnlyMicros: _s,
        smsOnlyCostMicros: _c,
        ...counts
      } = rest.folded.counts;
      await link.db.collection('rollups_1').deleteOne({ _id: old._id });
      await link.db.collection<Record<string, unknown> & { _id: string }>('rollups_1').insertOne({
        ...rest,
        _id: JSON.stringify([rest.mode, rest.flowId, 1, rest.step, rest.channel, hour, 0]),
        ...{ hour, folded: { ...rest.folded, counts } },
      });
    }
    await link.db.collection('marks').deleteMany({ name: 'views_edition' });
    return { ladder, records };
  }
  const found = async () => {
    const { store } = await openMongoStore(link, { seal, catalog: {} });
    return withoutZeros(await store.rollups.find({ mode: 'test' }));
  };

  test('are built anew once, by slot and with what sending otherwise would have cost', async () => {
    const { records } = await lastRelease();
    expect(await viewEdition(link.db)).toBe('outdated');
    await renew();
    expect(await viewEdition(link.db)).toBe('current');
    const { flowId } = records[0] ?? {};
    const rollups = await found();
    expect(rollups.find(({ key }) => key.step === '')).toMatchObject({
      key: { flowId, country: '' },
      counts: { accepted: 2, reckoned: 2, succeeded: 2 },
    });
    expect(await createMongoGenerations(link.db).live()).toBe(2);
    await renew();
    expect(await createMongoGenerations(link.db).live()).toBe(2);
  });

  test('stay where retention has removed what they were made from, and are read and counted on', async () => {
    const { ladder, records } = await lastRelease();
    const before = await found();
    expect(before.length).toBeGreaterThan(0);
    await link.db.collection('events').deleteMany({ invocationId: 'inv_1' });
    expect(await viewEdition(link.db)).toBe('kept');
    await renew();
    expect(await createMongoGenerations(link.db).live()).toBe(1);
    expect(await found()).toEqual(before);
    const { store } = await openMongoStore(link, { seal, catalog: {} });
    const generations = createMongoGenerations(link.db);
    const more = fallbackRun('inv_3', ladder, T0);
    await store.records.put(sampleRecord('inv_3', ladder));
    const projector = projectorOver(generations.writer(1), store, [ladder], seal.hash);
    await projector.project(asLogged([...records, ...more]).slice(records.length));
    const bounds = [T0 - (T0 % 86_400_000), T0 + 86_400_000 - (T0 % 86_400_000)];
    const sums = await sumsOf(store, { mode: 'test', bounds, byCountry: false, latencies: false });
    expect(sums.find(({ step }) => step === '')?.counts).toMatchObject({ accepted: 3, reckoned: 1, succeeded: 3 });
    expect(rollupsOf(more, [ladder]).length).toBe(3);
  });

  test('that have nothing in them yet are of this release', async () => {
    expect(await viewEdition(link.db)).toBe('current');
  });
});
