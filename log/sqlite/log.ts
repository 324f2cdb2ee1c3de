import type { Topic } from '../../schemas/vocabulary';
import type { GroupCommit, TableWriter } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import {
  type Handler,
  type Lag,
  type Log,
  type LogRecord,
  LogUnavailable,
  type NewRecord,
  RECORD_BYTES_MAX,
  RecordTooLarge,
  type Subscription,
} from '../contract';
import { closed, type Envelope, opened } from './closed-values';
import { SqliteSubscription } from './subscription';

const TABLES: Record<Topic, string> = {
  'onward.events': 'events',
  'onward.receipts': 'receipts',
  'onward.receipts.dead': 'dead_receipts',
};

/** Whoever deletes old records leaves the newest one: the next position follows on the greatest that stands. */
const MIGRATIONS = [
  `CREATE TABLE events (position INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL);
   CREATE INDEX events_by_key ON events (key);
   CREATE TABLE receipts (position INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL);
   CREATE TABLE dead_receipts (position INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL);
   CREATE TABLE offsets (topic TEXT, grp TEXT, position INTEGER NOT NULL, PRIMARY KEY (topic, grp)) WITHOUT ROWID`,
];

const UNWRITABLE = 'the log’s file cannot be written';
/** After a record could not be written; then whoever has another may try. */
const FAILED_FOR_MS = 1_000;

export interface SqliteLogOptions {
  /**
   * Seals what may hold an address before it goes into the file; what was written before there was one is read as it
   * stands. Left out: for a log that nobody's receipts go through.
   */
  envelope?: Envelope;
  /** How often to look for what other processes have appended. */
  pollMs?: number;
  /** A handler that rejected; its batch comes again. */
  onFault?(message: string, error: unknown): void;
}

/**
 * The log on one machine: one partition, a table a topic, in the file that the engine keeps its runs in, so that a
 * receipt, a transition and their events share one fsync. Positions are given inside the transaction: their order is
 * the order of the commits, also across processes.
 */
export class SqliteLog implements Log {
  private readonly writers: Record<Topic, TableWriter>;
  private readonly offsets: TableWriter;
  /** The newest positions when this log was opened. */
  private readonly stoodBefore: Record<Topic, number>;
  private readonly subscriptions = new Map<SqliteSubscription, Topic>();
  /** What was appended here since the last commit, for the topics that somebody here consumes. */
  private appended = new Map<Topic, NewRecord[]>();
  private readonly poll: NodeJS.Timeout;
  private dataVersion = 0;
  private failedAt = 0;
  private readonly readers = new Map<Topic, ReturnType<SqliteLog['prepareRead']>>();
  private readonly byKey;
  private readonly version;

  constructor(
    private readonly group: GroupCommit,
    private readonly options: SqliteLogOptions = {},
  ) {
    migrate(group.db, 'log', MIGRATIONS);
    const writer = (topic: Topic) => group.table(TABLES[topic], ['key', 'value']);
    this.writers = {
      'onward.events': writer('onward.events'),
      'onward.receipts': writer('onward.receipts'),
      'onward.receipts.dead': writer('onward.receipts.dead'),
    };
    this.stoodBefore = {
      'onward.events': this.lastPosition('onward.events'),
      'onward.receipts': this.lastPosition('onward.receipts'),
      'onward.receipts.dead': this.lastPosition('onward.receipts.dead'),
    };
    this.offsets = group.table('offsets', ['topic', 'grp', 'position'], 'INSERT OR REPLACE INTO');
    this.version = group.db.prepare('PRAGMA data_version');
    this.byKey = group.db.prepare<[string]>('SELECT value FROM events WHERE key = ? ORDER BY position');
    group.onWritten((flushed) => this.handOver(flushed));
    group.onAbandon(() => this.forget());
    this.poll = setInterval(() => this.lookAround(), options.pollMs ?? 50).unref();
  }

