import { type Migration, migrate } from '../../sqlite/migrate';
import { openDatabase, type SqliteDatabase } from '../../sqlite/open';
import { countBySlot } from './rollups-by-slot';

/**
 * The tables of views.db. Workflow, flow and key stand as numbers of `words`, mode and status as codes, so that
 * invocations_search stays near 25 bytes a run: it answers every filter on these from the index alone (a scan of
 * 1,000,000 entries that finds nothing takes about 60 ms), and by its head the newest of a status at once.
 */
/** @param file of views.db */
const migrations = (file: string): readonly Migration[] => [
  `
  CREATE TABLE words (
    number INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
  );
  CREATE TABLE invocations (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    mode INTEGER NOT NULL,
    status INTEGER NOT NULL,
    flow INTEGER NOT NULL,
    workflow INTEGER NOT NULL,
    version INTEGER NOT NULL,
    key INTEGER NOT NULL,
    external_id TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL
  );
  CREATE INDEX invocations_search ON invocations (mode, status, created_at, workflow, version, key);
  CREATE INDEX invocations_workflow ON invocations (workflow, mode, created_at, version, key);
  CREATE INDEX invocations_external ON invocations (external_id, created_at) WHERE external_id IS NOT NULL;
  CREATE TABLE recipients (
    hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    invocation_id TEXT NOT NULL,
    PRIMARY KEY (hash, created_at, invocation_id)
  ) WITHOUT ROWID;
  CREATE TABLE messages (
    provider_message_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    invocation_id TEXT NOT NULL,
    step TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    PRIMARY KEY (provider_message_id, provider)
  ) WITHOUT ROWID;
  CREATE TABLE positions (
    partition INTEGER PRIMARY KEY,
    position INTEGER NOT NULL
  );
  `,
  // What was folded in without rollups is folded in anew, from the log's first record on: the whole log stands, as no
  // version before this one removed any of it. Beside a projection or a reader this is one transaction like any other.
  `
  DELETE FROM invocations;
  DELETE FROM recipients;
  DELETE FROM messages;
  DELETE FROM positions;
  CREATE INDEX invocations_ended ON invocations (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX recipients_invocation ON recipients (invocation_id);
  CREATE INDEX messages_invocation ON messages (invocation_id);
  CREATE TABLE rollups (
    number INTEGER PRIMARY KEY,
    mode INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    flow INTEGER NOT NULL,
    version INTEGER NOT NULL,
    step TEXT NOT NULL,
    channel TEXT NOT NULL,
    counts TEXT NOT NULL
  );
  CREATE UNIQUE INDEX rollups_key ON rollups (mode, hour, flow, version, step, channel);
  `,
  (db) => countBySlot(db, file),
];

/** Opens the read model; what a power cut takes from its end, the log gives again from the position before. */
export function openViews(file: string): SqliteDatabase {
  const db = openDatabase(file, { durability: 'normal' });
  // Nobody waits for the projection: its writer may move its own write-ahead log into the file.
  db.pragma('wal_autocheckpoint = 2000');
  migrate(db, 'views', migrations(file));
  return db;
}
