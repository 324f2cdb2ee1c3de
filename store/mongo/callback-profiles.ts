import type { Db } from 'mongodb';
import type { CallbackProfile, CallbackProfileStore } from '../contract';
import { changedCallbackProfile, newCallbackProfile, type SealedPart, sealedPartOf } from '../new-callback-profile';
import type { Seal } from '../seal';
import { isTaken } from './faults';
import { listPage, mapPage } from './pages';

interface ProfileDocument extends Omit<CallbackProfile, 'id' | keyof SealedPart> {
  _id: string;
  sealed: Buffer;
}

/** How often a change is made again that another process came in the way of. */
const TRIES_MAX = 10;

/** Callback profiles in MongoDB: URL, headers, credentials and secrets sealed. */
export function createMongoCallbackProfiles(db: Db, seal: Seal): CallbackProfileStore {
  const profiles = db.collection<ProfileDocument>('callback_profiles');
  const toProfile = (document: ProfileDocument) => profileOf(document, seal);
  const read = async (id: string): Promise<CallbackProfile | null> => {
    const document = await profiles.findOne({ _id: id });
    return document && toProfile(document);
  };

  return {
    async create(given, now) {
      const profile = newCallbackProfile(given, now);
      try {
        await profiles.insertOne(documentOf(profile, seal));
      } catch (error) {
        if (isTaken(error)) return 'id_taken';
        throw error;
      }
      return profile;
    },
    get: read,
    async list(page) {
      return mapPage(await listPage(profiles, {}, page, { kind: 'cbp_' }), toProfile);
    },
    async replace(id, change, now) {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const before = await read(id);
        if (!before) return null;
        const profile = changedCallbackProfile(before, change, now);
        const { _id, ...fields } = documentOf(profile, seal);
        // What the deliverer disabled meanwhile is not enabled by a change that did not know of it.
        const asRead = { _id, revision: before.revision, enabled: before.enabled };
        const { matchedCount } = await profiles.updateOne(asRead, { $set: fields });
        if (matchedCount > 0) return profile;
      }
      throw new Error(`${TRIES_MAX} writes of others came in the way of one of the callback profile ${id}`);
    },
    async delete(id) {
      return (await profiles.deleteOne({ _id: id })).deletedCount > 0;
    },
    async all() {
      return (await profiles.find({}).sort({ createdAt: 1, _id: 1 }).toArray()).map(toProfile);
    },
    async setHealth(id, { failingSince, disable }, now) {
      const disabled = { enabled: false, disabledReason: disable, updatedAt: now };
      await profiles.updateOne({ _id: id, enabled: true }, { $set: { failingSince, ...(disable ? disabled : {}) } });
    },
  };
}

function documentOf(profile: CallbackProfile, seal: Seal): ProfileDocument {
  const { id, url: _url, headers: _headers, auth: _auth, secrets: _secrets, ...fields } = profile;
  return { _id: id, ...fields, sealed: seal.seal(sealedPartOf(profile)) };
}

function profileOf({ _id, sealed, ...fields }: ProfileDocument, seal: Seal): CallbackProfile {
  return { id: _id, ...fields, ...(JSON.parse(seal.open(sealed)) as SealedPart) };
}
