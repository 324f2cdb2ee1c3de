import type { Db } from 'mongodb';
import { ulid } from 'ulid';
import { CHANNELS, type Channel, type Mode, type Reason } from '../../schemas/vocabulary';
import { hintOf } from '../address-hint';
import type { Suppression, SuppressionStore } from '../contract';
import type { Seal } from '../seal';
import { isTaken } from './faults';
import { createHeld } from './held';
import { listPage, mapPage } from './pages';

interface SuppressionDocument {
  /** See placeOf: what is suppressed is suppressed once. */
  _id: string;
  id: string;
  mode: Mode;
  channel: Channel | null;
  addressHint: string;
  reason: Reason;
  createdAt: number;
}

/**
 * Suppressed addresses in MongoDB, by keyed hash. While there are none at all, the first of another process is heeded
 * after a second at the latest; any further one at once.
 */
export function createMongoSuppressions(db: Db, seal: Seal): SuppressionStore {
  const suppressions = db.collection<SuppressionDocument>('suppressions');
  const known = createHeld<{ any: boolean }>(1);
  const lookForAny = async () => ({ any: (await suppressions.findOne({}, { projection: { _id: 1 } })) !== null });

  return {
    async add({ mode, channel, address, reason }, now) {
      const _id = placeOf(mode, seal.hash(address), channel);
      const entry = { id: `sup_${ulid(now)}`, mode, channel, addressHint: hintOf(address), reason, createdAt: now };
      try {
        await suppressions.insertOne({ _id, ...entry });
        return entry;
      } catch (error) {
        if (!isTaken(error)) throw error;
        const before = await suppressions.findOne({ _id });
        return before ? toSuppression(before) : entry;
      } finally {
        known.clear();
      }
    },
    async find(mode, channel, address) {
      // Most systems have few or none: the look-up is spared to every send where there are none at all.
      if ((await known.get('any', lookForAny))?.any === false) return null;
      const hash = seal.hash(address);
      const places = [placeOf(mode, hash, channel), placeOf(mode, hash, null)];
      const found = await suppressions.findOne({ _id: { $in: places } }, { projection: { reason: 1 } });
      return found?.reason ?? null;
    },
    async list(mode, page) {
      return mapPage(await listPage(suppressions, { mode }, page, { tie: 'id', kind: 'sup_' }), toSuppression);
    },
    async ofAddress(mode, address) {
      const hash = seal.hash(address);
      const places = [null, ...CHANNELS].map((channel) => placeOf(mode, hash, channel));
      const found = suppressions.find({ _id: { $in: places } }).sort({ createdAt: -1, id: -1 });
      return (await found.toArray()).map(toSuppression);
    },
    async delete(id) {
      return (await suppressions.deleteOne({ id })).deletedCount > 0;
    },
  };
}

function placeOf(mode: Mode, addressHash: string, channel: Channel | null): string {
  return `${mode} ${addressHash} ${channel ?? '*'}`;
}

function toSuppression({ id, channel, addressHint, reason, mode, createdAt }: SuppressionDocument): Suppression {
  return { id, channel, addressHint, reason, mode, createdAt };
}
