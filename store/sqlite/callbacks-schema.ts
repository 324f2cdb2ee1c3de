import { CALLBACK_TYPES, type CallbackType } from '../../schemas/callback';
import { migrate } from '../../sqlite/migrate';
import { openDatabase, type SqliteDatabase } from '../../sqlite/open';
import type { Delivery } from '../contract';

/**
 * The tables of callbacks.db. `due_at` stands only at the one delivery of a profile and invocation whose turn it is, so
 * that deliveries_due has what may be claimed and nothing else; while it is claimed, `leased` is 1 and `due_at` is the
 * lease's end. A body is written once, and stands apart from what changes. `pending` of a profile is counted along, by
 * triggers: to count a million takes longer than a deliverer has.
 */
const MIGRATIONS = [
  `
  CREATE TABLE profiles (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    pending INTEGER NOT NULL
  );
  CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    profile INTEGER NOT NULL,
    invocation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    type INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    status INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER,
    leased INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    response_code INTEGER,
    settled_at INTEGER
  );
  CREATE TRIGGER deliveries_added AFTER INSERT ON deliveries WHEN new.status = 0 BEGIN
    UPDATE profiles SET pending = pending + 1 WHERE number = new.profile;
  END;
  CREATE TRIGGER deliveries_settled AFTER UPDATE OF status ON deliveries
  WHEN (new.status = 0) <> (old.status = 0) BEGIN
    UPDATE profiles SET pending = pending + iif(new.status = 0, 1, -1) WHERE number = new.profile;
  END;
  CREATE INDEX deliveries_due ON deliveries (profile, due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX deliveries_run ON deliveries (invocation_id, profile, seq) WHERE invocation_id <> '';
  CREATE INDEX deliveries_list ON deliveries (profile, status, created_at, type);
  CREATE TABLE bodies (
    number INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
  );
  CREATE TABLE attempts (
    delivery INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    response_code INTEGER,
    sealed BLOB NOT NULL,
    PRIMARY KEY (delivery, number)
  ) WITHOUT ROWID;
  CREATE TABLE positions (
    partition INTEGER PRIMARY KEY,
    position INTEGER NOT NULL
  );
  `,
];

/** Written in files: a code never changes its meaning. */
export const DELIVERY_CODES = { pending: 0, delivered: 1, failed: 2 } as const satisfies Record<
  Delivery['status'],
  number
>;

/** Written in files: a code never changes its meaning. */
const TYPE_CODES = {
  'invocation.started': 0,
  'step.advanced': 1,
  'attempt.updated': 2,
  'invocation.succeeded': 3,
  'invocation.failed': 4,
  'invocation.cancelled': 5,
  'invocation.expired': 6,
  'invocation.late_delivered': 7,
  'callback_profile.disabled': 8,
} as const satisfies Record<CallbackType, number>;

const TYPES_BY_CODE = new Map<number, CallbackType>(CALLBACK_TYPES.map((type) => [TYPE_CODES[type], type]));

export function codeOfType(type: CallbackType): number {
  return TYPE_CODES[type];
}

export function typeOfCode(code: number): CallbackType {
  const type = TYPES_BY_CODE.get(code);
  if (type === undefined) throw new Error(`callbacks.db has a callback of type ${code}, which there is not`);
  return type;
}

/**
 * Opens the deliveries' file, which any number of processes and threads may have open. It is a file of its own so that
 * who makes callbacks never takes the lock that invocations wait for.
 */
export function openCallbacks(file: string): SqliteDatabase {
  const db = openDatabase(file, { durability: 'full' });
  // No request waits for the deliverer: its writer may move its own write-ahead log into the file.
  db.pragma('wal_autocheckpoint = 2000');
  migrate(db, 'callbacks', MIGRATIONS);
  return db;
}
