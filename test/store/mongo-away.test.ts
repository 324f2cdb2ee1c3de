import { StoreUnavailable } from '../../store/contract';
import { connectMongo } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoGenerations } from '../../store/mongo/generations';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { describeWithMongoProcess } from '../support/mongo-server';
import { asLogged } from '../support/projected-runs';
import { fallbackRun, sampleLadder, sampleRecord } from '../support/sample-runs';

const T0 = 1_700_000_000_000;
/** A request is to be answered while its caller is there. */
const ANSWERED_WITHIN_MS = 5_200;

describeWithMongoProcess('a MongoDB server that goes away', (start) => {
  test('makes every request, and the projection, StoreUnavailable in time', async () => {
    const server = await start();
    const link = await connectMongo(`${server.url}away`);
    const { store, histories } = await openMongoStore(link, { seal: createSeal('a secret'), catalog: {} });
    const ladder = sampleLadder();
    await store.records.put(sampleRecord('inv_1', ladder));
    const claim = await store.idempotency.claim('key_1', 'a', 'body', T0);
    if (claim.kind !== 'new') throw new Error(claim.kind);
    await server.kill();

    const startedAt = performance.now();
    const attempts = await Promise.allSettled([
      store.flows.get('wf_a'),
      store.records.put(sampleRecord('inv_2', ladder)),
      store.idempotency.claim('key_1', 'b', 'body', T0),
      claim.settle('inv_1'),
      store.parked.park('{}', 0, T0, null),
      histories.of('inv_1'),
      createMongoEvents(link.db).keep(asLogged(fallbackRun('inv_1', ladder, T0))),
      createMongoGenerations(link.db).writer(1).position(0),
    ]);
    const reasons = attempts.map((one) => (one.status === 'rejected' ? one.reason : 'it resolved'));
    for (const reason of reasons) expect(reason).toBeInstanceOf(StoreUnavailable);
    expect(await store.unavailable()).toMatch(/^MongoDB does not answer/);
    expect(performance.now() - startedAt).toBeLessThan(ANSWERED_WITHIN_MS + 2_000);
    await link.close();
  });
});
