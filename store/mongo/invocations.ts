import { loadState } from '../../core/state-json';
import type { IndexedInvocation, InvocationIndex, InvocationRecord, RecordStore } from '../contract';
import { fetchPage } from '../cursor';
import type { LadderSource } from '../ladders';
import type { Seal } from '../seal';
import type { LiveViews } from './generations';
import { placeOfRun, searchRuns } from './invocation-search';
import { messageKey, type RunDocument, readOwner } from './view-documents';

interface Reads {
  seal: Seal;
  /** Metadata stands in the sealed records alone. */
  records: RecordStore;
  ladders: LadderSource;
}

const NO_RECORDS: ReadonlyMap<string, InvocationRecord> = new Map();

/** The read model's reader: of the generation that is live, or was within the last second. */
export function createMongoInvocations(live: LiveViews, { seal, records, ladders }: Reads): InvocationIndex {
  return {
    async foldedTo(partition) {
      const { positions } = await live();
      return (await positions.findOne({ _id: String(partition) }))?.position ?? null;
    },
    async search(query, page, without) {
      const views = await live();
      const recipientHash = query.recipient === undefined ? null : seal.hash(query.recipient);
      const found = await fetchPage(
        page,
        'string',
        (after, limit) => searchRuns(views, query, recipientHash, after, limit),
        placeOfRun,
      );
      const given = without ? NO_RECORDS : await records.getMany(found.items.map(({ _id }) => _id));
      const items = found.items.map((run) => toIndexed(run, given.get(run._id)?.metadata ?? null, ladders));
      return { items: await Promise.all(items), nextCursor: found.nextCursor };
    },
    async running(mode) {
      const { runs } = await live();
      const counted = runs.aggregate<{ _id: { flowId: string; workflowId: string }; count: number }>([
        { $match: { mode, 'latest.status': 'running' } },
        { $group: { _id: { flowId: '$flowId', workflowId: '$workflowId' }, count: { $sum: 1 } } },
      ]);
      return (await counted.toArray()).map(({ _id, count }) => ({ ..._id, count }));
    },
    async findMessage(provider, providerMessageId) {
      const { messages } = await live();
      const found = await messages.findOne({ _id: messageKey(provider, providerMessageId) });
      return found && readOwner(found.of);
    },
  };
}

async function toIndexed(
  { _id: id, flowId, workflowId, flowVersion, mode, keyId, externalId, createdAt, latest }: RunDocument,
  metadata: Record<string, string> | null,
  ladders: LadderSource,
): Promise<IndexedInvocation> {
  const ladder = await ladders(flowId, flowVersion, mode);
  if (!ladder) throw new Error(`version ${flowVersion} of ${flowId} is gone, though ${id} ran on it`);
  return {
    record: { id, flowId, workflowId, flowVersion, mode, keyId, externalId, metadata, createdAt },
    state: loadState(ladder, latest.state),
  };
}
