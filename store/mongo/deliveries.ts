import type { Collection, Db, Filter } from 'mongodb';
import type { Delivery, DeliveryOutcome, DeliveryQuery, DeliveryStore, NewDelivery } from '../contract';
import type { Seal } from '../seal';
import { attemptDocument, attemptOf, type DeliveryDocument, deliveryOf, newDocument } from './delivery-documents';
import { deliveryTurns, dueBy } from './delivery-turns';
import { listPage, mapPage } from './pages';
import { insertNew } from './writes';

/** Every profile that ever had a delivery: what is due is looked up for each, by an index. */
interface QueueDocument {
  _id: string;
}

interface PositionDocument {
  _id: number;
  position: number;
}

/** Settled, or looked at by nobody any more. */
const NOBODYS = { holder: '', leasedUntil: 0, waits: false } as const;
const STATUSES = ['pending', 'delivered', 'failed'] as const;

/**
 * Deliveries in MongoDB. The positions are kept for who asks; where the log is Kafka, the consumer group's is the one
 * that counts.
 */
export function createMongoDeliveries(db: Db, seal: Seal): DeliveryStore {
  const deliveries = db.collection<DeliveryDocument>('callback_deliveries');
  const queues = db.collection<QueueDocument>('callback_queues');
  const positions = db.collection<PositionDocument>('callback_positions');
  const turns = deliveryTurns(deliveries);
  const known = new Set<string>();
  const settle = settling(deliveries, turns, seal);

  async function queued(profileIds: readonly string[]): Promise<void> {
    const added = [...new Set(profileIds)].filter((id) => !known.has(id));
    await insertNew(
      queues,
      added.map((_id) => ({ _id })),
    );
    for (const id of added) known.add(id);
  }
  const queueIds = async () => (await queues.find({}).toArray()).map(({ _id }) => _id);
  /** The earliest of a profile among those that a filter leaves. */
  const earliest = async (profileId: string, filter: Filter<DeliveryDocument> = {}): Promise<number | null> => {
    const pending = deliveries.find({ profileId, dueAt: { $gte: 0 }, ...filter }, { projection: { dueAt: 1 } });
    return (await pending.sort({ dueAt: 1 }).limit(1).toArray())[0]?.dueAt ?? null;
  };
  const get = async (id: string): Promise<Delivery | null> => {
    const document = await deliveries.findOne({ _id: id });
    return document && deliveryOf(document, seal);
  };

  return {
    get,
    settle,
    ...lists(deliveries, seal),
    async add(given, read) {
      if (given.length > 0) {
        await queued(given.map(({ profileId }) => profileId));
        await insertNew(deliveries, documentsOf(given, seal));
      }
      if (!read) return;
      const { partition, position } = read;
      await positions.updateOne({ _id: partition }, { $max: { position } }, { upsert: true });
    },
    async readTo(partition) {
      return (await positions.findOne({ _id: partition }))?.position ?? null;
    },
    async dueProfiles(now) {
      const ids = await queueIds();
      const due = await Promise.all(ids.map((profileId) => earliest(profileId, dueBy(now))));
      return ids.filter((_, index) => due[index] !== null);
    },
    async claim(profileId, now, leaseUntil, limit) {
      const taken = await turns.claim(profileId, now, leaseUntil, limit);
      return taken.map((document) => deliveryOf(document, seal));
    },
    async nextDueAt() {
      return leastOf(await Promise.all((await queueIds()).map((id) => earliest(id))));
    },
    async attempts(id) {
      const document = await deliveries.findOne({ _id: id }, { projection: { attempts: 1 } });
      return document?.attempts.map((one, index) => attemptOf(one, index, seal)) ?? [];
    },
    async redeliver(id, now) {
      const running = { _id: id, status: 'pending' as const, leasedUntil: { $gt: now } };
      // It is being made at this moment: that is at once.
      const { matchedCount } = await deliveries.updateOne(running, { $set: { tries: 0 } });
      if (matchedCount === 0) await deliveries.updateOne({ _id: id }, { $set: again(now) });
      return get(id);
    },
    async redeliverFailed(profileId, since, now) {
      const failed = { profileId, status: 'failed' as const, createdAt: { $gte: since } };
      return (await deliveries.updateMany(failed, { $set: again(now) })).modifiedCount;
    },
    async backlog() {
      const ids = await queueIds();
      const counts = ids.map((profileId) => deliveries.countDocuments({ profileId, status: 'pending' }));
      const unclaimed = ids.map((id) => earliest(id, { waits: false, holder: '' }));
      const pending = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
      return { pending, oldestDueAt: leastOf(await Promise.all(unclaimed)) };
    },
  };
}

