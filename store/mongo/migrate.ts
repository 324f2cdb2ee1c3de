import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { isTaken } from './faults';
import { MIGRATIONS, type Migration } from './migrations';

interface SchemaDocument {
  _id: 'schema';
  version: number;
}

interface LeaseDocument {
  _id: 'lease';
  holder: string;
  /** Grows while its holder lives. */
  beat: number;
}

export interface MigrateOptions {
  migrations?: readonly Migration[];
  /** How long a holder's beat may stand still before it is taken for dead; it beats four times as often. */
  leaseMs?: number;
}

/**
 * Brings the database up to date: forward only, a step at a time, by one process at a time; the others wait. Broken off,
 * it goes on with the step it was in.
 * @returns null, or a sentence where the data is of a newer Onward: nothing was touched then
 */
export async function migrateMongo(db: Db, { migrations = MIGRATIONS, leaseMs = 20_000 }: MigrateOptions = {}) {
  const versions = db.collection<SchemaDocument>('meta');
  const versionNow = async () => (await versions.findOne({ _id: 'schema' }))?.version ?? 0;
  const goal = migrations.length;
  const before = await versionNow();
  if (before > goal) return newer();
  if (before === goal) return null;

  const release = await acquireLease(db, leaseMs);
  try {
    const at = await versionNow();
    if (at > goal) return newer();
    for (let version = at; version < goal; version++) {
      await migrations[version]?.(db);
      await versions.updateOne({ _id: 'schema' }, { $max: { version: version + 1 } }, { upsert: true });
    }
    return null;
  } finally {
    await release();
  }
}

function newer(): string {
  return 'MONGODB_URL has data that was written by a newer version of Onward. Run that version, or set MONGODB_URL to another database.';
}

/**
 * A lease is a document that only one can insert. Whether its holder is dead is told by its beat and our own clock:
 * those of two machines need not agree.
 */
async function acquireLease(db: Db, leaseMs: number): Promise<() => Promise<void>> {
  const leases = db.collection<LeaseDocument>('meta');
  const holder = randomUUID();
  let seen = '';
  let seenAt = 0;
  for (;;) {
    try {
      await leases.insertOne({ _id: 'lease', holder, beat: 0 });
      break;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    const lease = await leases.findOne({ _id: 'lease' });
    const now = performance.now();
    const name = `${lease?.holder} ${lease?.beat}`;
    if (name !== seen) [seen, seenAt] = [name, now];
    if (lease && now - seenAt > leaseMs)
      await leases.deleteOne({ _id: 'lease', holder: lease.holder, beat: lease.beat });
    else await pause(Math.min(100, leaseMs / 8));
  }
  const beating = setInterval(() => {
    leases.updateOne({ _id: 'lease', holder }, { $inc: { beat: 1 } }).catch(() => {});
  }, leaseMs / 4);
  return async () => {
    clearInterval(beating);
    await leases.deleteOne({ _id: 'lease', holder });
  };
}
