import { type Migration, migrate } from '../../sqlite/migrate';
import { openDatabase, type SqliteDatabase } from '../../sqlite/open';
import { countBySlot } from './rollups-by-slot';

/**
 * The tables of views.db. Workflow, flow and key stand as numbers of `words`, mode and status as codes. What runs are
 * searched by, but for addresses, IDs and times, stands once for all that have it in common, in `facets`: see
 * invocation-search.ts.
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
  // What the facets need of a run follows from its state, so that nothing is folded anew: events may have been swept.
  `
  CREATE TABLE facets (
    number INTEGER PRIMARY KEY,
    mode INTEGER NOT NULL,
    status INTEGER NOT NULL,
    flow INTEGER NOT NULL,
    workflow INTEGER NOT NULL,
    version INTEGER NOT NULL,
    key INTEGER NOT NULL,
    late INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    reached INTEGER NOT NULL,
    reason TEXT NOT NULL
  );
  CREATE UNIQUE INDEX facets_key
    ON facets (mode, status, flow, workflow, version, key, late, duplicate, reached, reason);
  ALTER TABLE invocations ADD COLUMN facet INTEGER NOT NULL DEFAULT 0;
  DROP INDEX invocations_search;
  DROP INDEX invocations_workflow;
  DROP INDEX invocations_external;
  CREATE TABLE facts AS SELECT
      number,
      EXISTS (
        SELECT 1 FROM json_each(state, '$.steps') AS step, json_each(step.value, '$.attempts') AS attempt
        WHERE json_extract(attempt.value, '$.late') AND json_extract(attempt.value, '$.reachedAt') IS NOT NULL
      ) AS late,
      coalesce(json_extract(state, '$.duplicate'), 0) AS duplicate,
      coalesce(json_extract(state, '$.reachedStep'), -1) AS reached,
      coalesce(json_extract(state, '$.endReason'), '') AS reason
    FROM invocations WHERE mode >= 0;
  CREATE UNIQUE INDEX facts_number ON facts (number);
  INSERT INTO facets (mode, status, flow, workflow, version, key, late, duplicate, reached, reason)
    SELECT DISTINCT i.mode, i.status, i.flow, i.workflow, i.version, i.key, f.late, f.duplicate, f.reached, f.reason
    FROM facts f CROSS JOIN invocations i ON i.number = f.number;
  UPDATE invocations SET facet = (
      SELECT c.number FROM facts f CROSS JOIN facets c
        ON c.mode = invocations.mode AND c.status = invocations.status AND c.flow = invocations.flow
          AND c.workflow = invocations.workflow AND c.version = invocations.version AND c.key = invocations.key
          AND c.late = f.late AND c.duplicate = f.duplicate AND c.reached = f.reached AND c.reason = f.reason
      WHERE f.number = invocations.number
    ) WHERE mode >= 0;
  DROP TABLE facts;
  CREATE INDEX invocations_facet ON invocations (facet, created_at);
  CREATE INDEX invocations_external ON invocations (external_id, facet, created_at) WHERE external_id IS NOT NULL;
  ALTER TABLE recipients RENAME TO recipients_before;
  CREATE TABLE recipients (
    hash TEXT NOT NULL,
    facet INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (hash, facet, created_at, number)
  ) WITHOUT ROWID;
  INSERT OR IGNORE INTO recipients
    SELECT r.hash, i.facet, i.created_at, i.number
    FROM recipients_before r CROSS JOIN invocations i ON i.id = r.invocation_id;
  DROP TABLE recipients_before;
  CREATE INDEX recipients_number ON recipients (number);
  `,
  (db) => countBySlot(db, file),
];

const BUSY_MS = { migrating: 600_000, usual: 5_000 } as const;

/** Opens the read model; what a power cut takes from its end, the log gives again from the position before. */
export function openViews(file: string): SqliteDatabase {
  const db = openDatabase(file, { durability: 'normal' });
  // Nobody waits for the projection: its writer may move its own write-ahead log into the file.
  db.pragma('wal_autocheckpoint = 2000');
  // Where another process brings a large file up to date, this one waits for it.
  db.pragma(`busy_timeout = ${BUSY_MS.migrating}`);
  migrate(db, 'views', migrations(file));
  db.pragma(`busy_timeout = ${BUSY_MS.usual}`);
  return db;
}