/** Removes up to `limit` settled ones that were made before a time. @returns how many */
export async function sweepDeliveries(db: Db, before: number, limit: number): Promise<number> {
  const deliveries = db.collection<DeliveryDocument>('callback_deliveries');
  const queues = await db.collection<QueueDocument>('callback_queues').find({}).toArray();
  const found: string[] = [];
  for (const { _id: profileId } of queues) {
    if (found.length >= limit) break;
    const settled = { profileId, status: { $in: ['delivered', 'failed'] }, createdAt: { $lt: before } };
    const some = deliveries.find(settled as Filter<DeliveryDocument>, { projection: { _id: 1 } });
    found.push(...(await some.limit(limit - found.length).toArray()).map(({ _id }) => _id));
  }
  if (found.length > 0) await deliveries.deleteMany({ _id: { $in: found }, status: { $ne: 'pending' } });
  return found.length;
}

/** Due at once; whether an earlier one has to be first shows when it is claimed. */
function again(now: number) {
  return { ...NOBODYS, status: 'pending' as const, tries: 0, settledAt: null, dueAt: now };
}

function leastOf(times: readonly (number | null)[]): number | null {
  const there = times.filter((time) => time !== null);
  return there.length === 0 ? null : Math.min(...there);
}

function documentsOf(given: readonly NewDelivery[], seal: Seal): DeliveryDocument[] {
  const orders = new Map<string, number>();
  const first = new Map(given.map((one) => [one.id, one] as const).reverse());
  return [...first.values()].reverse().map((one) => {
    const event = `${one.profileId} ${one.invocationId} ${one.seq}`;
    const order = orders.get(event) ?? 0;
    orders.set(event, order + 1);
    return newDocument(one, order, seal);
  });
}

/**
 * Whose lease had run out may settle after another has: every attempt is noted, that it was delivered counts from
 * whomever it comes, and anything else only while it is pending.
 */
function settling(
  deliveries: Collection<DeliveryDocument>,
  turns: ReturnType<typeof deliveryTurns>,
  seal: Seal,
): DeliveryStore['settle'] {
  return async (id, attempt, outcome, now) => {
    const noted = { $push: { attempts: attemptDocument(attempt, seal) }, $inc: { tries: 1 } };
    const counts = { status: { $in: outcome.status === 'delivered' ? ['pending', 'failed'] : ['pending'] } };
    const settled = await deliveries.findOneAndUpdate({ _id: id, ...counts } as Filter<DeliveryDocument>, {
      ...noted,
      $set: outcomeOf(outcome, now),
    });
    if (settled) await turns.hasten([settled], now);
    else await deliveries.updateOne({ _id: id }, noted);
  };
}

function outcomeOf(outcome: DeliveryOutcome, now: number) {
  const pending = outcome.status === 'pending';
  const dueAt = pending ? outcome.dueAt : null;
  return { ...NOBODYS, status: outcome.status, dueAt, settledAt: pending ? null : now };
}

function lists(deliveries: Collection<DeliveryDocument>, seal: Seal): Pick<DeliveryStore, 'list' | 'ofInvocation'> {
  const toDelivery = (document: DeliveryDocument) => deliveryOf(document, seal);
  return {
    async list(query, page) {
      const found = await listPage(deliveries, filterOf(query), page);
      return mapPage(found, toDelivery);
    },
    async ofInvocation(invocationId) {
      if (invocationId === '') return [];
      const found = await deliveries.find({ invocationId }).toArray();
      return found.sort((a, b) => a.createdAt - b.createdAt || a.seq - b.seq || a.order - b.order).map(toDelivery);
    },
  };
}

/** Every status is named where none is asked for: the index has them apart, each newest first. */
function filterOf({ profileId, status, type, invocationId, from, to }: DeliveryQuery): Filter<DeliveryDocument> {
  const span = { ...(from === undefined ? {} : { $gte: from }), ...(to === undefined ? {} : { $lt: to }) };
  return {
    profileId,
    status: status ?? { $in: [...STATUSES] },
    ...(type === undefined ? {} : { type }),
    ...(invocationId === undefined ? {} : { invocationId }),
    ...(Object.keys(span).length > 0 ? { $and: [{ createdAt: span }] } : {}),
  };
}