  async append(topic: Topic, records: readonly NewRecord[]): Promise<void> {
    for (const record of records) refuseTooLarge(record);
    for (const record of records) this.add(topic, record.key, record.value);
    try {
      await this.group.flushed();
    } catch (error) {
      this.failedAt = Date.now();
      throw new LogUnavailable(`${UNWRITABLE}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }

  unavailable(): string | null {
    return Date.now() - this.failedAt < FAILED_FOR_MS ? UNWRITABLE : null;
  }

  /** As `append`, for a caller that waits for the group by itself. */
  add(topic: Topic, key: string, value: string): void {
    this.writers[topic].add([key, closed(this.options.envelope, topic, value)]);
    this.appended.get(topic)?.push({ key, value });
  }

  /** The events of one invocation, oldest first. */
  eventsOf(key: string): string[] {
    return (this.byKey.all(key) as { value: string }[]).map((row) => row.value);
  }

  async subscribe(topic: Topic, group: string, handler: Handler): Promise<Subscription> {
    const from = this.offsetOf(topic, group);
    // From now on the group is known, so that what it has still to consume can be told.
    this.offsets.add([topic, group, from]);
    await this.group.flushed();
    const subscription = new SqliteSubscription({
      read: (after, limit) => this.readNow(topic, after, limit),
      commit: (position) => this.offsets.add([topic, group, position]),
      from,
      handler,
      onFault: (error) => this.options.onFault?.(`a batch of ${topic} could not be consumed by ${group}`, error),
    });
    this.subscriptions.set(subscription, topic);
    if (!this.appended.has(topic)) this.appended.set(topic, []);
    subscription.wake();
    return {
      stop: async () => {
        this.subscriptions.delete(subscription);
        await subscription.stop();
        // The position; where it cannot be written (a full disk) the batch comes again.
        await this.group.flushed().catch((error) => this.options.onFault?.('a position could not be written', error));
      },
    };
  }

  async read(topic: Topic, _partition: number, after: number, limit: number): Promise<LogRecord[]> {
    return this.readNow(topic, after, limit);
  }

  /** 0 where there is none. */
  private firstPosition(topic: Topic): number {
    const row = this.group.db.prepare(`SELECT min(position) AS position FROM ${TABLES[topic]}`).get();
    return (row as { position: number | null }).position ?? 0;
  }

  async ends(topic: Topic): Promise<ReadonlyMap<number, number>> {
    const last = this.lastPosition(topic);
    return new Map(last === 0 ? [] : [[0, last]]);
  }

  /** 0 before the first record. */
  lastPosition(topic: Topic): number {
    const row = this.group.db.prepare(`SELECT max(position) AS position FROM ${TABLES[topic]}`).get();
    return (row as { position: number | null }).position ?? 0;
  }

  /**
   * Lets go of what that group, the only one of its topic, has consumed, the oldest first; the newest stays, for the next
   * position. What stood there before this log was opened may be readable, and is written over.
   * @returns how many went; fewer than `limit`: there is no more
   */
  async trim(topic: Topic, group: string, limit: number): Promise<number> {
    const { db } = this.group;
    const first = this.firstPosition(topic);
    const to = Math.min(this.offsetOf(topic, group), this.lastPosition(topic) - 1, first + limit - 1);
    if (first === 0 || to < first) return 0;
    const remove = db.prepare<[number]>(`DELETE FROM ${TABLES[topic]} WHERE position <= ?`);
    const run = () => void remove.run(to);
    this.group.write(first > this.stoodBefore[topic] ? run : () => overwriting(db, run));
    await this.group.flushed();
    return to - first + 1;
  }

  /**
   * Seals the values after a position that an older version wrote readable, and that ought to be sealed.
   * @returns the last position looked at; null: there is no more
   */
  async closeReadable(topic: Topic, after: number, limit: number): Promise<number | null> {
    const { db } = this.group;
    const found = db
      .prepare<[number, number]>(
        `SELECT position, value FROM ${TABLES[topic]} WHERE position > ? AND typeof(value) = 'text'
         ORDER BY position LIMIT ?`,
      )
      .all(after, limit) as { position: number; value: string }[];
    const last = found[found.length - 1];
    if (!last) return null;
    const update = db.prepare<[SqlValue, number]>(`UPDATE ${TABLES[topic]} SET value = ? WHERE position = ?`);
    const sealed = found.map(({ position, value }) => ({
      position,
      value: closed(this.options.envelope, topic, value),
    }));
    const readable = sealed.filter(({ value }) => typeof value !== 'string');
    const run = () => {
      for (const { position, value } of readable) update.run(value, position);
    };
    if (readable.length > 0) this.group.write(() => overwriting(db, run));
    await this.group.flushed();
    return last.position;
  }

  async lag(): Promise<Lag[]> {
    const rows = this.group.db.prepare('SELECT topic, grp, position FROM offsets').all();
    return (rows as { topic: Topic; grp: string; position: number }[]).map((row) => {
      const count = this.group.db.prepare<[number]>(
        `SELECT count(*) AS n FROM ${TABLES[row.topic]} WHERE position > ?`,
      );
      const { n } = count.get(row.position) as { n: number };
      return { topic: row.topic, group: row.grp, partition: 0, consumed: row.position, records: n };
    });
  }

  /** Ends the subscriptions; the database is closed by whoever opened it. */
  async close(): Promise<void> {
    clearInterval(this.poll);
    await Promise.all([...this.subscriptions.keys()].map((subscription) => subscription.stop()));
    this.subscriptions.clear();
  }

  /**
   * What was just written goes to its consumers as it is, inside the transaction: to read it back would cost as much as
   * to write it, and what a consumer in this process writes of it at once shares its fsync. Should the group fail, the
   * record and its effect are gone together.
   */
  private handOver(flushed: Promise<void>): void {
    for (const [topic, records] of this.appended) {
      if (records.length === 0) continue;
      this.appended.set(topic, []);
      const first = this.writers[topic].lastRowId() - records.length + 1;
      const written = records.map((record, n) => ({ topic, partition: 0, position: first + n, ...record }));
      for (const [subscription, its] of this.subscriptions) if (its === topic) subscription.hand(written, flushed);
    }
  }

  private forget(): void {
    for (const topic of this.appended.keys()) this.appended.set(topic, []);
    for (const subscription of this.subscriptions.keys()) subscription.forget();
  }

  /** `data_version` changes when another connection has committed. */
  private lookAround(): void {
    const version = this.version.get() as { data_version: number };
    if (version.data_version === this.dataVersion) return;
    this.dataVersion = version.data_version;
    for (const subscription of this.subscriptions.keys()) subscription.wake();
  }

  private offsetOf(topic: Topic, group: string): number {
    const row = this.group.db.prepare('SELECT position FROM offsets WHERE topic = ? AND grp = ?').get(topic, group);
    return (row as { position: number } | undefined)?.position ?? 0;
  }

  private readNow(topic: Topic, after: number, limit: number): LogRecord[] {
    let reader = this.readers.get(topic);
    if (!reader) {
      reader = this.prepareRead(topic);
      this.readers.set(topic, reader);
    }
    const rows = reader.all(after, limit) as { position: number; key: string; value: string | Buffer | ArrayBuffer }[];
    const { envelope } = this.options;
    return rows.map(({ position, key, value }) => ({
      topic,
      partition: 0,
      position,
      key,
      value: opened(envelope, value),
    }));
  }

  private prepareRead(topic: Topic) {
    const sql = `SELECT position, key, value FROM ${TABLES[topic]} WHERE position > ? ORDER BY position LIMIT ?`;
    return this.group.db.prepare<[number, number]>(sql);
  }
}

/** What is deleted or replaced meanwhile is written over with zeros: a freed page keeps its text otherwise. */
function overwriting(db: SqliteDatabase, run: () => void): void {
  db.pragma('secure_delete = ON');
  try {
    run();
  } finally {
    db.pragma('secure_delete = OFF');
  }
}

function refuseTooLarge({ key, value }: NewRecord): void {
  // No character takes more than three bytes: most records need not be measured.
  if ((key.length + value.length) * 3 <= RECORD_BYTES_MAX) return;
  const bytes = Buffer.byteLength(key) + Buffer.byteLength(value);
  if (bytes > RECORD_BYTES_MAX) throw new RecordTooLarge(bytes);
}
