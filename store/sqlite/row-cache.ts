import type { SqliteDatabase } from '../../sqlite/open';
import { createBoundedMap } from '../bounded-map';

/** How long a write of another process may stay unseen. */
const MAX_AGE_MS = 1000;

/** Rows held in memory for the hot path. What is held is shared: nobody may change it. */
export interface RowCache<V> {
  /** What is held under the key, else what `load` finds; that nothing was found is not held. */
  get(key: string, load: () => V | null): V | null;
  /** To be called after every write of this process to what is held. */
  clear(): void;
}

/**
 * Bounded. At most once a second it asks whether another connection wrote to the file (PRAGMA data_version) and then
 * forgets everything.
 */
export function createRowCache<V>(db: SqliteDatabase, limit: number, now: () => number = Date.now): RowCache<V> {
  const held = createBoundedMap<string, V>(limit);
  const version = db.prepare('PRAGMA data_version');
  let seenVersion = readVersion(version);
  let checkedAt = now();

  function check(): void {
    const at = now();
    if (at - checkedAt < MAX_AGE_MS && at >= checkedAt) return;
    checkedAt = at;
    const current = readVersion(version);
    if (current === seenVersion) return;
    seenVersion = current;
    held.clear();
  }

  return {
    get(key, load) {
      check();
      const value = held.get(key);
      if (value !== undefined) return value;
      const loaded = load();
      if (loaded !== null) held.set(key, loaded);
      return loaded;
    },
    clear: () => held.clear(),
  };
}

function readVersion(statement: { get(...values: unknown[]): unknown }): number {
  return (statement.get([]) as { data_version: number }).data_version;
}
