import { GroupCommit } from '../../sqlite/group-commit';
import type { SqlValue } from '../../sqlite/open';
import type { NewView, RunView, ViewBatch, ViewWriter } from '../contract';
import { rollupWriter } from './rollups';
import { MODE_CODES, STATUS_CODES } from './view-codes';
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
    'UPDATE invocations SET status = ?, ended_at = ?, seq = ?, state = ? WHERE id = ? AND seq < ? AND mode >= 0',
  );
  const move = db.prepare('INSERT OR REPLACE INTO positions (partition, position) VALUES (?, ?)');
  const wordNumber = wordNumbers(db);
  const rollups = rollupWriter(db, wordNumber);

  const positionOf = (partition: number) =>
    (position.get([partition]) as { position: number } | undefined)?.position ?? null;

  /** Inside the transaction, after the rows of what is new. */
  function settle(batch: ViewBatch, changed: readonly RunView[]): void {
    const { partition, contributions } = batch;
    const reached = positionOf(partition) ?? Number.NEGATIVE_INFINITY;
    if (reached >= batch.position) return;
    // A run that is there already although it is new to the batch has counted its beginning before `reached`.
    const first = contributions[0];
    const again = first === undefined || first.position <= reached;
    for (const { id, status, endedAt, seq, state } of again ? batch.runs : changed) {
      update.run([STATUS_CODES[status], endedAt, seq, state, id, seq]);
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
      // Words are written at once. Where that fails nothing of the batch may have gone into the group, which would write it.
      rollups.prepare(batch.contributions);
      for (const run of batch.runs) {
        const view = created.get(run.id);
        if (view) fresh.push(invocationRow(view, run, wordNumber));
        else changed.push(run);
      }
      for (const row of fresh) tables.invocations.add(row);
      for (const view of batch.created) {
        for (const hash of view.addressHashes) tables.recipients.add([hash, view.createdAt, view.id]);
      }
      for (const message of batch.messages) {
        const { providerMessageId, provider, invocationId, step, attempt } = message;
        tables.messages.add([providerMessageId, provider, invocationId, step, attempt]);
      }
      group.write(() => settle(batch, changed));
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
];

function viewTables(group: GroupCommit) {
  return {
    invocations: group.table('invocations', INVOCATION_COLUMNS, 'INSERT OR IGNORE INTO'),
    recipients: group.table('recipients', ['hash', 'created_at', 'invocation_id'], 'INSERT OR IGNORE INTO'),
    // A provider that gives an ID twice means its newest message.
    messages: group.table(
      'messages',
      ['provider_message_id', 'provider', 'invocation_id', 'step', 'attempt'],
      'INSERT OR REPLACE INTO',
    ),
  };
}

function invocationRow(view: NewView, run: RunView, wordNumber: (word: string) => number): SqlValue[] {
  return [
    view.id,
    MODE_CODES[view.mode],
    STATUS_CODES[run.status],
    wordNumber(view.flowId),
    wordNumber(view.workflowId),
    view.flowVersion,
    wordNumber(view.keyId),
    view.externalId,
    view.createdAt,
    run.endedAt,
    run.seq,
    run.state,
  ];
}
