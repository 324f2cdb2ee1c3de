/**
 * The store's tables in onward.db. What was released is never changed, only added to. Times in ms since 1970; in a
 * list, rows stand newest first by (created_at, id).
 */
export const STORE_MIGRATIONS = [
  `
  CREATE TABLE flows (
    id TEXT PRIMARY KEY,
    workflow_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    draft TEXT NOT NULL,
    draft_revision INTEGER NOT NULL,
    published_version INTEGER,
    latest_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  );
  CREATE INDEX flows_newest ON flows (created_at, id);
  CREATE TABLE flow_versions (
    flow_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    workflow_id TEXT NOT NULL,
    definition TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    rollback_of INTEGER,
    PRIMARY KEY (flow_id, version)
  );
  CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX templates_newest ON templates (created_at, id);
  CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    mode TEXT NOT NULL,
    hint TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX api_keys_newest ON api_keys (created_at, id);
  CREATE TABLE invocation_records (
    id TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE idempotency (
    day INTEGER NOT NULL,
    key BLOB NOT NULL,
    body_hash TEXT NOT NULL,
    invocation_id TEXT NOT NULL,
    settled_at INTEGER NOT NULL,
    PRIMARY KEY (day, key)
  ) WITHOUT ROWID;
  CREATE TABLE suppressions (
    id TEXT PRIMARY KEY,
    mode TEXT NOT NULL,
    channel TEXT NOT NULL,
    address_hash TEXT NOT NULL,
    address_hint TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX suppressions_address ON suppressions (mode, address_hash, channel);
  CREATE INDEX suppressions_newest ON suppressions (mode, created_at, id);
  CREATE TABLE consents (
    mode TEXT NOT NULL,
    recipient_hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    granted INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (recipient_hash, purpose, channel, mode)
  ) WITHOUT ROWID;
  CREATE TABLE parked_receipts (
    id INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER NOT NULL
  );
  CREATE INDEX parked_receipts_due ON parked_receipts (due_at, id);
  `,
  'CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  'CREATE TABLE price_tables (revision INTEGER PRIMARY KEY, rows TEXT NOT NULL, made_at INTEGER NOT NULL)',
  `
  CREATE TABLE provider_accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    per_second REAL,
    settings TEXT NOT NULL,
    credentials BLOB NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  );
  CREATE INDEX provider_accounts_newest ON provider_accounts (created_at, id);
  `,
  `
  CREATE TABLE callback_profiles (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    types TEXT,
    format TEXT NOT NULL,
    sealed BLOB NOT NULL,
    enabled INTEGER NOT NULL,
    disabled_reason TEXT,
    failing_since INTEGER,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  );
  CREATE INDEX callback_profiles_newest ON callback_profiles (created_at, id);
  `,
  // A receipt is text where it holds no address, and sealed bytes where it may.
  `
  CREATE TABLE kept_receipts (
    invocation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    receipt BLOB NOT NULL,
    PRIMARY KEY (invocation_id, id)
  ) WITHOUT ROWID;
  ALTER TABLE parked_receipts ADD COLUMN source TEXT;
  `,
  `
  CREATE TABLE rejections (
    mode TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    version INTEGER NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (mode, flow_id, hour, version, reason)
  ) WITHOUT ROWID;
  CREATE INDEX rejections_hour ON rejections (mode, hour);
  `,
  // People by a keyed hash of their address; sessions and links by the SHA-256 of their tokens.
  `
  CREATE TABLE people (
    id TEXT PRIMARY KEY,
    email_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    active_since INTEGER,
    last_seen_at INTEGER
  );
  CREATE INDEX people_newest ON people (created_at, id);
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sessions_person ON sessions (person_id);
  CREATE TABLE tickets (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    person_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX tickets_person ON tickets (person_id, kind);
  `,
  // Lists and actors stand as JSON.
  `
  CREATE TABLE saved_views (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    page TEXT NOT NULL,
    search TEXT NOT NULL,
    shared INTEGER NOT NULL,
    owner_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX saved_views_newest ON saved_views (created_at, id);
  CREATE INDEX saved_views_owner ON saved_views (owner_id);
  ALTER TABLE api_keys ADD COLUMN flows TEXT;
  ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;
  ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
  ALTER TABLE api_keys ADD COLUMN old_hash TEXT;
  ALTER TABLE api_keys ADD COLUMN old_hint TEXT;
  ALTER TABLE api_keys ADD COLUMN old_until INTEGER;
  ALTER TABLE api_keys ADD COLUMN created_by TEXT;
  CREATE UNIQUE INDEX api_keys_old_hash ON api_keys (old_hash);
  CREATE TABLE audit (
    at INTEGER NOT NULL,
    id TEXT NOT NULL,
    done INTEGER NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    area TEXT NOT NULL,
    action TEXT NOT NULL,
    resource_kind TEXT NOT NULL,
    resource_id TEXT,
    before TEXT,
    after TEXT,
    outcome TEXT,
    status INTEGER,
    request_id TEXT NOT NULL,
    PRIMARY KEY (at, id, done)
  ) WITHOUT ROWID;
  CREATE INDEX audit_who ON audit (by_id, at, id, done);
  CREATE INDEX audit_resource ON audit (resource_id, at, id, done);
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
  CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
  `,
];

/** Stands for “every channel” in keys: NULLs are all different in a unique index. */
export const EVERY_CHANNEL = '';
