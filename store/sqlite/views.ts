import { GroupCommit } from '../../sqlite/group-commit';
import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import type { NewView, RunView, ViewBatch, ViewWriter } from '../contract';
import { baseOfView, createFacets, type FacetBase } from './facets';
import { rollupWriter } from './rollups';
import { STATUS_CODES } from './view-codes';
import { openViews } from './views-schema';
import { wordNumbers } from './words';

/**
 * The read model's writer in views.db: a batch, its rollups and its position are one transaction. One process projects
 * at a time; should two, each counts only what lies beyond the position that it finds within its transaction.
 */
export function createSqliteViews(file: string): ViewWriter {
  const db = openViews(file);
  const group = new GroupCommit(db);
  const position = db.prepare('SELECT position FROM positions WHERE partition = ?');
  const states = db.prepare(
    'SELECT id, state FROM invocations WHERE id IN (SELECT value FROM json_each(?)) AND mode >= 0',
  );
  const tables = viewTables(group);
  const update = db.prepare(
    'UPDATE invocations SET status = ?, ended_at = ?, seq = ?, state = ?, facet = ? WHERE id = ? AND seq < ? AND mode >= 0',
  );
  const recipients = recipientRows(db);
  const move = db.prepare('INSERT OR REPLACE INTO positions (partition, position) VALUES (?, ?)');
  const wordNumber = wordNumbers(db);
  const rollups = rollupWriter(db, wordNumber);
  const facets = createFacets(db);

  const positionOf = (partition: number) =>
    (position.get([partition]) as { position: number } | undefined)?.position ?? null;

  /** Inside the transaction, after the rows of what is new. */
  function settle(batch: ViewBatch, changed: readonly RunView[], facetOf: ReadonlyMap<string, number>): void {
    const { partition, contributions } = batch;
    const reached = positionOf(partition) ?? Number.NEGATIVE_INFINITY;
    if (reached >= batch.position) return;
    // A run that is there already although it is new to the batch has counted its beginning before `reached`.
    const first = contributions[0];
    const again = first === undefined || first.position <= reached;
    for (const view of batch.created) recipients.add(view);
    for (const { id, status, endedAt, seq, state } of again ? batch.runs : changed) {
      const facet = facetOf.get(id);
      // A run that is not listed any more.
      if (facet === undefined) continue;
      const { changes } = update.run([STATUS_CODES[status], endedAt, seq, state, facet, id, seq]);
      if (changes > 0) recipients.move(id, facet);
    }
    rollups.add(again ? contributions.filter((one) => one.position > reached) : contributions);
    move.run([partition, batch.position]);
  }

  return {
    position: async (partition) => positionOf(partition),
    async states(ids) {
      const rows = states.all([JSON.stringify(ids)]) as { id: string; state: string }[];
      return new Map(rows.map((row) => [row.id, row.state]));
    },
    async write(batch) {
      if ((positionOf(batch.partition) ?? Number.NEGATIVE_INFINITY) >= batch.position) return;
      const created = new Map(batch.created.map((view) => [view.id, view]));
      const fresh: SqlValue[][] = [];
      const changed: RunView[] = [];
      const facetOf = new Map<string, number>();
      // Words and facets are written at once. Where that fails nothing of the batch may have gone into the group, which would
      // write it.
      rollups.prepare(batch.contributions);
      for (const run of batch.runs) {
        const view = created.get(run.id);
        const base = view ? baseOfView(view, wordNumber) : facets.baseOf(run.id);
        if (!base) continue;
        const facet = facets.numberOf(base, run.status, run.facts);
        facetOf.set(run.id, facet);
        if (view) fresh.push(invocationRow(view, run, base, facet));
        else changed.push(run);
      }
      for (const row of fresh) tables.invocations.add(row);
      for (const message of batch.messages) {
        const { providerMessageId, provider, invocationId, step, attempt } = message;
        tables.messages.add([providerMessageId, provider, invocationId, step, attempt]);
      }
      group.write(() => settle(batch, changed, facetOf));
      await group.flushed();
    },
    async close() {
      db.pragma('wal_checkpoint(TRUNCATE)');
      group.close();
    },
  };
}

const INVOCATION_COLUMNS = [
  'id',
  'mode',
  'status',
  'flow',
  'workflow',
  'version',
  'key',
  'external_id',
  'created_at',
  'ended_at',
  'seq',
  'state',
  'facet',
];

function viewTables(group: GroupCommit) {
  return {
    invocations: group.table('invocations', INVOCATION_COLUMNS, 'INSERT OR IGNORE INTO'),
    // A provider that gives an ID twice means its newest message.
    messages: group.table(
      'messages',
      ['provider_message_id', 'provider', 'invocation_id', 'step', 'attempt'],
      'INSERT OR REPLACE INTO',
    ),
  };
}

function invocationRow(view: NewView, run: RunView, base: FacetBase, facet: number): SqlValue[] {
  const { mode, flow, workflow, version, key } = base;
  const { status, endedAt, seq, state } = run;
  const { id, externalId, createdAt } = view;
  const code = STATUS_CODES[status];
  return [id, mode, code, flow, workflow, version, key, externalId, createdAt, endedAt, seq, state, facet];
}

/** Whom a run was for stands under the run's number and facet as its own row has them: within the transaction. */
function recipientRows(db: SqliteDatabase) {
  const insert = db.prepare(
    'INSERT OR IGNORE INTO recipients SELECT ?, facet, created_at, number FROM invocations WHERE id = ? AND mode >= 0',
  );
  const move = db.prepare(
    'UPDATE recipients SET facet = ?1 WHERE number = (SELECT number FROM invocations WHERE id = ?2) AND facet <> ?1',
  );
  return {
    add({ id, addressHashes }: NewView): void {
      for (const hash of addressHashes) insert.run([hash, id]);
    },
    move(id: string, facet: number): void {
      move.run([facet, id]);
    },
  };
}
