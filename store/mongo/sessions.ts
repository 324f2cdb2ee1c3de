import type { Db } from 'mongodb';
import type { Session, SessionStore } from '../contract';

interface SessionDocument extends Omit<Session, 'hash'> {
  /** The hash. */
  _id: string;
}

/** Sessions of people, in MongoDB. */
export function createMongoSessions(db: Db): SessionStore {
  const sessions = db.collection<SessionDocument>('sessions');
  return {
    async create({ hash, ...session }) {
      await sessions.insertOne({ _id: hash, ...session });
    },
    async byHash(hash) {
      const document = await sessions.findOne({ _id: hash });
      if (!document) return null;
      const { _id, ...session } = document;
      return { hash: _id, ...session };
    },
    async seen(hash, at) {
      await sessions.updateOne({ _id: hash }, { $set: { lastSeenAt: at } });
    },
    async delete(hash) {
      return (await sessions.deleteOne({ _id: hash })).deletedCount > 0;
    },
    async deleteOf(personId, except) {
      await sessions.deleteMany(except === null ? { personId } : { personId, _id: { $ne: except } });
    },
    async sweep({ lastSeenAt, createdAt }) {
      await sessions.deleteMany({ $or: [{ lastSeenAt: { $lt: lastSeenAt } }, { createdAt: { $lt: createdAt } }] });
    },
  };
}
