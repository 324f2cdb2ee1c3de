import type { SqliteDatabase } from './open';

/**
 * Brings one room's tables in a shared file up to date, forward only, each migration in a transaction of its own.
 * @param migrations SQL scripts; what was released is never changed, only added to
 * @throws when the file was written by a newer Onward
 */
export function migrate(db: SqliteDatabase, room: string, migrations: readonly string[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS schema_versions (room TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID');
  const read = db.prepare('SELECT version FROM schema_versions WHERE room = ?');
  const write = db.prepare('INSERT OR REPLACE INTO schema_versions (room, version) VALUES (?, ?)');
  const at = (read.get(room) as { version: number } | undefined)?.version ?? 0;
  if (at > migrations.length) throw new Error(`the data of “${room}” was written by a newer version of Onward`);
  for (let version = at; version < migrations.length; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(migrations[version] ?? '');
      write.run(room, version + 1);
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}
