import { join } from 'node:path';
import { createActivities } from '../../activities/activities';
import type { Activities } from '../../activities/contract';
import type { Logger } from '../../api/deps';
import type { Ladder } from '../../core/ladder';
import type { Prices } from '../../core/prices';
import type { ProviderFacts } from '../../core/provider-facts';
import type { Log } from '../../log/contract';
import type { Envelope } from '../../log/sqlite/closed-values';
import { SqliteHistories } from '../../log/sqlite/histories';
import { SqliteLog } from '../../log/sqlite/log';
import type { AccountRecord } from '../../providers/account-record';
import type { ProviderKind, ProviderMetrics, ProviderWorld } from '../../providers/contract';
import { environmentAccounts } from '../../providers/environment';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { createGuards } from '../../providers/guarded';
import { PROVIDER_KINDS } from '../../providers/kinds';
import { createRegistry, type LiveRegistry, onlyAccount, type RegistryOptions } from '../../providers/registry';
import { openSqliteOutbox } from '../../providers/sandbox/outbox-sqlite';
import type { SandboxPart } from '../../providers/sandbox/player';
import { createSandbox, type Sandbox } from '../../providers/sandbox/sandbox';
import { createSecretPaths, type SecretPaths } from '../../providers/secret-path';
import type { References } from '../../receipts/contract';
import { createIntake } from '../../receipts/intake';
import { createReferences } from '../../receipts/reference';
import type { Mode } from '../../schemas/vocabulary';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import type { Histories, Store } from '../../store/contract';
import { createLadderSource } from '../../store/ladders';
import { createPrices } from '../../store/price-book';
import { createSeal, type Seal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createFaultReporter } from '../logger';
import type { Links } from './links';
import { openSpool, type Spool } from './spool';

export interface RoomsOptions {
  dataFolder: string;
  secret: string;
  /** Where providers find this house, without a slash at the end. */
  publicUrl: string;
  sendTimeoutSeconds: number;
  logger: Logger;
  links: Links;
  engine: 'embedded' | 'temporal';
  /** A worker sends and takes no receipts. */
  part: 'house' | 'worker';
  providerMetrics: ProviderMetrics;
  /** Told of each group that onward.db has. */
  onCommitted?(writes: number, ms: number): void;
  /** Left out: every kind that there is. */
  kinds?: readonly ProviderKind[];
  /** Where accounts are looked for; left out: this process's own. */
  env?: NodeJS.ProcessEnv;
}

/** onward.db: the journal of the embedded engine, and whatever of log and store is not on a server. */
export interface LocalFiles {
  /** The group that journal, log and store write in. */
  group: GroupCommit;
  log: SqliteLog;
}

/** What every process of the house has, whichever engine decides: log, store, providers, and the activities on them. */
export interface Rooms {
  /** Null where nothing is kept on this machine. */
  local: LocalFiles | null;
  log: Log;
  /** Null where the log is on this machine, and in a worker. */
  spool: Spool | null;
  store: Store;
  histories: Histories;
  references: References;
  intake: ReturnType<typeof createIntake>;
  sandbox: Sandbox;
  prices: Prices;
  providers: LiveRegistry;
  /** What the accounts are made from. */
  accounts: AccountsGround;
  /** Changes with the accounts, in place. */
  catalog: Catalog;
  activities: Activities;
  /** @throws when there is no such version */
  ladderOf(ref: { flowId: string; version: number; mode: Mode }): Promise<Ladder>;
  clock(): number;
  onFault(message: string, error: unknown): void;
  close(): Promise<void>;
}

export interface AccountsGround {
  kinds: readonly ProviderKind[];
  environment: readonly AccountRecord[];
  secretPath: SecretPaths;
}

type Catalog = Record<string, ProviderFacts>;

