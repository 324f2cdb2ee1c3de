import type { SqliteDatabase, SqlValue } from './open';

/** Rows of one table, gathered for the next group. */
export interface TableWriter {
  add(values: readonly SqlValue[]): void;
  /** The rowid of the last row written. The rows of one group have consecutive ones: nobody else writes meanwhile. */
  lastRowId(): number;
}

/** Rows a statement, largest first: most of a statement's price is the call, not the row. */
const ROWS_PER_STATEMENT = [128, 64, 32, 16, 8, 4, 2, 1] as const;

/**
 * Gathers everything that is written in one turn of the event loop into one transaction: one fsync for all of it. A
 * group is flushed by `setImmediate`, not by a timer: at low load a write waits for nothing, at high load the group
 * grows by itself.
 */
export class GroupCommit {
  private readonly tables: BufferedTable[] = [];
  private writes: (() => void)[] = [];
  private group: Group | null = null;
  private closed = false;
  private readonly begin;
  private readonly commit;
  private readonly within: ((flushed: Promise<void>) => void)[] = [];
  private readonly abandoned: (() => void)[] = [];
  private size = 0;

  /**
   * @param db the one writer connection of this process to its file
   * @param onCommitted told of each group that is on the disk: how many writes it was, and the milliseconds it took
   */
  constructor(
    readonly db: SqliteDatabase,
    private readonly onCommitted?: (writes: number, ms: number) => void,
  ) {
    this.begin = db.prepare<[]>('BEGIN IMMEDIATE');
    this.commit = db.prepare<[]>('COMMIT');
  }

  /** @param verb `INSERT INTO`, `INSERT OR REPLACE INTO`, `INSERT OR IGNORE INTO` */
  table(name: string, columns: readonly string[], verb = 'INSERT INTO'): TableWriter {
    const table = new BufferedTable(this.db, `${verb} ${name} (${columns.join(', ')}) VALUES `, columns.length);
    this.tables.push(table);
    return {
      add: (values) => {
        this.open();
        this.size++;
        table.add(values);
      },
      lastRowId: () => table.lastRowId,
    };
  }

  /** Any other write, made inside the next group's transaction after all of its rows. */
  write(run: () => void): void {
    this.open();
    this.size++;
    this.writes.push(run);
  }

  /**
   * Resolves once everything added so far is on the disk; rejects when the group could not be written, and then nothing
   * of it was.
   */
  flushed(): Promise<void> {
    return this.open().promise;
  }

  /**
   * Called inside each group's transaction, once its rows have been written: what the listener adds at once is written
   * with the same group. `flushed` is the group's own.
   */
  onWritten(listener: (flushed: Promise<void>) => void): void {
    this.within.push(listener);
  }

  /** Called after each group that could not be written. */
  onAbandon(listener: () => void): void {
    this.abandoned.push(listener);
  }

  /** Writes what is gathered, moves the write-ahead log into the file, and closes the connection. */
  close(): void {
    if (this.closed) return;
    if (this.group) this.flush(this.group);
    this.closed = true;
    try {
      this.db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // The disk may be full. What stands in the write-ahead log is found there at the next start.
    }
    this.db.close();
  }

  private open(): Group {
    if (this.closed) throw new Error('the database is closed');
    if (this.group) return this.group;
    const group = newGroup();
    this.group = group;
    setImmediate(() => this.flush(group));
    return group;
  }

  private flush(group: Group): void {
    if (this.group !== group) return;
    const startedAt = performance.now();
    try {
      this.begin.run();
      while (this.writeRows()) for (const listener of this.within) listener(group.promise);
      this.group = null;
      const writes = this.writes;
      this.writes = [];
      for (const write of writes) write();
      this.commit.run();
    } catch (error) {
      this.group = null;
      this.abandon();
      group.reject(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    group.resolve();
    this.onCommitted?.(this.size, performance.now() - startedAt);
    this.size = 0;
  }

  /** False when there were none. */
  private writeRows(): boolean {
    let wrote = false;
    for (const table of this.tables) wrote = table.flush() || wrote;
    return wrote;
  }

  private abandon(): void {
    for (const table of this.tables) table.clear();
    this.writes = [];
    this.size = 0;
    // SQLite may have rolled back by itself (disk full); a second ROLLBACK is then refused.
    if (this.db.inTransaction) this.db.exec('ROLLBACK');
    for (const listener of this.abandoned) listener();
  }
}

interface Group {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

function newGroup(): Group {
  let resolve: () => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Not every writer waits for its group; those who do see the rejection all the same.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

class BufferedTable {
  lastRowId = 0;
  private rows: SqlValue[] = [];
  private readonly statements = new Map<number, ReturnType<BufferedTable['prepare']>>();

  constructor(
    private readonly db: SqliteDatabase,
    private readonly head: string,
    private readonly width: number,
  ) {}

  add(values: readonly SqlValue[]): void {
    for (const value of values) this.rows.push(value);
  }

  clear(): void {
    this.rows = [];
  }

  flush(): boolean {
    if (this.rows.length === 0) return false;
    let from = 0;
    for (const count of ROWS_PER_STATEMENT) {
      const values = count * this.width;
      while (this.rows.length - from >= values) {
        const chunk = from === 0 && this.rows.length === values ? this.rows : this.rows.slice(from, from + values);
        this.lastRowId = Number(this.statement(count).run(chunk).lastInsertRowid);
        from += values;
      }
    }
    this.rows = [];
    return true;
  }

  private statement(count: number): ReturnType<BufferedTable['prepare']> {
    let statement = this.statements.get(count);
    if (!statement) {
      statement = this.prepare(count);
      this.statements.set(count, statement);
    }
    return statement;
  }

  private prepare(count: number) {
    const row = `(${new Array(this.width).fill('?').join(',')})`;
    return this.db.prepare<[SqlValue[]]>(this.head + new Array(count).fill(row).join(','));
  }
}
