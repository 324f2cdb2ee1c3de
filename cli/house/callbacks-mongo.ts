import { PROVIDER_CATALOG } from '../../providers/facts';
import type { MongoLink } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import type { CallbackStores } from './callback-stores';

/** The link is closed by whoever opened it. */
export async function openMongoCallbackStores(mongo: MongoLink, secret: string): Promise<CallbackStores> {
  const { store, histories } = await openMongoStore(mongo, { seal: createSeal(secret), catalog: PROVIDER_CATALOG });
  const events = createMongoEvents(mongo.db);
  return {
    profiles: store.callbackProfiles,
    deliveries: store.deliveries,
    flows: store.flows,
    records: store.records,
    histories,
    async heldTo(partition, position) {
      return ((await events.ends()).get(partition) ?? -1) >= position;
    },
    close: () => store.close(),
  };
}
