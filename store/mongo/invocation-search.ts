import type { Document } from 'mongodb';
import { PROVIDERS } from '../../schemas/vocabulary';
import { BadCursor, type InvocationQuery } from '../contract';
import type { Place } from '../cursor';
import { below } from './pages';
import type { ViewCollections } from './view-collections';
import { messageKey, type RunDocument, readOwner } from './view-documents';

/** Stands before the IDs in a cursor of runs: one of another list is refused. */
const KIND = 'run ';

export const placeOfRun = ({ createdAt, _id }: RunDocument): Place => [createdAt, KIND + _id];

/**
 * The newest `limit` runs below a place that match, newest first. The planner is told by which index: it cannot know
 * that an address or an external ID names few runs.
 */
export async function searchRuns(
  { runs, messages }: ViewCollections,
  query: InvocationQuery,
  recipientHash: string | null,
  after: Place | null,
  limit: number,
): Promise<RunDocument[]> {
  const filter = filterOf(query, recipientHash, after);
  let index = indexFor(query);
  if (query.providerMessageId !== undefined) {
    const { providerMessageId } = query;
    const keys = PROVIDERS.map((provider) => messageKey(provider, providerMessageId));
    const named = await messages.find({ _id: { $in: keys } }).toArray();
    if (named.length === 0) return [];
    filter.$and.push({ _id: { $in: [...new Set(named.map(({ of }) => readOwner(of).invocationId))] } });
    index = '_id_';
  }
  return runs.find(filter).sort({ createdAt: -1, _id: -1 }).limit(limit).hint(index).toArray();
}

function indexFor(query: InvocationQuery): string {
  if (query.recipient !== undefined) return 'recipient';
  if (query.externalId !== undefined) return 'external';
  // Every late one and every duplicate is among them.
  if (isRare(query)) return 'late';
  if (query.reason !== undefined) return 'reason';
  if (query.keyId !== undefined) return 'key';
  if (query.reachedStep !== undefined) return 'step';
  if (query.workflowId !== undefined) return 'workflow';
  if (query.reachedChannel !== undefined) return 'channel';
  return query.status === undefined ? 'newest' : 'status';
}

function isRare({ late, duplicate, lateOrDuplicate }: InvocationQuery): boolean {
  return Boolean(late || duplicate || lateOrDuplicate);
}

/** What is undefined does not go over the wire: see connect.ts. */
function filterOf(query: InvocationQuery, recipientHash: string | null, after: Place | null): Document {
  const { mode, keyId, workflowId, flowVersion, status, externalId, createdFrom, createdTo } = query;
  const filter: Document = { mode, keyId, workflowId, flowVersion, externalId, 'latest.status': status };
  if (recipientHash !== null) filter.addressHashes = recipientHash;
  const { reachedStep, reachedChannel, reason, late, duplicate } = query;
  Object.assign(filter, {
    'latest.reachedStep': reachedStep,
    'latest.reachedChannel': reachedChannel,
    'latest.reason': reason,
    'latest.late': late,
    'latest.duplicate': duplicate,
    'latest.lateOrDuplicate': isRare(query) || undefined,
  });
  filter.$and = [below(placeIn(after), '_id')];
  if (query.flowIds) filter.$and.push({ flowId: { $in: [...query.flowIds] } });
  if (createdFrom !== undefined) filter.$and.push({ createdAt: { $gte: createdFrom } });
  if (createdTo !== undefined) filter.$and.push({ createdAt: { $lte: createdTo } });
  return filter;
}

function placeIn(after: Place | null): Place | null {
  if (!after) return null;
  const [createdAt, tie] = after;
  if (typeof tie !== 'string' || !tie.startsWith(KIND)) throw new BadCursor();
  return [createdAt, tie.slice(KIND.length)];
}
