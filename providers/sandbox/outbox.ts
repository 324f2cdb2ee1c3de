import { bytesOf } from '../../sqlite/blob';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import { openDatabase, type SqlValue } from '../../sqlite/open';
import type { SandboxMessage, SendRequest } from '../contract';
import { PROVIDER_CATALOG } from '../facts';

export interface OutboxEntry {
  request: SendRequest;
  providerMessageId: string | null;
  /** The script it is played by, as it was written. */
  script: string;
  receivedAt: number;
  acceptedAt: number;
  /** When the last receipt of the script is due; 0 where there is none. */
  lastDueAt: number;
}

interface StoredMessage {
  ref: string;
  providerMessageId: string;
  script: string;
  acceptedAt: number;
  costMicros: number;
}

export interface SandboxOutbox {
  /** Resolves once the message stands in the record: from then on the sandbox has it, whatever becomes of us. */
  add(entry: OutboxEntry): Promise<void>;
  /** Nothing more comes for this message, not after a restart either. */
  silence(ref: string): Promise<void>;
  byRef(ref: string): Promise<StoredMessage | null>;
  messages(invocationId: string): Promise<SandboxMessage[]>;
  /** Messages that other processes have added since the outbox was opened, or since the last call. */
  newcomers(): StoredMessage[];
  silenced(ref: string): boolean;
  /** Messages of the process before whose last receipt was due when it was last alive, less `slackMs`, or later. */
  unplayed(slackMs: number): StoredMessage[];
  close(): Promise<void>;
}

/** Keeps what stands in the record unreadable; see store/seal.ts. */
export interface Sealer {
  seal(plain: string): Buffer;
  open(sealed: Buffer): string;
}

const MIGRATIONS = [
  `CREATE TABLE messages (
     id INTEGER PRIMARY KEY, ref TEXT NOT NULL, received_at INTEGER NOT NULL, accepted_at INTEGER NOT NULL,
     last_due_at INTEGER NOT NULL, provider_message_id TEXT, script TEXT NOT NULL, sealed BLOB NOT NULL);
   CREATE INDEX messages_by_ref ON messages (ref)`,
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

/**
 * The record in a file of its own: it stands for the provider's side, which shares no transaction of ours, so that it
 * bears witness of what was sent when we forget.
 */
export function openOutbox(file: string, seal: Sealer): SandboxOutbox {
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

  let seen = last.id;
  const newer = db.prepare<[number]>('SELECT * FROM messages WHERE id > ? ORDER BY id LIMIT 1000');

  return {
    add(entry) {
      table.add(rowOf(entry, seal));
      return group.flushed();
    },
    silence(ref) {
      group.write(() => silence.run(ref));
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
    newcomers() {
      const rows = newer.all(seen) as Row[];
      seen = rows[rows.length - 1]?.id ?? seen;
      return rows.map((row) => stored(row, read(row, seal)));
    },
    silenced: (ref) => (byRef.get(ref) as { last_due_at: number } | undefined)?.last_due_at === 0,
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
  const { invocationId, step, attempt, channel, address: to, template, content, ref } = entry.request;
  const { providerMessageId, receivedAt, acceptedAt, lastDueAt, script } = entry;
  const message: SandboxMessage = {
    invocationId,
    step,
    attempt,
    channel,
    to,
    template,
    content,
    providerMessageId,
    receivedAt,
  };
  return [ref, receivedAt, acceptedAt, lastDueAt, providerMessageId, script, seal.seal(JSON.stringify(message))];
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
    costMicros: PROVIDER_CATALOG.sandbox?.costMicros[message.channel] ?? 0,
  };
}
