import type { ProviderCatalog } from '../../core/provider-facts';
import type { DeliveryStore, Histories, Store } from '../contract';
import { createLadderSource } from '../ladders';
import type { Seal } from '../seal';
import { createMongoAccounts } from './accounts';
import { createMongoAudit } from './audit';
import { createMongoCallbackProfiles } from './callback-profiles';
import type { MongoLink } from './connect';
import { createMongoConsents } from './consents';
import { createMongoDeliveries } from './deliveries';
import { createMongoHistories } from './events';
import { guarded, prompt } from './faults';
import { createMongoFlows } from './flows';
import { liveViews } from './generations';
import { createMongoIdempotency } from './idempotency';
import { createMongoInvocations } from './invocations';
import { createMongoKeys } from './keys';
import { createMongoMarks } from './marks';
import { createMongoParked } from './parked';
import { createMongoPeople } from './people';
import { createMongoPrices } from './prices';
import { createMongoReceipts } from './receipts';
import { createMongoRecords } from './records';
import { createMongoRejections } from './rejections';
import { createMongoRetention } from './retention';
import { createMongoRollups } from './rollups';
import { createMongoSavedViews } from './saved-views';
import { createMongoSessions } from './sessions';
import { createMongoSuppressions } from './suppressions';
import { createMongoTemplates } from './templates';
import { createMongoTickets } from './tickets';

export interface MongoStoreOptions {
  seal: Seal;
  catalog: ProviderCatalog;
}

/** The store on MongoDB, for any number of processes. The link is closed by whoever opened it. */
export async function openMongoStore(
  { db, unavailable }: MongoLink,
  { seal, catalog }: MongoStoreOptions,
): Promise<{ store: Store; histories: Histories }> {
  const flows = prompt(createMongoFlows(db));
  const kept = createMongoRecords(db, seal);
  const records = prompt(kept.records);
  const ladders = createLadderSource(flows, catalog);
  const live = liveViews(db);
  const store: Store = {
    flows,
    templates: prompt(createMongoTemplates(db)),
    keys: prompt(createMongoKeys(db)),
    people: prompt(createMongoPeople(db, seal)),
    sessions: prompt(createMongoSessions(db)),
    tickets: prompt(createMongoTickets(db)),
    accounts: prompt(createMongoAccounts(db, seal)),
    records,
    idempotency: prompt(createMongoIdempotency(db)),
    suppressions: prompt(createMongoSuppressions(db, seal)),
    consents: prompt(createMongoConsents(db, seal)),
    parked: prompt(createMongoParked(db, seal)),
    receipts: prompt(createMongoReceipts(db, seal)),
    invocations: prompt(createMongoInvocations(live, { seal, records, ladders })),
    rollups: prompt(createMongoRollups(live)),
    rejections: prompt(createMongoRejections(db)),
    marks: prompt(createMongoMarks(db)),
    retention: guarded(createMongoRetention(db, live, kept.forget)),
    prices: prompt(createMongoPrices(db)),
    savedViews: prompt(createMongoSavedViews(db)),
    audit: prompt(createMongoAudit(db)),
    callbackProfiles: prompt(createMongoCallbackProfiles(db, seal)),
    deliveries: deliveriesOf(createMongoDeliveries(db, seal)),
    unavailable,
    async close() {},
  };
  return { store, histories: createMongoHistories(db) };
}

/** To ask for a million again takes longer than a request waits, and is not half done when its answer is not waited for. */
function deliveriesOf(deliveries: DeliveryStore): DeliveryStore {
  const { redeliverFailed } = guarded({ redeliverFailed: deliveries.redeliverFailed });
  return { ...prompt(deliveries), redeliverFailed };
}
