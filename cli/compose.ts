import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createActivities } from '../activities/activities';
import type { ApiDeps, Logger } from '../api/deps';
import { faultOf } from '../api/fault';
import { createMetrics } from '../api/metrics';
import { EmbeddedEngine } from '../embedded/engine';
import { Journal } from '../embedded/journal';
import type { Log, LogRecord } from '../log/contract';
import { SqliteLog } from '../log/sqlite';
import { caughtUp } from '../projection/catch-up';
import type { ProjectionSteps } from '../projection/contract';
import { createProjector } from '../projection/project';
import { PROVIDER_CATALOG } from '../providers/facts';
import { openOutbox } from '../providers/sandbox/outbox';
import { createSandbox } from '../providers/sandbox/sandbox';
import { consumeReceipts } from '../receipts/consume';
import { createIntake } from '../receipts/intake';
import { createReferences } from '../receipts/reference';
import { checkpointBeside } from '../sqlite/checkpoint';
import { GroupCommit } from '../sqlite/group-commit';
import { migrate } from '../sqlite/migrate';
import { openDatabase } from '../sqlite/open';
import { createLadderSource } from '../store/ladders';
import { createSeal } from '../store/seal';
import { createSqliteFlows } from '../store/sqlite/flows';
import { createSqliteRecords } from '../store/sqlite/records';
import { STORE_MIGRATIONS } from '../store/sqlite/schema';
import { openSqliteStore } from '../store/sqlite/store';
import { createSqliteViews } from '../store/sqlite/views';

export interface ComposeOptions {
  dataFolder: string;
  secret: string;
  publicUrl: string;
  sendTimeoutSeconds: number;
  version: string;
  logger: Logger;
}

/** The house with its rooms joined: what the roles of a process are made of. */
export interface House {
  api: ApiDeps;
  engine: EmbeddedEngine;
  log: SqliteLog;
  /** The group that the journal, the log and the store write in. */
  group: GroupCommit;
  onFault(message: string, error: unknown): void;
  /** Says how to hasten the projection where it runs in this process. */
  hastenProjection(wake: () => void): void;
  /** Reads what was open, takes the receipts that waited in the log, and only then lets deadlines fire. */
  startEngine(): Promise<void>;
  /** Takes no more work, finishes the sends in hand, answers those who wait. What is stored can still be read. */
  stopEngine(): Promise<void>;
  /** Stops the engine, flushes, closes the files. */
  close(): Promise<void>;
}

/** The composition root: the one place that knows which adapter stands behind which contract. */
export async function compose(options: ComposeOptions): Promise<House> {
  const file = (name: string) => join(options.dataFolder, name);
  const clock = Date.now;
  const onFault = (message: string, error: unknown) => options.logger.error({ err: faultOf(error) }, message);
  const seal = createSeal(options.secret);
  const references = createReferences(options.secret);
  const catalog = PROVIDER_CATALOG;
  const metrics = createMetrics();

  const group = new GroupCommit(openDatabase(file('onward.db'), { durability: 'full' }));
  const log = new SqliteLog(group, { onFault });
  const store = openSqliteStore({ group, viewsFile: file('views.db'), seal, catalog });
  const intake = createIntake({ log, references, clock });
  const outbox = openOutbox(file('sandbox.db'), seal);
  const sandbox = createSandbox({ outbox, deliver: (receipts) => intake.accept(receipts), clock, onFault });
  const providers = new Map([['sandbox', sandbox]]);
  const activities = createActivities({
    providers,
    store,
    references,
    sendTimeoutMs: options.sendTimeoutSeconds * 1000,
    clock,
    onFault,
  });
  const ladders = createLadderSource(store.flows, catalog);
  const engine = new EmbeddedEngine({
    journal: new Journal(group, log),
    activities,
    async ladderOf({ flowId, version, mode }) {
      const ladder = await ladders(flowId, version, mode);
      if (!ladder) throw new Error(`version ${version} of flow ${flowId} is not in the store`);
      return ladder;
    },
    clock,
    onEnded: (mode, status) => metrics.invocationEnded(status, mode),
    onFault,
  });

  let wakeProjection: () => void = () => {};
  const projected = () =>
    caughtUp({
      lastPosition: () => log.lastPosition('onward.events'),
      foldedTo: () => store.invocations.foldedTo(PARTITION),
      wake: () => wakeProjection(),
    });
  let consumer: { stop(): Promise<void> } | null = null;
  const stopEngine = async () => {
    // First: an engine that is stopping refuses receipts, and they would be taken for faults.
    await consumer?.stop();
    consumer = null;
    await engine.close();
  };
  return {
    api: {
      engine,
      store,
      intake,
      providers,
      catalog,
      sandbox,
      logger: options.logger,
      metrics,
      publicUrl: options.publicUrl,
      version: options.version,
      projected,
    },
    engine,
    log,
    group,
    onFault,
    hastenProjection(wake) {
      wakeProjection = wake;
    },
    async startEngine() {
      await engine.recover();
      consumer = await consumeReceipts({ log, engine, store, references, clock, onFault });
      await receiptsTaken(log);
      sandbox.resume();
      engine.startClock();
    },
    stopEngine,
    async close() {
      await stopEngine();
      await sandbox.close?.();
      await log.close();
      await store.close();
      group.close();
    },
  };
}

const CATCH_UP = { patienceMs: 10_000, lookEveryMs: 20 } as const;

/** A receipt that was acknowledged before the stop goes before the deadline that passed during it. */
async function receiptsTaken(log: SqliteLog): Promise<void> {
  const until = Date.now() + CATCH_UP.patienceMs;
  while (Date.now() < until) {
    const lags = await log.lag();
    if (lags.every((lag) => lag.topic !== 'onward.receipts' || lag.records === 0)) return;
    await pause(CATCH_UP.lookEveryMs);
  }
}

/** Enough that a transaction's price is shared, few enough that a stop does not wait long. */
const BATCH_RECORDS = 1000;
const TOPIC = 'onward.events';
/** The SQLite log has one partition. */
const PARTITION = 0;

export interface ProjectorOptions {
  dataFolder: string;
  /** The read model's file within the folder. */
  viewsName?: string;
  secret: Buffer | string;
  report(record: LogRecord, cause: Error): void;
}

/** The projection of one machine on connections of its own; its position stands in views.db, with what it led to. */
export async function composeProjector(options: ProjectorOptions): Promise<ProjectionSteps> {
  const { dataFolder, viewsName = 'views.db', secret, report } = options;
  const journalFile = join(dataFolder, 'onward.db');
  const group = new GroupCommit(openDatabase(journalFile, { durability: 'full' }));
  const log: Log = new SqliteLog(group);
  migrate(group.db, 'store', STORE_MIGRATIONS);
  const views = createSqliteViews(join(dataFolder, viewsName));
  const seal = createSeal(secret);
  const projector = createProjector({
    views,
    records: createSqliteRecords(group, seal),
    ladders: createLadderSource(createSqliteFlows(group.db), PROVIDER_CATALOG),
    hash: seal.hash,
    report,
  });
  let position = (await views.position(PARTITION)) ?? 0;

  return {
    async step() {
      const records = await log.read(TOPIC, PARTITION, position, BATCH_RECORDS);
      const last = records[records.length - 1];
      if (!last) return false;
      await projector.project(records);
      position = last.position;
      return true;
    },
    checkpoint: () => checkpointBeside(group.db, journalFile),
    async close() {
      await log.close();
      group.close();
      await views.close();
    },
  };
}
