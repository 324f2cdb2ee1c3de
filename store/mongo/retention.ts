import type { Collection, Db } from 'mongodb';
import type { Retained, RetentionStore } from '../contract';
import { sweepDeliveries } from './deliveries';
import { type EventDocument, eventIdsOf } from './event-documents';
import type { LiveViews } from './generations';
import { invocationOfKept, type KeptDocument, keptIdsOf } from './receipts';
import type { RejectionDocument } from './rejections';
import { type Held, ownersOf } from './view-documents';
import { insertNew } from './writes';

/** What is left of a run that went from the lists while its record or its events are kept for longer. */
interface EndedRun {
  _id: string;
  endedAt: number;
  holds: Held[];
}

/** By the ends of runs as the read model has them; in portions, each found by an index. What is counted is runs. */
export function createMongoRetention(db: Db, live: LiveViews, recordsGone: () => void): RetentionStore {
  const gone = db.collection<EndedRun>('ended_runs');
  const records = db.collection<{ _id: string }>('records');
  const events = db.collection<EventDocument>('events');
  const receipts = db.collection<KeptDocument>('kept_receipts');
  const rejections = db.collection<RejectionDocument>('rejections');

  /** Runs that ended before and still hold it, those that went from the lists last. */
  async function holding(what: Held, before: number, limit: number): Promise<string[]> {
    const { runs } = await live();
    const listed = runs.find({ holds: what, 'latest.endedAt': { $gte: 0, $lt: before } }, { projection: { _id: 1 } });
    const ids = (await listed.limit(limit).toArray()).map(({ _id }) => _id);
    if (ids.length === limit) return ids;
    const unlisted = gone.find({ holds: what, endedAt: { $lt: before } }, { projection: { _id: 1 } });
    return [...ids, ...(await unlisted.limit(limit - ids.length).toArray()).map(({ _id }) => _id)];
  }

  /** After what they held is away: broken off between, it is looked for once more. */
  async function letGo(ids: readonly string[], what: Held): Promise<void> {
    const { runs } = await live();
    const these = { _id: { $in: [...ids] } };
    await runs.updateMany(these, { $pull: { holds: what } });
    await gone.updateMany(these, { $pull: { holds: what } });
    await gone.deleteMany({ ...these, holds: { $size: 0 } });
  }

  async function sweepRecords(before: number, limit: number): Promise<number> {
    const ids = await holding('records', before, limit);
    if (ids.length === 0) return late(before, limit);
    await receipts.deleteMany({ $or: ids.map((id) => ({ _id: keptIdsOf(id) })) });
    await records.deleteMany({ _id: { $in: ids } });
    recordsGone();
    await letGo(ids, 'records');
    return ids.length;
  }

  const late = lateReceipts(receipts, records);

  async function sweepEvents(before: number, limit: number): Promise<number> {
    const ids = await holding('events', before, limit);
    if (ids.length === 0) return 0;
    await events.deleteMany({ $or: ids.map((id) => ({ _id: eventIdsOf(id) })) });
    await letGo(ids, 'events');
    return ids.length;
  }

  async function sweepInvocations(before: number, limit: number): Promise<number> {
    const { runs, messages } = await live();
    const ended = runs.find({ holds: 'lists', 'latest.endedAt': { $gte: 0, $lt: before } });
    const found = await ended.project<RunEnd>({ holds: 1, 'latest.endedAt': 1 }).limit(limit).toArray();
    if (found.length === 0) return 0;
    await rememberEnds(gone, found);
    const ids = found.map(({ _id }) => _id);
    await messages.deleteMany({ $or: ids.map((id) => ({ of: ownersOf(id) })) });
    await runs.deleteMany({ _id: { $in: ids } });
    return ids.length;
  }

  async function sweepRollups(before: number, limit: number): Promise<number> {
    const { rollups } = await live();
    const old = await rollups
      .find({ hour: { $lt: before } }, { projection: { _id: 1 } })
      .limit(limit)
      .toArray();
    if (old.length > 0) await rollups.deleteMany({ _id: { $in: old.map(({ _id }) => _id) } });
    if (old.length === limit) return old.length;
    const refused = await rejections
      .find({ hour: { $lt: before } }, { projection: { _id: 1 } })
      .limit(limit - old.length)
      .toArray();
    if (refused.length > 0) await rejections.deleteMany({ _id: { $in: refused.map(({ _id }) => _id) } });
    return old.length + refused.length;
  }

  const sweeps: Record<Retained, (before: number, limit: number) => Promise<number>> = {
    records: sweepRecords,
    events: sweepEvents,
    invocations: sweepInvocations,
    rollups: sweepRollups,
    callbacks: (before, limit) => sweepDeliveries(db, before, limit),
  };
  return { sweep: (what, before, limit) => sweeps[what](before, limit) };
}

interface RunEnd {
  _id: string;
  holds: Held[];
  latest: { endedAt: number };
}

async function rememberEnds(gone: Collection<EndedRun>, runs: readonly RunEnd[]): Promise<void> {
  const ended = runs.map(({ _id, holds, latest: { endedAt } }) => {
    return { _id, endedAt, holds: holds.filter((what) => what !== 'lists') };
  });
  await insertNew(
    gone,
    ended.filter(({ holds }) => holds.length > 0),
  );
}

/**
 * Removes receipts that came after the record of their run had gone: those are found by the time at which they came.
 * A pass goes on where the last one stopped, and begins anew at the end.
 */
function lateReceipts(receipts: Collection<KeptDocument>, records: Collection<{ _id: string }>) {
  const start = { takenAt: -1, _id: '' };
  let place = start;
  return async (before: number, limit: number): Promise<number> => {
    for (;;) {
      const { takenAt, _id } = place;
      const beyond = { $or: [{ takenAt: { $gt: takenAt } }, { _id: { $gt: _id } }] };
      const old = receipts.find({ takenAt: { $gte: takenAt, $lt: before }, ...beyond }, { projection: { takenAt: 1 } });
      const found = await old.sort({ takenAt: 1, _id: 1 }).limit(limit).toArray();
      const last = found[found.length - 1];
      place = last && found.length === limit ? { takenAt: last.takenAt, _id: last._id } : start;
      const runs = [...new Set(found.map((one) => invocationOfKept(one._id)))];
      const known = await records.find({ _id: { $in: runs } }, { projection: { _id: 1 } }).toArray();
      const needed = new Set(known.map((record) => record._id));
      const orphans = found.map((one) => one._id).filter((id) => !needed.has(invocationOfKept(id)));
      if (orphans.length > 0) await receipts.deleteMany({ _id: { $in: orphans } });
      if (orphans.length > 0 || place === start) return orphans.length;
    }
  };
}
