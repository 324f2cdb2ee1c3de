import type { SqliteDatabase } from './open';

/** An SQL script, or what a script cannot do; inside the transaction of all of them. */
export type Migration = string | ((db: SqliteDatabase) => void);

/**
 * Brings one room's tables in a shared file up to date, forward only, all or nothing.
 * @param migrations what was released is never changed, only added to
 * @throws when the file was written by a newer Onward
 */
export function migrate(db: SqliteDatabase, room: string, migrations: readonly Migration[]): void {
  // One transaction for the look and the change: two processes may open a new file at once.
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(
      'CREATE TABLE IF NOT EXISTS schema_versions (room TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID',
    );
    const row = db.prepare('SELECT version FROM schema_versions WHERE room = ?').get(room);
    const at = (row as { version: number } | undefined)?.version ?? 0;
    if (at > migrations.length) throw new Error(`the data of “${room}” was written by a newer version of Onward`);
    for (const migration of migrations.slice(at)) {
      if (typeof migration === 'string') db.exec(migration);
      else migration(db);
    }
    const write = db.prepare('INSERT OR REPLACE INTO schema_versions (room, version) VALUES (?, ?)');
    if (at < migrations.length) write.run(room, migrations.length);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
