import type { SqliteDatabase } from '../../sqlite/open';
import type { SavedView, SavedViewStore } from '../contract';
import { mapPage, pagesOf } from './rows';

interface SavedViewRow {
  id: string;
  name: string;
  page: string;
  search: string;
  shared: number;
  owner_id: string;
  created_at: number;
}

/** The console's saved views in onward.db. */
export function createSqliteSavedViews(db: SqliteDatabase): SavedViewStore {
  const insert = db.prepare(
    'INSERT INTO saved_views (id, name, page, search, shared, owner_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const select = db.prepare('SELECT * FROM saved_views WHERE id = ?');
  const update = db.prepare('UPDATE saved_views SET name = ?, page = ?, search = ?, shared = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM saved_views WHERE id = ?');
  const count = db.prepare('SELECT count(*) AS n FROM saved_views WHERE owner_id = ?');
  const pages = pagesOf<SavedViewRow>(db, 'saved_views', '(owner_id = ? OR shared = 1)');
  const get = (id: string): SavedView | null => {
    const row = select.get([id]) as SavedViewRow | undefined;
    return row ? toView(row) : null;
  };
  return {
    async create({ id, name, page, search, shared, ownerId, createdAt }) {
      insert.run([id, name, page, search, Number(shared), ownerId, createdAt]);
    },
    get: async (id) => get(id),
    list: async (ownerId, page) => mapPage(pages(page, [ownerId]), toView),
    count: async (ownerId) => (count.get([ownerId]) as { n: number }).n,
    async replace(id, { name, page, search, shared }) {
      update.run([name, page, search, Number(shared), id]);
      return get(id);
    },
    delete: async (id) => remove.run([id]).changes > 0,
  };
}

function toView({ id, name, page, search, shared, owner_id: ownerId, created_at: createdAt }: SavedViewRow): SavedView {
  return { id, name, page: page as SavedView['page'], search, shared: shared === 1, ownerId, createdAt };
}
