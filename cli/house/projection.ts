import { join } from 'node:path';
import type { Log, LogRecord } from '../../log/contract';
import { SqliteLog } from '../../log/sqlite/log';
import type { ProjectionSteps } from '../../projection/contract';
import { createProjectionLoop, type ProjectionLoop } from '../../projection/loop';
import type { ProjectionMetrics } from '../../projection/metrics';
import { createProjector, type Projector } from '../../projection/project';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { checkpointBeside } from '../../sqlite/checkpoint';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import { openDatabase } from '../../sqlite/open';
import { createLadderSource } from '../../store/ladders';
import { createSeal } from '../../store/seal';
import { createSqliteFlows } from '../../store/sqlite/flows';
import { createSqliteRecords } from '../../store/sqlite/records';
import { STORE_MIGRATIONS } from '../../store/sqlite/schema';
import { createSqliteViews } from '../../store/sqlite/views';
import type { Links } from './links';
import { startMirror } from './mirror';
import { soon } from './soon';

/** Enough that a transaction's price is shared, few enough that a stop does not wait long. */
const BATCH_RECORDS = 1000;
const TOPIC = 'onward.events';
/** The events table of one machine has one partition. */
const PARTITION = 0;
const GROUP = 'projector';

type OnFault = (message: string, error: unknown) => void;

export interface ProjectionOptions {
  dataFolder: string;
  secret: string;
  links: Links;
  /** Whose runs are folded: where they are Temporal's, the events table of this machine has to be fed from Kafka. */
  engine: 'embedded' | 'temporal';
  metrics: ProjectionMetrics;
  onFault: OnFault;
}

export interface RunningProjection {
  /** Folds in at once what is in the log now, where it would wait for more. */
  wake(): void;
  /** Resolves once the batch in hand is written and everything of it is closed. */
  stop(): Promise<void>;
}

/** The projection on whatever log and store are in use. */
export async function startProjection(options: ProjectionOptions): Promise<RunningProjection> {
  const { links, dataFolder, secret, metrics, onFault } = options;
  const report = ({ partition, position }: LogRecord, cause: Error) =>
    onFault(`event record ${position} of partition ${partition} cannot be projected`, cause);
  if (!links.mongo) return intoFiles(options, report);
  const { openMongoProjection, renewMongoViews } = await import('./projection-mongo');
  const { folded: onFolded, caughtUp } = metrics;
  const projection = openMongoProjection({ mongo: links.mongo, secret, report, onFolded });
  const { project } = metrics.watch(projection);
  // Not waited for: what is counted anew goes on beside, and a process that stops leaves it to the next.
  void renewMongoViews({ mongo: links.mongo, secret, report }).catch((error) =>
    onFault('the read models are built anew at the next start', error),
  );
  if (links.kafka) return fromKafka(links.kafka, { project }, onFault);
  const { log, close, checkpoint } = openEvents(dataFolder);
  const from = await projection.position(PARTITION);
  return looping(stepsOver({ log, project, from, close, checkpoint, caughtUp }), onFault);
}

async function intoFiles(options: ProjectionOptions, report: ProjectorReport): Promise<RunningProjection> {
  const { dataFolder, secret, links, engine, metrics, onFault } = options;
  const mirror = links.kafka && engine === 'temporal' ? startMirror(dataFolder, links.kafka, onFault) : null;
  const loop = looping(await composeProjector({ dataFolder, secret, report, metrics }), onFault);
  return {
    wake: loop.wake,
    async stop() {
      await mirror?.stop();
      await loop.stop();
    },
  };
}

type ProjectorReport = (record: LogRecord, cause: Error) => void;

function looping(steps: ProjectionSteps, onFault: OnFault): RunningProjection {
  const loop: ProjectionLoop = createProjectionLoop(steps, (error) => onFault('the projection will try again', error));
  return {
    wake: () => loop.wake(),
    async stop() {
      loop.stop();
      await loop.done;
      await steps.close();
    },
  };
}

function fromKafka(kafka: Log, { project }: Projector, onFault: OnFault): RunningProjection {
  const subscription = kafka.subscribe(TOPIC, GROUP, async (records) => {
    await project(records);
  });
  return { wake() {}, ...soon(subscription, onFault) };
}

export function openEvents(dataFolder: string) {
  const journalFile = join(dataFolder, 'onward.db');
  const group = new GroupCommit(openDatabase(journalFile, { durability: 'full' }));
  const log = new SqliteLog(group);
  return {
    group,
    log,
    checkpoint: () => checkpointBeside(group.db, journalFile),
    async close() {
      await log.close();
      group.close();
    },
  };
}

interface Reading extends Projector {
  log: SqliteLog;
  /** Null: from the first record on. */
  from: number | null;
  checkpoint(): void;
  /** There is nothing more to be read now. */
  caughtUp?(): void;
  close(): Promise<void>;
}

/** Reads the events table of this machine from a position on, batch by batch. */
function stepsOver({ log, project, from, checkpoint, caughtUp, close }: Reading): ProjectionSteps {
  let position = from ?? 0;
  return {
    async step() {
      const records = await log.read(TOPIC, PARTITION, position, BATCH_RECORDS);
      const last = records[records.length - 1];
      if (!last) {
        caughtUp?.();
        return false;
      }
      await project(records);
      position = last.position;
      return true;
    },
    checkpoint,
    close,
  };
}

export interface ProjectorOptions {
  dataFolder: string;
  /** The read model's file within the folder. */
  viewsName?: string;
  secret: Buffer | string;
  report: ProjectorReport;
  /** Left out where what is folded happened long ago. */
  metrics?: ProjectionMetrics;
}

/** The projection of one machine on connections of its own; its position stands in views.db, with what it led to. */
export async function composeProjector(options: ProjectorOptions): Promise<ProjectionSteps> {
  const { dataFolder, viewsName = 'views.db', secret, report, metrics } = options;
  const { group, log, close, checkpoint } = openEvents(dataFolder);
  migrate(group.db, 'store', STORE_MIGRATIONS);
  const views = createSqliteViews(join(dataFolder, viewsName));
  const seal = createSeal(secret);
  const projector = createProjector({
    views,
    records: createSqliteRecords(group, seal),
    ladders: createLadderSource(createSqliteFlows(group.db), PROVIDER_CATALOG),
    hash: seal.hash,
    report,
    onFolded: metrics?.folded,
  });
  return stepsOver({
    log,
    project: (metrics?.watch(projector) ?? projector).project,
    caughtUp: metrics?.caughtUp,
    from: await views.position(PARTITION),
    checkpoint,
    async close() {
      await close();
      await views.close();
    },
  });
}
