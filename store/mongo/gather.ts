import type { Collection } from 'mongodb';
import { insertNew } from './writes';

const MOST_AT_ONCE = 500;

interface Waiting<T> {
  document: T;
  resolve(inserted: boolean): void;
  reject(error: unknown): void;
}

/**
 * Inserts that come while others are under way go together in the next round trip: each costs the server a wait for its
 * disk, and many cost it the same one.
 * @returns a function that resolves to false where there is a document of that ID
 */
export function gatherInserts<T extends { _id: string }>(collection: Collection<T>): (document: T) => Promise<boolean> {
  let waiting: Waiting<T>[] = [];
  let sending = false;

  async function send(): Promise<void> {
    sending = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      await insertBatch(collection, batch);
    }
    sending = false;
  }

  return (document) =>
    new Promise((resolve, reject) => {
      waiting.push({ document, resolve, reject });
      // What comes in the same turn goes along.
      if (!sending) setImmediate(() => (sending ? undefined : void send()));
    });
}

async function insertBatch<T extends { _id: string }>(collection: Collection<T>, batch: Waiting<T>[]): Promise<void> {
  // Of two with one ID in a batch the first is the one that is inserted.
  const first = new Map<string, Waiting<T>>();
  for (const one of batch) if (!first.has(one.document._id)) first.set(one.document._id, one);
  const chosen = [...first.values()];
  try {
    const there = await insertNew(
      collection,
      chosen.map(({ document }) => document),
    );
    for (const one of batch) one.resolve(first.get(one.document._id) === one && !there.has(one.document._id));
  } catch (error) {
    for (const one of batch) one.reject(error);
  }
}
