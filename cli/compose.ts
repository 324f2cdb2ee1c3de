import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiDeps, Logger } from '../api/deps';
import { createMetrics, type Metrics } from '../api/metrics';
import type { Engine } from '../core/engine';
import { EmbeddedEngine } from '../embedded/engine';
import { Journal } from '../embedded/journal';
import type { Log, LogRecord } from '../log/contract';
import { SqliteLog } from '../log/sqlite';
import { caughtUp } from '../projection/catch-up';
import type { ProjectionSteps } from '../projection/contract';
import { createProjector } from '../projection/project';
import { PROVIDER_CATALOG } from '../providers/facts';
import { consumeReceipts } from '../receipts/consume';
import { checkpointBeside } from '../sqlite/checkpoint';
import { GroupCommit } from '../sqlite/group-commit';
import { migrate } from '../sqlite/migrate';
import { openDatabase } from '../sqlite/open';
import { createLadderSource } from '../store/ladders';
import { createSeal } from '../store/seal';
import { createSqliteFlows } from '../store/sqlite/flows';
import { createSqliteRecords } from '../store/sqlite/records';
import { STORE_MIGRATIONS } from '../store/sqlite/schema';
import { createSqliteViews } from '../store/sqlite/views';
import { openRooms, type Rooms } from './rooms';
import type { TemporalLink } from './temporal-link';

export interface ComposeOptions {
  dataFolder: string;
  secret: string;
  publicUrl: string;
  sendTimeoutSeconds: number;
  version: string;
  logger: Logger;
  /** Where it is given the runs are Temporal's, else the embedded engine keeps them. */
  temporal: TemporalLink | null;
}

/** The house with its rooms joined: what the roles of a process are made of. */
export interface House {
  api: ApiDeps;
  engine: Engine;
  /** Null where the runs are Temporal's. */
  embedded: EmbeddedEngine | null;
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
  const rooms = openRooms({ ...options, sandboxPart: options.temporal ? 'plays' : 'alone' });
  const { log, store, intake, providers, catalog, sandbox, references, clock, onFault } = rooms;
  const metrics = createMetrics();
  const { temporal } = options;
  const embedded = temporal ? null : embeddedEngine(rooms, metrics);
  const engine = embedded ?? (await temporalEngine(rooms, temporal as TemporalLink, options.sendTimeoutSeconds));

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
  const { logger, publicUrl, version } = options;
  return {
    api: {
      engine,
      store,
      intake,
      providers,
      catalog,
      sandbox,
      logger,
      metrics,
      publicUrl,
      version,
      projected,
      temporalCodec: temporal?.codecService,
    },
    engine,
    embedded,
    log,
    group: rooms.group,
    onFault,
    hastenProjection(wake) {
      wakeProjection = wake;
    },
    async startEngine() {
      await embedded?.recover();
      consumer = await consumeReceipts({ log, engine, store, references, clock, onFault });
      if (embedded) await receiptsTaken(log);
      sandbox.resume();
      embedded?.startClock();
    },
    stopEngine,
    async close() {
      await stopEngine();
      await rooms.close();
    },
  };
}

function embeddedEngine({ group, log, activities, ladderOf, clock, onFault }: Rooms, metrics: Metrics): EmbeddedEngine {
  return new EmbeddedEngine({
    journal: new Journal(group, log),
    activities,
    ladderOf,
    clock,
    onEnded: (mode, status) => metrics.invocationEnded(status, mode),
    onFault,
  });
}

async function temporalEngine(
  { log, store, ladderOf, clock, onFault }: Rooms,
  { client, settings }: TemporalLink,
  sendTimeoutSeconds: number,
): Promise<Engine> {
  // Loaded here: on one machine alone nothing of it is needed.
  const { TemporalEngine } = await import('../temporal/engine');
  return new TemporalEngine({
    client,
    taskQueue: settings.taskQueue,
    log,
    ladderOf,
    async refOf(id) {
      const record = await store.records.get(id);
      return record && { flowId: record.flowId, version: record.flowVersion, mode: record.mode };
    },
    sendTimeoutMs: sendTimeoutSeconds * 1000,
    clock,
    onFault,
  });
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