export async function openRooms(options: RoomsOptions): Promise<Rooms> {
  const { dataFolder, links, part } = options;
  const clock = Date.now;
  const onFault = createFaultReporter(options.logger);
  const seal = createSeal(options.secret);
  const references = createReferences(options.secret);
  const catalog: Catalog = { ...PROVIDER_CATALOG };

  const envelope = { seal: seal.sealReceipt, open: seal.open };
  const local = openLocal(options, envelope, onFault);
  const { store, histories } = await openStore(options, local, seal, catalog);
  const log = links.kafka ?? needed(local).log;
  const spool = links.kafka && part === 'house' ? openSpool({ dataFolder, to: links.kafka, envelope, onFault }) : null;
  const intake = createIntake({ log, spool: spool?.log ?? null, references, clock });
  const sandbox = createSandbox({
    ...(await outboxOf(options, seal)),
    deliver: (receipts) => intake.accept(receipts),
    clock,
    onFault,
  });
  const accounts = accountsGround(options, onFault);
  const { providers, closeProviders } = openProviders(options, {
    ...accounts,
    accounts: store.accounts,
    builtIn: [onlyAccount(sandbox)],
    catalog,
    world: worldOf(options, { receive: (receipts) => intake.accept(receipts), clock, onFault }),
    onFault,
  });
  // Before any run goes on: whom it goes on with has to be known.
  await providers.refresh();
  providers.start();
  const sendTimeoutMs = options.sendTimeoutSeconds * 1000;
  const prices = createPrices(store.prices, { onFault });
  const activities = createActivities({ providers, store, references, prices, sendTimeoutMs, clock, onFault });
  const ladders = createLadderSource(store.flows, catalog);

  return {
    local,
    log,
    spool,
    store,
    histories,
    references,
    intake,
    sandbox,
    providers,
    accounts,
    catalog,
    prices,
    activities,
    async ladderOf({ flowId, version, mode }) {
      const ladder = await ladders(flowId, version, mode);
      if (!ladder) throw new Error(`version ${version} of flow ${flowId} is not in the store`);
      return ladder;
    },
    clock,
    onFault,
    async close() {
      await closeProviders();
      await sandbox.close?.();
      await spool?.close();
      await log.close();
      await store.close();
      if (local && local.log !== log) await local.log.close();
      local?.group.close();
    },
  };
}

function accountsGround(options: RoomsOptions, onFault: Rooms['onFault']): AccountsGround {
  const { secret, kinds = PROVIDER_KINDS, env = process.env } = options;
  return { kinds, environment: environmentAccounts(kinds, env, onFault), secretPath: createSecretPaths(secret) };
}

/** The sandbox has no circuit breaker: what it does it was told to. */
function openProviders({ providerMetrics }: RoomsOptions, given: Omit<RegistryOptions, 'guard'>) {
  const guards = createGuards({ metrics: providerMetrics, clock: Date.now });
  const providers = createRegistry({ ...given, guard: guards.guard });
  const closeProviders = async () => {
    await providers.close();
    guards.close();
  };
  return { providers, closeProviders };
}

/** What each account's adapter is given of the house. */
function worldOf(
  { publicUrl, providerMetrics }: RoomsOptions,
  rest: Pick<ProviderWorld, 'receive' | 'clock' | 'onFault'>,
): RegistryOptions['world'] {
  return ({ provider, token }) => {
    const webhooks = `${publicUrl}/v1/receipts/${provider}`;
    const query = (ref: string | undefined) => (ref === undefined ? '' : `?ref=${encodeURIComponent(ref)}`);
    return {
      ...rest,
      callbackUrl: (ref) => webhooks + query(ref),
      secretUrl: (ref) => `${webhooks}/${token}${query(ref)}`,
      unknownCode: () => providerMetrics.unknownCode(provider),
    };
  };
}

function openLocal(
  { dataFolder, links, engine, onCommitted }: RoomsOptions,
  envelope: Envelope,
  onFault: Rooms['onFault'],
): LocalFiles | null {
  if (engine === 'temporal' && links.kafka && links.mongo) return null;
  const group = new GroupCommit(openDatabase(join(dataFolder, 'onward.db'), { durability: 'full' }), onCommitted);
  return { group, log: new SqliteLog(group, { envelope, onFault }) };
}

/** Histories stand where the store is: in MongoDB as the projection keeps them, or in the events table of this machine. */
async function openStore(
  { dataFolder, links: { mongo } }: RoomsOptions,
  local: LocalFiles | null,
  seal: Seal,
  catalog: Catalog,
): Promise<{ store: Store; histories: Histories }> {
  if (mongo) {
    const { openMongoStore } = await import('../../store/mongo/store');
    return openMongoStore(mongo, { seal, catalog });
  }
  const { group, log } = needed(local);
  const [viewsFile, callbacksFile] = [join(dataFolder, 'views.db'), join(dataFolder, 'callbacks.db')];
  const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog });
  return { store, histories: new SqliteHistories(log) };
}

async function outboxOf({ dataFolder, links: { mongo }, engine, part }: RoomsOptions, seal: Seal) {
  // Alone: one process sends and takes receipts, and its file is there after a restart.
  const alone = engine === 'embedded' && !mongo;
  const sandboxPart: SandboxPart = alone ? 'alone' : part === 'worker' ? 'sends' : 'sweeps';
  if (!mongo) {
    const outbox = openSqliteOutbox(join(dataFolder, 'sandbox.db'), { seal, watched: !alone });
    return { outbox, part: sandboxPart };
  }
  const { openMongoOutbox } = await import('../../providers/sandbox/outbox-mongo');
  return { outbox: await openMongoOutbox(mongo.db, { seal, clock: Date.now }), part: sandboxPart };
}

function needed(local: LocalFiles | null): LocalFiles {
  if (!local) throw new Error('log and store are on servers, and still a file is wanted');
  return local;
}
