import { bytesOf } from '../../sqlite/blob';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import { openDatabase, type SqlValue } from '../../sqlite/open';
import type { SandboxMessage } from '../contract';
import { costOf, messageOf, type OutboxEntry, type SandboxOutbox, type Sealer, type StoredMessage } from './outbox';

const MIGRATIONS = [
  `CREATE TABLE messages (
     id INTEGER PRIMARY KEY, ref TEXT NOT NULL, received_at INTEGER NOT NULL, accepted_at INTEGER NOT NULL,
     last_due_at INTEGER NOT NULL, provider_message_id TEXT, script TEXT NOT NULL, sealed BLOB NOT NULL);
   CREATE INDEX messages_by_ref ON messages (ref)`,
  `CREATE TABLE due (at INTEGER NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (at, ref)) WITHOUT ROWID;
   CREATE INDEX due_by_ref ON due (ref)`,
];

/** Older messages are let go when the sandbox opens. */
const MESSAGES_KEPT = 1_000_000;
/** As far back as a restart looks for receipts still to be played. */
const MESSAGES_RESUMED = 100_000;

interface Row {
  id: number;
  ref: string;
  received_at: number;
  accepted_at: number;
  provider_message_id: string | null;
  script: string;
  sealed: Buffer | ArrayBuffer;
}

export interface SqliteOutboxOptions {
  seal: Sealer;
  /** What is added is to be played by others where we do not say in time that it has been. */
  watched: boolean;
}

/**
 * The record in a file of its own: it stands for the provider's side, which shares no transaction of ours, so that it
 * bears witness of what was sent when we forget.
 */
export function openSqliteOutbox(file: string, { seal, watched }: SqliteOutboxOptions): SandboxOutbox {
  const db = openDatabase(file, { durability: 'normal' });
  migrate(db, 'sandbox', MIGRATIONS);
  db.prepare('DELETE FROM messages WHERE id <= (SELECT max(id) FROM messages) - ?').run(MESSAGES_KEPT);
  const group = new GroupCommit(db);
  const table = group.table('messages', [
    'ref',
    'received_at',
    'accepted_at',
    'last_due_at',
    'provider_message_id',
    'script',
    'sealed',
  ]);
  const silence = db.prepare<[string]>('UPDATE messages SET last_due_at = 0 WHERE ref = ?');
  const byRef = db.prepare<[string]>('SELECT * FROM messages WHERE ref = ? ORDER BY id LIMIT 1');
  const byInvocation = db.prepare<[string, string]>('SELECT * FROM messages WHERE ref >= ? AND ref < ? ORDER BY id');

  // Looked at before anything is sent: what the recovered runs send at once must not pass for the end of the last life.
  const last = (db.prepare('SELECT id, received_at FROM messages ORDER BY id DESC LIMIT 1').get() ?? {
    id: 0,
    received_at: 0,
  }) as Pick<Row, 'id' | 'received_at'>;

  const due = group.table('due', ['at', 'ref'], 'INSERT OR IGNORE INTO');
  const undue = db.prepare<[string]>('DELETE FROM due WHERE ref IN (SELECT value FROM json_each(?))');
  const overdue = db.prepare<[number, number]>(
    'SELECT m.* FROM due d CROSS JOIN messages m ON m.ref = d.ref WHERE d.at < ? ORDER BY d.at LIMIT ?',
  );
  const done = (refs: readonly string[]) => group.write(() => undue.run(JSON.stringify(refs)));

  return {
    add(entry) {
      table.add(rowOf(entry, seal));
      if (watched && entry.lastDueAt > 0) due.add([entry.lastDueAt, entry.request.ref]);
      return group.flushed();
    },
    silence(ref) {
      group.write(() => silence.run(ref));
      done([ref]);
      return group.flushed();
    },
    async byRef(ref) {
      const row = byRef.get(ref) as Row | undefined;
      return row ? stored(row, read(row, seal)) : null;
    },
    async messages(invocationId) {
      // '.' separates the parts of a reference, and '/' follows it in ASCII.
      const rows = byInvocation.all(`${invocationId}.`, `${invocationId}/`) as Row[];
      return rows.map((row) => read(row, seal));
    },
    async silenced(ref) {
      return (byRef.get(ref) as { last_due_at: number } | undefined)?.last_due_at === 0;
    },
    played(refs) {
      done(refs);
      return group.flushed();
    },
    async overdue(dueBefore, limit) {
      const rows = overdue.all(dueBefore, limit) as Row[];
      return rows.map((row) => stored(row, read(row, seal)));
    },
    unplayed(slackMs) {
      const sql = 'SELECT * FROM messages WHERE id > ? AND id <= ? AND last_due_at >= ?';
      const { id, received_at: aliveAt } = last;
      const rows = db.prepare(sql).all(id - MESSAGES_RESUMED, id, aliveAt - slackMs) as Row[];
      return rows.map((row) => stored(row, read(row, seal)));
    },
    async close() {
      group.close();
    },
  };
}

function rowOf(entry: OutboxEntry, seal: Sealer): SqlValue[] {
  const { request, providerMessageId, receivedAt, acceptedAt, lastDueAt, script } = entry;
  const sealed = seal.seal(JSON.stringify(messageOf(entry)));
  return [request.ref, receivedAt, acceptedAt, lastDueAt, providerMessageId, script, sealed];
}

function read(row: Row, seal: Sealer): SandboxMessage {
  return JSON.parse(seal.open(bytesOf(row.sealed))) as SandboxMessage;
}

function stored(row: Row, message: SandboxMessage): StoredMessage {
  return {
    ref: row.ref,
    providerMessageId: row.provider_message_id ?? '',
    script: row.script,
    acceptedAt: row.accepted_at,
    costMicros: costOf(message),
  };
}
