import type { AnyBulkWriteOperation, Collection, MatchKeysAndValues, OptionalUnlessRequiredId } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
import { refusedBy } from './faults';

/**
 * FerretDB keeps a connection to its own database for every update of a command until all of them are done, has 100 of
 * them, and comes to a stand when it needs one more; updates that come side by side wait there for each other, longer
 * than they take. So a process sends few at a time, and one such command after the other. To MongoDB that is little.
 */
const UPDATES_A_COMMAND = 16;
let lane: Promise<unknown> = Promise.resolve();

interface Identified {
  _id: string;
}

/** Inserts those that are not there, in one round trip. @returns the IDs that were there before */
export async function insertNew<T extends Identified>(
  collection: Collection<T>,
  documents: readonly T[],
): Promise<Set<string>> {
  if (documents.length === 0) return new Set();
  try {
    await collection.insertMany(documents as readonly OptionalUnlessRequiredId<T>[], { ordered: false });
    return new Set();
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
    const refused = refusedBy(error);
    if (refused.length === 0 || refused.some(({ code }) => code !== 11000)) throw error;
    return new Set(refused.map(({ index }) => documents[index]?._id ?? ''));
  }
}

interface Raise<T> {
  _id: string;
  $max: MatchKeysAndValues<T>;
}

/** Raises documents that there are. */
export async function raise<T extends Identified>(
  collection: Collection<T>,
  raises: readonly Raise<T>[],
): Promise<void> {
  for (let at = 0; at < raises.length; at += UPDATES_A_COMMAND) {
    const updates = raises.slice(at, at + UPDATES_A_COMMAND).map(({ _id, $max }) => {
      return { updateOne: { filter: { _id }, update: { $max } } };
    });
    // The driver's types cannot say that every T has a string as _id.
    await inTurn(() => collection.bulkWrite(updates as unknown as AnyBulkWriteOperation<T>[], { ordered: false }));
  }
}

function inTurn<R>(work: () => Promise<R>): Promise<R> {
  const done = lane.then(work);
  lane = done.catch(() => {});
  return done;
}

/** Inserts what is new and raises what is not. */
export async function insertOrRaise<T extends Identified>(
  collection: Collection<T>,
  documents: readonly T[],
  raised: (document: T) => MatchKeysAndValues<T>,
): Promise<void> {
  const there = await insertNew(collection, documents);
  if (there.size === 0) return;
  const raises = documents.filter(({ _id }) => there.has(_id)).map((one) => ({ _id: one._id, $max: raised(one) }));
  await raise(collection, raises);
}
