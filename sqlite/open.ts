import { chmodSync, mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'libsql';

export type SqliteDatabase = InstanceType<typeof Database>;
export type SqlValue = string | number | bigint | Buffer | null;

export interface OpenOptions {
  /**
   * `full`: a commit is on the disk when it returns (the journal). `normal`: it survives the process, and after a power
   * cut the last ones may be missing; only for what can be built anew.
   */
  durability: 'full' | 'normal';
  readonly?: boolean;
}

/**
 * Opens a database file in WAL mode; makes its folder (0700) and the file (0600) where they are missing.
 * @throws what SQLite says when the file is no database or cannot be written
 */
export function openDatabase(file: string, options: OpenOptions): SqliteDatabase {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Database(file, { readonly: options.readonly ?? false });
  try {
    prepare(db, options);
  } catch (error) {
    db.close();
    // SQLite does not say which of the files it speaks of.
    if (error instanceof Error) error.message = `${basename(file)}: ${error.message}`;
    throw error;
  }
  if (!options.readonly) chmodSync(file, 0o600);
  return db;
}

function prepare(db: SqliteDatabase, options: OpenOptions): void {
  db.pragma('busy_timeout = 5000');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -16384');
  if (options.readonly) return;
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${options.durability === 'full' ? 'FULL' : 'NORMAL'}`);
  // Of a journal the checkpoints are made beside the writer (sqlite/checkpoint.ts): inside its commit they would hold up
  // every request for tens of milliseconds. There the figure, in pages, is the safety net when nobody makes them.
  db.pragma(`wal_autocheckpoint = ${options.durability === 'full' ? 100_000 : 4_000}`);
}
