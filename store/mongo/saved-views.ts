import type { Db } from 'mongodb';
import type { SavedView, SavedViewStore } from '../contract';
import { listPage, mapPage } from './pages';

const EVERYBODY = '*';

interface SavedViewDocument extends Omit<SavedView, 'id'> {
  _id: string;
  /** The owner, and everybody where it is shared. */
  seenBy: string[];
}

/** The console's saved views in MongoDB. */
export function createMongoSavedViews(db: Db): SavedViewStore {
  const views = db.collection<SavedViewDocument>('saved_views');
  return {
    async create({ id, ...view }) {
      await views.insertOne({ _id: id, ...view, seenBy: seenBy(view) });
    },
    async get(id) {
      const document = await views.findOne({ _id: id });
      return document && toView(document);
    },
    list: async (ownerId, page) =>
      mapPage(await listPage(views, { seenBy: { $in: [ownerId, EVERYBODY] } }, page), toView),
    count: (ownerId) => views.countDocuments({ ownerId }),
    async replace(id, { name, page, search, shared }) {
      const before = await views.findOne({ _id: id });
      if (!before) return null;
      // Whose it is never changes.
      const change = { name, page, search, shared, seenBy: seenBy({ ownerId: before.ownerId, shared }) };
      const document = await views.findOneAndUpdate({ _id: id }, { $set: change }, { returnDocument: 'after' });
      return document && toView(document);
    },
    delete: async (id) => (await views.deleteOne({ _id: id })).deletedCount > 0,
  };
}

function seenBy({ ownerId, shared }: Pick<SavedView, 'ownerId' | 'shared'>): string[] {
  return shared ? [ownerId, EVERYBODY] : [ownerId];
}

function toView({ _id, seenBy: _seenBy, ...view }: SavedViewDocument): SavedView {
  return { id: _id, ...view };
}
