import type { ProviderCatalog } from '../../core/provider-facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import type { Store } from '../contract';
import { createLadderSource } from '../ladders';
import type { Seal } from '../seal';
import { createSqliteAccounts } from './accounts';
import { createSqliteAudit } from './audit';
import { createSqliteCallbackProfiles } from './callback-profiles';
import { openCallbacks } from './callbacks-schema';
import { createSqliteConsents } from './consents';
import { createSqliteDeliveries } from './deliveries';
import { createSqliteFlows } from './flows';
import { guarded } from './guarded';
import { createSqliteIdempotency } from './idempotency';
import { createSqliteInvocations } from './invocations';
import { createSqliteKeys } from './keys';
import { createSqliteMarks } from './marks';
import { createSqliteParked } from './parked';
import { createSqlitePeople } from './people';
import { createSqlitePrices } from './prices';
import { createSqliteReceipts } from './receipts';
import { createSqliteRecords } from './records';
import { createSqliteRejections } from './rejections';
import { createSqliteRetention } from './retention';
import { createSqliteRollups } from './rollup-index';
import { createSqliteSavedViews } from './saved-views';
import { STORE_MIGRATIONS } from './schema';
import { createSqliteSessions } from './sessions';
import { createSqliteSuppressions } from './suppressions';
import { createSqliteTemplates } from './templates';
import { createSqliteTickets } from './tickets';
import { openViews } from './views-schema';

export interface SqliteStoreOptions {
  /** Of onward.db, shared with the log and the engine; closed by whoever opened it. */
  group: GroupCommit;
  /** Path of views.db; made where it is missing. */
  viewsFile: string;
  /** Path of callbacks.db; made where it is missing. */
  callbacksFile: string;
  seal: Seal;
  catalog: ProviderCatalog;
}

/** The store of one machine: three SQLite files. */
export function openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog }: SqliteStoreOptions): Store {
  const { db } = group;
  migrate(db, 'store', STORE_MIGRATIONS);
  const views = openViews(viewsFile);
  const sweeper = openViews(viewsFile);
  sweeper.pragma('busy_timeout = 0');
  const callbacks = new GroupCommit(openCallbacks(callbacksFile));
  const callbacksSweeper = openCallbacks(callbacksFile);
  callbacksSweeper.pragma('busy_timeout = 0');
  const flows = createSqliteFlows(db);
  const records = createSqliteRecords(group, seal);
  const ladders = createLadderSource(flows, catalog);
  const alive = [
    db.prepare('SELECT 1 FROM flows LIMIT 1'),
    views.prepare('SELECT 1 FROM positions LIMIT 1'),
    callbacks.db.prepare('SELECT 1 FROM positions LIMIT 1'),
  ];

  return {
    flows: guarded(flows),
    templates: guarded(createSqliteTemplates(db)),
    keys: guarded(createSqliteKeys(group)),
    people: guarded(createSqlitePeople(db, seal)),
    sessions: guarded(createSqliteSessions(db)),
    tickets: guarded(createSqliteTickets(db)),
    accounts: guarded(createSqliteAccounts(db, seal)),
    records,
    idempotency: createSqliteIdempotency(group),
    suppressions: guarded(createSqliteSuppressions(group, seal)),
    consents: guarded(createSqliteConsents(group, seal)),
    parked: createSqliteParked(group, seal),
    receipts: createSqliteReceipts(group, seal),
    invocations: createSqliteInvocations(views, { seal, records, ladders }),
    rollups: guarded(createSqliteRollups(views)),
    rejections: guarded(createSqliteRejections(group)),
    marks: guarded(createSqliteMarks(db)),
    retention: guarded(
      createSqliteRetention({
        group,
        views: sweeper,
        callbacks: callbacksSweeper,
        recordsGone: () => records.forget(),
      }),
    ),
    prices: guarded(createSqlitePrices(db)),
    savedViews: guarded(createSqliteSavedViews(db)),
    audit: guarded(createSqliteAudit(group)),
    callbackProfiles: guarded(createSqliteCallbackProfiles(db, seal)),
    deliveries: guarded(createSqliteDeliveries(callbacks, seal)),
    async unavailable() {
      try {
        for (const statement of alive) statement.get([]);
        return null;
      } catch (error) {
        return `the database does not answer: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
    async close() {
      for (const file of [views, sweeper, callbacksSweeper]) if (file.open) file.close();
      callbacks.close();
    },
  };
}
