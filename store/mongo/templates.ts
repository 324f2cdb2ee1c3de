import type { Db } from 'mongodb';
import { ulid } from 'ulid';
import type { Template } from '../../schemas/template';
import type { TemplateStore } from '../contract';
import { isTaken } from './faults';
import { createHeld } from './held';
import { listPage, mapPage } from './pages';

const TEMPLATES_HELD = 1_000;

interface TemplateDocument {
  _id: string;
  /** JSON. */
  template: string;
  createdAt: number;
}

/** Templates in MongoDB. A write of another process is seen after a second at the latest; what is given is shared. */
export function createMongoTemplates(db: Db): TemplateStore {
  const templates = db.collection<TemplateDocument>('templates');
  const held = createHeld<Template>(TEMPLATES_HELD);
  const read = async (id: string): Promise<Template | null> => {
    const document = await templates.findOne({ _id: id });
    return document && toTemplate(document);
  };

  return {
    async create(template, status, now) {
      const at = new Date(now).toISOString();
      const id = template.id ?? `tpl_${ulid(now)}`;
      const made: Template = { ...template, id, status, createdAt: at, updatedAt: at };
      try {
        await templates.insertOne({ _id: id, template: JSON.stringify(made), createdAt: now });
      } catch (error) {
        if (isTaken(error)) return 'id_taken';
        throw error;
      }
      return made;
    },
    get: (id) => held.get(id, () => read(id)),
    async list(page) {
      return mapPage(await listPage(templates, {}, page, { kind: 'tpl_' }), toTemplate);
    },
    async replace(id, template, status, now) {
      const before = await read(id);
      if (!before) return null;
      const { createdAt } = before;
      const made: Template = { ...template, id, status, createdAt, updatedAt: new Date(now).toISOString() };
      const { matchedCount } = await templates.updateOne({ _id: id }, { $set: { template: JSON.stringify(made) } });
      held.clear();
      return matchedCount > 0 ? made : null;
    },
    async setStatus(id, standing, now) {
      for (;;) {
        const document = await templates.findOne({ _id: id });
        if (!document) return null;
        const after: Template = { ...toTemplate(document), ...standing, updatedAt: new Date(now).toISOString() };
        // Only over what was read: a content that another process has written meanwhile is not taken back.
        const unchanged = { _id: id, template: document.template };
        const { matchedCount } = await templates.updateOne(unchanged, { $set: { template: JSON.stringify(after) } });
        held.clear();
        if (matchedCount > 0) return after;
      }
    },
    async delete(id) {
      const { deletedCount } = await templates.deleteOne({ _id: id });
      held.clear();
      return deletedCount > 0;
    },
  };
}

function toTemplate({ template }: TemplateDocument): Template {
  return JSON.parse(template) as Template;
}
