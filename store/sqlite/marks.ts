import type { SqliteDatabase } from '../../sqlite/open';
import type { MarkStore } from '../contract';

export function createSqliteMarks(db: SqliteDatabase): MarkStore {
  const insert = db.prepare('INSERT OR IGNORE INTO marks (name, value) VALUES (?, ?)');
  const select = db.prepare('SELECT value FROM marks WHERE name = ?');
  const update = db.prepare('UPDATE marks SET value = ? WHERE name = ? AND value = ?');

  return {
    async keep(name, value) {
      const read = () => (select.get([name]) as { value: string } | undefined)?.value;
      const there = read();
      if (there !== undefined) return there;
      insert.run([name, value]);
      return read() ?? value;
    },
    async replace(name, before, value) {
      return update.run([value, name, before]).changes === 1;
    },
  };
}
