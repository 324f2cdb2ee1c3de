import type { Db, Document } from 'mongodb';
import { areaOf, auditPage, type StagedEntry } from '../audit-pages';
import type { AuditEntry, AuditQuery, AuditStore } from '../contract';
import type { Place } from '../cursor';

/** `createdAt` as in every list. */
interface AuditDocument extends Omit<AuditEntry, 'id' | 'at'> {
  /** The entry's ID and its stage: `aud_…/1` stands above `aud_…/0`. */
  _id: string;
  createdAt: number;
  /** What stands before the action's dot. */
  area: string;
}

/** The audit in MongoDB. Who may only read it there is up to the server's own roles. */
export function createMongoAudit(db: Db): AuditStore {
  const audit = db.collection<AuditDocument>('audit');
  return {
    async append({ id, at, ...entry }, stage) {
      const _id = `${id}/${stage === 'done' ? 1 : 0}`;
      await audit.insertOne({ _id, createdAt: at, area: areaOf(entry.action), ...entry });
    },
    list(query, page) {
      return auditPage(page, async (after, limit) => {
        const found = audit.find(filterOf(query, after)).sort({ createdAt: -1, _id: -1 }).limit(limit);
        return (await found.toArray()).map(toStaged);
      });
    },
  };
}

/** What is undefined does not go over the wire: see connect.ts. */
function filterOf({ who, action, resource, from, to }: AuditQuery, after: Place | null): Document {
  const $and: Document[] = [{ 'by.id': who }];
  if (action !== undefined) $and.push({ $or: [{ action }, { area: action }] });
  if (resource !== undefined) $and.push({ $or: [{ 'resource.id': resource }, { 'resource.kind': resource }] });
  if (from !== undefined || to !== undefined) $and.push({ createdAt: { $gte: from, $lt: to } });
  if (after) {
    const [at, id] = after;
    // “/” stands before what an ID is written in: nothing of that entry itself is below.
    $and.push({ createdAt: { $lte: at } }, { $or: [{ createdAt: { $lt: at } }, { _id: { $lt: `${id}/` } }] });
  }
  return { $and };
}

function toStaged({ _id, createdAt: at, area: _area, ...entry }: AuditDocument): StagedEntry {
  const [id = '', stage] = _id.split('/');
  return { entry: { id, at, ...entry }, done: stage === '1' };
}
