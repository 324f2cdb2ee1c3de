import { connectMongo } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoGenerations } from '../../store/mongo/generations';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { describeStore } from '../conformance/store-suite';
import type { StoreUnderTest } from '../conformance/store-under-test';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';

describeWithMongo('with a server that speaks MongoDB’s protocol', (server) => {
  describeStore('the MongoDB store', () => openIn(server.urlOf(freshName())));
});

async function openIn(url: string): Promise<StoreUnderTest> {
  const link = await connectMongo(url);
  const seal = createSeal('a secret');
  const { store, histories } = await openMongoStore(link, { seal, catalog: {} });
  const generations = createMongoGenerations(link.db);
  return {
    store,
    views: generations.writer(await generations.live()),
    events: { histories, keep: createMongoEvents(link.db).keep },
    hash: seal.hash,
    async reopen() {
      await link.close();
      return openIn(url);
    },
    async close() {
      await link.db.dropDatabase();
      await link.close();
    },
  };
}
