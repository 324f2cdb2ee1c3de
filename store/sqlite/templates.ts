import { ulid } from 'ulid';
import type { Template } from '../../schemas/template';
import type { SqliteDatabase } from '../../sqlite/open';
import type { TemplateStore } from '../contract';
import { createRowCache } from './row-cache';
import { isTaken, mapPage, pagesOf } from './rows';

const TEMPLATES_HELD = 1000;

interface TemplateRow {
  id: string;
  document: string;
  created_at: number;
}

/** Templates in onward.db. Reads by ID come from memory; what they give is shared and must not be changed. */
export function createSqliteTemplates(db: SqliteDatabase): TemplateStore {
  const select = db.prepare('SELECT * FROM templates WHERE id = ?');
  const insert = db.prepare('INSERT INTO templates (id, document, created_at) VALUES (?, ?, ?)');
  const update = db.prepare('UPDATE templates SET document = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM templates WHERE id = ?');
  const pages = pagesOf<TemplateRow>(db, 'templates');
  const held = createRowCache<Template>(db, TEMPLATES_HELD);

  const read = (id: string): Template | null => {
    const row = select.get([id]) as TemplateRow | undefined;
    return row ? toTemplate(row) : null;
  };

  return {
    async create(template, status, now) {
      const at = new Date(now).toISOString();
      const made: Template = {
        ...template,
        id: template.id ?? `tpl_${ulid(now)}`,
        status,
        createdAt: at,
        updatedAt: at,
      };
      try {
        insert.run([made.id, JSON.stringify(made), now]);
      } catch (error) {
        if (isTaken(error, 'templates.id')) return 'id_taken';
        throw error;
      }
      return made;
    },
    async get(id) {
      return held.get(id, () => read(id));
    },
    async list(page) {
      return mapPage(pages(page), toTemplate);
    },
    async replace(id, template, status, now) {
      const before = read(id);
      if (!before) return null;
      const { createdAt } = before;
      const made: Template = { ...template, id, status, createdAt, updatedAt: new Date(now).toISOString() };
      const { changes } = update.run([JSON.stringify(made), id]);
      held.clear();
      return changes > 0 ? made : null;
    },
    async setStatus(id, standing, now) {
      const before = read(id);
      if (!before) return null;
      const after: Template = { ...before, ...standing, updatedAt: new Date(now).toISOString() };
      update.run([JSON.stringify(after), id]);
      held.clear();
      return after;
    },
    async delete(id) {
      const { changes } = remove.run([id]);
      held.clear();
      return changes > 0;
    },
  };
}

function toTemplate(row: TemplateRow): Template {
  return JSON.parse(row.document) as Template;
}
