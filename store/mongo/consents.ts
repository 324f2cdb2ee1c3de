import type { Db } from 'mongodb';
import type { Channel, Mode } from '../../schemas/vocabulary';
import type { Consent, ConsentStore } from '../contract';
import type { Seal } from '../seal';

interface ConsentDocument extends Omit<Consent, 'recipientId'> {
  /** See placeOf. */
  _id: string;
  recipientHash: string;
}

/** Consents in MongoDB; the recipient's ID as a keyed hash. */
export function createMongoConsents(db: Db, seal: Seal): ConsentStore {
  const consents = db.collection<ConsentDocument>('consents');

  return {
    async put({ recipientId, ...consent }) {
      const recipientHash = seal.hash(recipientId);
      const _id = placeOf(consent.mode, recipientHash, consent.purpose, consent.channel);
      await consents.updateOne({ _id }, { $set: { recipientHash, ...consent } }, { upsert: true });
    },
    async find(mode, recipientId, purpose, channel) {
      const hash = seal.hash(recipientId);
      const modes: readonly Mode[] = mode === 'test' ? ['test', 'live'] : ['live'];
      // The word that counts first stands first.
      const places = modes.flatMap((one) => [placeOf(one, hash, purpose, channel), placeOf(one, hash, purpose, null)]);
      const found = await consents.find({ _id: { $in: places } }, { projection: { granted: 1 } }).toArray();
      const granted = new Map(found.map((document) => [document._id, document.granted]));
      const place = places.find((one) => granted.has(one));
      return place === undefined ? null : (granted.get(place) ?? null);
    },
    async list(mode, recipientId) {
      const found = await consents.find({ recipientHash: seal.hash(recipientId), mode }).toArray();
      const byPlace = found.sort((a, b) => compare(a.purpose, b.purpose) || compare(a.channel ?? '', b.channel ?? ''));
      return byPlace.map(({ purpose, channel, granted, updatedAt }) => {
        return { mode, recipientId, purpose, channel, granted, updatedAt };
      });
    },
  };
}

function placeOf(mode: Mode, recipientHash: string, purpose: string, channel: Channel | null): string {
  return JSON.stringify([recipientHash, purpose, channel, mode]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
