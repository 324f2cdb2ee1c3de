import { join } from 'node:path';
import { createActivities } from '../activities/activities';
import type { Activities } from '../activities/contract';
import type { Logger } from '../api/deps';
import { faultOf } from '../api/fault';
import type { Ladder } from '../core/ladder';
import type { ProviderCatalog } from '../core/provider-facts';
import { SqliteLog } from '../log/sqlite';
import type { ProviderRegistry } from '../providers/contract';
import { PROVIDER_CATALOG } from '../providers/facts';
import { openOutbox } from '../providers/sandbox/outbox';
import { createSandbox, type Sandbox, type SandboxPart } from '../providers/sandbox/sandbox';
import type { ReceiptIntake, References } from '../receipts/contract';
import { createIntake } from '../receipts/intake';
import { createReferences } from '../receipts/reference';
import type { Mode } from '../schemas/vocabulary';
import { GroupCommit } from '../sqlite/group-commit';
import { openDatabase } from '../sqlite/open';
import type { Store } from '../store/contract';
import { createLadderSource } from '../store/ladders';
import { createSeal } from '../store/seal';
import { openSqliteStore } from '../store/sqlite/store';

export interface RoomsOptions {
  dataFolder: string;
  secret: string;
  sendTimeoutSeconds: number;
  logger: Logger;
  sandboxPart: SandboxPart;
}

/** What every process of the house has, whichever engine decides: log, store, providers, and the activities on them. */
export interface Rooms {
  /** The group that journal, log and store write in. */
  group: GroupCommit;
  log: SqliteLog;
  store: Store;
  references: References;
  intake: ReceiptIntake;
  sandbox: Sandbox;
  providers: ProviderRegistry;
  catalog: ProviderCatalog;
  activities: Activities;
  /** @throws when there is no such version */
  ladderOf(ref: { flowId: string; version: number; mode: Mode }): Promise<Ladder>;
  clock(): number;
  onFault(message: string, error: unknown): void;
  close(): Promise<void>;
}

export function openRooms(options: RoomsOptions): Rooms {
  const file = (name: string) => join(options.dataFolder, name);
  const clock = Date.now;
  const onFault = (message: string, error: unknown) => options.logger.error({ err: faultOf(error) }, message);
  const seal = createSeal(options.secret);
  const references = createReferences(options.secret);
  const catalog = PROVIDER_CATALOG;

  const group = new GroupCommit(openDatabase(file('onward.db'), { durability: 'full' }));
  const log = new SqliteLog(group, { onFault });
  const store = openSqliteStore({ group, viewsFile: file('views.db'), seal, catalog });
  const intake = createIntake({ log, references, clock });
  const outbox = openOutbox(file('sandbox.db'), seal);
  const deliver = intake.accept;
  const sandbox = createSandbox({ outbox, part: options.sandboxPart, deliver, clock, onFault });
  const providers = new Map([['sandbox', sandbox]]);
  const sendTimeoutMs = options.sendTimeoutSeconds * 1000;
  const activities = createActivities({ providers, store, references, sendTimeoutMs, clock, onFault });
  const ladders = createLadderSource(store.flows, catalog);

  return {
    group,
    log,
    store,
    references,
    intake,
    sandbox,
    providers,
    catalog,
    activities,
    async ladderOf({ flowId, version, mode }) {
      const ladder = await ladders(flowId, version, mode);
      if (!ladder) throw new Error(`version ${version} of flow ${flowId} is not in the store`);
      return ladder;
    },
    clock,
    onFault,
    async close() {
      await sandbox.close?.();
      await log.close();
      await store.close();
      group.close();
    },
  };
}
