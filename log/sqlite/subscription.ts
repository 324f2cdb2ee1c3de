import type { Handler, LogRecord } from '../contract';

const BATCH_RECORDS = 500;
const PAUSE_MS = { first: 100, longest: 5_000 } as const;

interface Source {
  read(after: number, limit: number): LogRecord[];
  /** Notes the position; written with the next group. Should that be lost, the batch comes again. */
  commit(position: number): void;
  from: number;
  handler: Handler;
  onFault(error: unknown): void;
}

/** Records waiting in memory; past them a slow consumer reads from the file when its time comes. */
const HANDED_MAX = 5_000;

/** Hands batches over one after the other: the next is read once the last has been consumed. */
export class SqliteSubscription {
  private position: number;
  /** Records that follow on `position` without a gap; `flushed` when their group is on the disk. */
  private handed: LogRecord[] = [];
  private flushed: Promise<void> = Promise.resolve();
  /** There is, or may be, more in the file than what was handed. */
  private behind = true;
  private running: Promise<void> | null = null;
  private woken = false;
  private stopped = false;
  private endPause: (() => void) | null = null;

  constructor(private readonly source: Source) {
    this.position = source.from;
  }

  /** What this process has just written, in the transaction that is not committed yet. */
  hand(records: readonly LogRecord[], flushed: Promise<void>): void {
    const last = this.handed[this.handed.length - 1]?.position ?? this.position;
    const follows = records[0]?.position === last + 1 && this.handed.length + records.length <= HANDED_MAX;
    if (this.behind || !follows) this.behind = true;
    else for (const record of records) this.handed.push(record);
    this.flushed = flushed;
    this.run();
  }

  /** The group was not written: what was handed of it never stood in the log. */
  forget(): void {
    this.handed = [];
    this.behind = true;
  }

  /** There may be something new in the file. */
  wake(): void {
    this.behind = true;
    this.run();
  }

  private run(): void {
    this.woken = true;
    if (this.running || this.stopped) return;
    this.running = this.consume().finally(() => {
      this.running = null;
      if (this.woken) this.run();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.endPause?.();
    await this.running;
  }

  private async consume(): Promise<void> {
    let pauseMs: number = PAUSE_MS.first;
    while (this.woken && !this.stopped) {
      this.woken = false;
      let doneTo = this.position;
      let flushed: Promise<void> | null = null;
      try {
        const records = this.next();
        const last = records[records.length - 1];
        if (!last) continue;
        flushed = this.flushed;
        const done = (position: number) => {
          doneTo = Math.max(doneTo, Math.min(position, last.position));
        };
        await Promise.all([this.source.handler(records, done), flushed]);
        this.advance(last.position);
        this.woken = true;
        pauseMs = PAUSE_MS.first;
      } catch (error) {
        // What is not done of the batch comes again: a consumer never skips.
        await flushed?.then(
          () => this.advance(doneTo),
          () => {},
        );
        this.behind = true;
        this.source.onFault(error);
        await this.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
        this.woken = true;
      }
    }
  }

  /** A position counts only once its record is on the disk: one that is rolled back is given again to another. */
  private advance(position: number): void {
    if (position <= this.position) return;
    this.position = position;
    this.source.commit(position);
    this.handed = this.handed.filter((record) => record.position > position);
  }

  /** From memory where that goes on without a gap, else from the file, until there is nothing more in it. */
  private next(): LogRecord[] {
    if (!this.behind) return this.handed.slice(0, BATCH_RECORDS);
    this.handed = [];
    this.flushed = Promise.resolve();
    const records = this.source.read(this.position, BATCH_RECORDS);
    this.behind = records.length > 0;
    return records;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.endPause = done;
    });
  }
}
