import { loadState } from '../../core/state-json';
import type { Mode } from '../../schemas/vocabulary';
import type { SqliteDatabase } from '../../sqlite/open';
import type {
  IndexedInvocation,
  InvocationIndex,
  InvocationQuery,
  InvocationRecord,
  RecordStore,
  RunningCount,
} from '../contract';
import { readPage } from '../cursor';
import type { LadderSource } from '../ladders';
import type { Seal } from '../seal';
import { type ReachedSteps, reachedVersions } from './facet-filter';
import { searchStatement } from './invocation-search';
import { MODE_CODES, STATUS_CODES } from './view-codes';

interface ViewRow {
  number: number;
  id: string;
  flow_id: string;
  workflow_id: string;
  version: number;
  key_id: string;
  external_id: string | null;
  created_at: number;
  state: string;
}

interface Reads {
  seal: Seal;
  /** Metadata stands in the sealed records alone. */
  records: RecordStore;
  ladders: LadderSource;
}

const NO_RECORDS: ReadonlyMap<string, InvocationRecord> = new Map();

/** The read model's reader. @param db a connection to views.db of its own */
export function createSqliteInvocations(db: SqliteDatabase, { seal, records, ladders }: Reads): InvocationIndex {
  const search = searchStatement(db);
  const message = db.prepare(
    `SELECT invocation_id AS invocationId, step, attempt FROM messages
     WHERE provider_message_id = ? AND provider = ?`,
  );

  // Each facet is counted in its own stretch of the index; the few hundred facets are read whole.
  const running = db.prepare(
    `SELECT f.word AS flowId, w.word AS workflowId, sum(n) AS count
     FROM (SELECT flow, workflow, (
         SELECT count(*) FROM invocations i INDEXED BY invocations_facet WHERE i.facet = facets.number
       ) AS n FROM facets WHERE mode = ? AND status = ?) AS counted
       JOIN words f ON f.number = counted.flow JOIN words w ON w.number = counted.workflow
     WHERE n > 0 GROUP BY f.word, w.word`,
  );
  const versions = reachedVersions(db);

  /** The steps of every version that are called so, or are of that channel; null where nobody asks. */
  async function reachedSteps({ mode, reachedStep, reachedChannel }: InvocationQuery): Promise<ReachedSteps | null> {
    if (reachedStep === undefined && reachedChannel === undefined) return null;
    const found: (readonly [number, number, number])[] = [];
    for (const { flow, flowId, version } of versions(mode)) {
      const ladder = await ladders(flowId, version, mode);
      for (const rung of ladder?.rungs ?? []) {
        const named = reachedStep === undefined || rung.name === reachedStep;
        const ofChannel = reachedChannel === undefined || (rung.kind === 'send' && rung.channel === reachedChannel);
        if (named && ofChannel) found.push([flow, version, rung.index]);
      }
    }
    return found;
  }

  const position = db.prepare('SELECT position FROM positions WHERE partition = ?');

  return {
    async foldedTo(partition) {
      return (position.get([partition]) as { position: number } | undefined)?.position ?? null;
    },
    async search(query, page, without) {
      const recipientHash = query.recipient === undefined ? null : seal.hash(query.recipient);
      const reached = await reachedSteps(query);
      const found = readPage(
        page,
        'number',
        (after, limit) => search(query, { recipientHash, reached }, after, limit) as ViewRow[],
        (row) => [row.created_at, row.number],
      );
      const given = without ? NO_RECORDS : await records.getMany(found.items.map((row) => row.id));
      const items = found.items.map((row) => toIndexed(row, query.mode, given.get(row.id)?.metadata ?? null, ladders));
      return { items: await Promise.all(items), nextCursor: found.nextCursor };
    },
    async running(mode) {
      const rows = running.all([MODE_CODES[mode], STATUS_CODES.running]) as RunningCount[];
      return rows.map(({ flowId, workflowId, count }) => ({ flowId, workflowId, count }));
    },
    async findMessage(provider, providerMessageId) {
      const row = message.get([providerMessageId, provider]) as
        | { invocationId: string; step: string; attempt: number }
        | undefined;
      return row ? { invocationId: row.invocationId, step: row.step, attempt: row.attempt } : null;
    },
  };
}

async function toIndexed(
  row: ViewRow,
  mode: Mode,
  metadata: Record<string, string> | null,
  ladders: LadderSource,
): Promise<IndexedInvocation> {
  const ladder = await ladders(row.flow_id, row.version, mode);
  if (!ladder) throw new Error(`version ${row.version} of ${row.flow_id} is gone, though ${row.id} ran on it`);
  return {
    record: {
      id: row.id,
      flowId: row.flow_id,
      workflowId: row.workflow_id,
      flowVersion: row.version,
      mode,
      keyId: row.key_id,
      externalId: row.external_id,
      metadata,
      createdAt: row.created_at,
    },
    state: loadState(ladder, row.state),
  };
}
