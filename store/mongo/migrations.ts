import type { Db, IndexDescription } from 'mongodb';
import { addFacts } from './add-facts';
import { generationsIn } from './generations';
import { addIndexes, makeGeneration } from './view-collections';
import { markEmptyViews } from './view-edition';

/**
 * What was released is never changed, only added to. No index is partial, and none makes documents expire: not every
 * server that speaks MongoDB's protocol knows how.
 */
const INDEXES: Readonly<Record<string, readonly IndexDescription[]>> = {
  flows: [
    { key: { name: 1 }, name: 'name', unique: true },
    { key: { workflowId: 1 }, name: 'workflow', unique: true },
    { key: { createdAt: -1, _id: -1 }, name: 'newest' },
  ],
  flow_versions: [{ key: { flowId: 1, version: -1 }, name: 'flow' }],
  templates: [{ key: { createdAt: -1, _id: -1 }, name: 'newest' }],
  api_keys: [
    { key: { hash: 1 }, name: 'hash', unique: true },
    { key: { createdAt: -1, _id: -1 }, name: 'newest' },
  ],
  idempotency: [{ key: { claimedAt: 1 }, name: 'oldest' }],
  suppressions: [
    { key: { id: 1 }, name: 'id', unique: true },
    { key: { mode: 1, createdAt: -1, id: -1 }, name: 'newest' },
  ],
  consents: [{ key: { recipientHash: 1, mode: 1 }, name: 'recipient' }],
  parked_receipts: [{ key: { dueAt: 1, _id: 1 }, name: 'due' }],
  events: [{ key: { partition: 1, position: 1, seq: 1 }, name: 'log' }],
  marks: [{ key: { name: 1, number: -1 }, name: 'name' }],
  ended_runs: [{ key: { holds: 1, endedAt: 1 }, name: 'ended' }],
};

async function makeCollections(db: Db): Promise<void> {
  for (const [name, indexes] of Object.entries(INDEXES)) {
    await db.collection(name).createIndexes([...indexes]);
  }
}

/** Each may be run again, whole or after it broke off anywhere: it comes to the same. */
export type Migration = (db: Db) => Promise<void>;

export const MIGRATIONS: readonly Migration[] = [
  async (db) => {
    await makeCollections(db);
    await makeGeneration(db, 1);
  },
  // The price table's revisions; the newest is found by its number, which is the ID.
  async (db) => {
    await db.collection('price_tables').createIndexes([{ key: { revision: -1 }, name: 'newest', unique: true }]);
  },
  async (db) => {
    await db.collection('provider_accounts').createIndex({ createdAt: -1, _id: -1 }, { name: 'newest' });
  },
  async (db) => {
    await db.collection('callback_profiles').createIndex({ createdAt: -1, _id: -1 }, { name: 'newest' });
    await db.collection('callback_deliveries').createIndexes([
      { key: { profileId: 1, dueAt: 1 }, name: 'due' },
      { key: { invocationId: 1, profileId: 1, seq: 1 }, name: 'run' },
      { key: { profileId: 1, status: 1, createdAt: -1, _id: -1 }, name: 'newest' },
    ]);
  },
  // Receipts as they came.
  async (db) => {
    await addIndexes(db, db.collection('kept_receipts'), [{ key: { takenAt: 1, _id: 1 }, name: 'oldest' }]);
  },
  // What runs are searched by besides their status: in every generation that there is.
  async (db) => {
    for (const generation of await generationsIn(db)) {
      await makeGeneration(db, generation);
      await addFacts(db, generation);
    }
  },
  async (db) => {
    await db.collection('rejections').createIndexes([
      { key: { mode: 1, flowId: 1, hour: 1 }, name: 'flow' },
      { key: { mode: 1, hour: 1 }, name: 'hour' },
      { key: { hour: 1 }, name: 'oldest' },
    ]);
    await markEmptyViews(db);
  },
  // Who signs in.
  async (db) => {
    await db.collection('people').createIndexes([
      { key: { emailHash: 1 }, name: 'email', unique: true },
      { key: { createdAt: -1, _id: -1 }, name: 'newest' },
    ]);
    await db.collection('sessions').createIndexes([
      { key: { personId: 1 }, name: 'person' },
      { key: { lastSeenAt: 1 }, name: 'oldest' },
    ]);
    await db.collection('tickets').createIndexes([
      { key: { personId: 1, kind: 1 }, name: 'person' },
      { key: { expiresAt: 1 }, name: 'oldest' },
    ]);
  },
  async (db) => {
    await addIndexes(db, db.collection('saved_views'), [
      { key: { seenBy: 1, createdAt: -1, _id: -1 }, name: 'newest' },
      { key: { ownerId: 1 }, name: 'owner' },
    ]);
    await addIndexes(db, db.collection('api_keys'), [{ key: { 'old.hash': 1 }, name: 'old' }]);
    await addIndexes(db, db.collection('audit'), [
      { key: { createdAt: -1, _id: -1 }, name: 'newest' },
      { key: { 'by.id': 1, createdAt: -1, _id: -1 }, name: 'who' },
      { key: { 'resource.id': 1, createdAt: -1, _id: -1 }, name: 'resource' },
    ]);
  },
];
