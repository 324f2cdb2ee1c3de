import type { Collection, Db, Document, IndexDescription } from 'mongodb';
import type { MessageDocument, PositionDocument, RollupDocument, RunDocument } from './view-documents';

/** What carries the number of its generation in its name: all that is made from events. */
export interface ViewCollections {
  runs: Collection<RunDocument>;
  messages: Collection<MessageDocument>;
  rollups: Collection<RollupDocument>;
  positions: Collection<PositionDocument>;
}

const RUN_INDEXES: readonly IndexDescription[] = [
  { key: { mode: 1, createdAt: -1, _id: -1 }, name: 'newest' },
  { key: { mode: 1, 'latest.status': 1, createdAt: -1, _id: -1 }, name: 'status' },
  { key: { mode: 1, workflowId: 1, createdAt: -1, _id: -1 }, name: 'workflow' },
  { key: { mode: 1, keyId: 1, createdAt: -1, _id: -1 }, name: 'key' },
  { key: { externalId: 1, createdAt: -1, _id: -1 }, name: 'external' },
  { key: { addressHashes: 1, createdAt: -1, _id: -1 }, name: 'recipient' },
  { key: { holds: 1, 'latest.endedAt': 1 }, name: 'ended' },
  { key: { mode: 1, 'latest.lateOrDuplicate': 1, createdAt: -1, _id: -1 }, name: 'late' },
  { key: { mode: 1, 'latest.reason': 1, createdAt: -1, _id: -1 }, name: 'reason' },
  { key: { mode: 1, 'latest.reachedStep': 1, createdAt: -1, _id: -1 }, name: 'step' },
  { key: { mode: 1, 'latest.reachedChannel': 1, createdAt: -1, _id: -1 }, name: 'channel' },
];
const MESSAGE_INDEXES: readonly IndexDescription[] = [{ key: { of: 1 }, name: 'of' }];
const ROLLUP_INDEXES: readonly IndexDescription[] = [
  { key: { mode: 1, hour: 1 }, name: 'hour' },
  { key: { mode: 1, flowId: 1, hour: 1 }, name: 'flow' },
  { key: { hour: 1 }, name: 'oldest' },
];

export function viewCollections(db: Db, generation: number): ViewCollections {
  return {
    runs: db.collection(`invocations_${generation}`),
    messages: db.collection(`messages_${generation}`),
    rollups: db.collection(`rollups_${generation}`),
    positions: db.collection(`positions_${generation}`),
  };
}

/** Makes the collections and indexes of one; what there is of it stays. */
export async function makeGeneration(db: Db, generation: number): Promise<void> {
  const { runs, messages, rollups } = viewCollections(db, generation);
  await addIndexes(db, runs, RUN_INDEXES);
  await addIndexes(db, messages, MESSAGE_INDEXES);
  await addIndexes(db, rollups, ROLLUP_INDEXES);
}

/** Makes those alone that are not there: FerretDB breaks off the connection when it is asked for one that is. */
export async function addIndexes<T extends Document>(
  db: Db,
  collection: Collection<T>,
  indexes: readonly IndexDescription[],
): Promise<void> {
  const [there] = await db.listCollections({ name: collection.collectionName }, { nameOnly: true }).toArray();
  const known = there ? new Set((await collection.indexes()).map(({ name }) => name)) : new Set<string | undefined>();
  const missing = indexes.filter(({ name }) => !known.has(name));
  if (missing.length > 0) await collection.createIndexes(missing);
}
