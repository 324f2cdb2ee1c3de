import { createBoundedMap } from '../bounded-map';

/** How long a write of another process may stay unseen. */
const MAX_AGE_MS = 1_000;

/** Documents held in memory for the hot path. What is held is shared: nobody may change it. */
export interface Held<V> {
  /** What is held under the key, else what `load` finds; that nothing was found is not held. */
  get(key: string, load: () => Promise<V | null>): Promise<V | null>;
  set(key: string, value: V): void;
  /** To be called after every write of this process to what is held. */
  clear(): void;
}

export function createHeld<V>(
  limit: number,
  maxAgeMs: number = MAX_AGE_MS,
  now: () => number = () => performance.now(),
): Held<V> {
  const held = createBoundedMap<string, { value: V; until: number }>(limit);
  let writes = 0;
  return {
    async get(key, load) {
      const entry = held.get(key);
      if (entry && now() < entry.until) return entry.value;
      const until = now() + maxAgeMs;
      const before = writes;
      const value = await load();
      // What was read before a write of ours is not held beyond it.
      if (value !== null && before === writes) held.set(key, { value, until });
      return value;
    },
    set(key, value) {
      held.set(key, { value, until: now() + maxAgeMs });
    },
    clear() {
      writes += 1;
      held.clear();
    },
  };
}
