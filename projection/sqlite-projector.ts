import { join } from 'node:path';
import type { ProviderCatalog } from '../core/provider-facts';
import type { Log, LogRecord } from '../log/contract';
import { SqliteLog } from '../log/sqlite';
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
import { createProjector } from './project';

/** Enough that a transaction's price is shared, few enough that a stop does not wait long. */
const BATCH_RECORDS = 1000;
const TOPIC = 'onward.events';
/** The SQLite log has one partition. */
const PARTITION = 0;

export interface SqliteProjectorOptions {
  dataFolder: string;
  /** The read model's file within the folder. */
  viewsName?: string;
  secret: Buffer | string;
  catalog: ProviderCatalog;
  report(record: LogRecord, cause: Error): void;
}

export interface SqliteProjector {
  /** Folds the next batch in; false when there was nothing new. */
  step(): Promise<boolean>;
  /** Moves onward.db's write-ahead log on, where that is worth it. */
  checkpoint(): void;
  close(): Promise<void>;
}

/** The projection of one machine on connections of its own; its position stands in views.db, with what it led to. */
export async function openSqliteProjector(options: SqliteProjectorOptions): Promise<SqliteProjector> {
  const { dataFolder, viewsName = 'views.db', secret, catalog, report } = options;
  const journalFile = join(dataFolder, 'onward.db');
  const group = new GroupCommit(openDatabase(journalFile, { durability: 'full' }));
  const log: Log = new SqliteLog(group);
  migrate(group.db, 'store', STORE_MIGRATIONS);
  const views = createSqliteViews(join(dataFolder, viewsName));
  const seal = createSeal(secret);
  const projector = createProjector({
    views,
    records: createSqliteRecords(group, seal),
    ladders: createLadderSource(createSqliteFlows(group.db), catalog),
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
