import type { Handler, LogRecord } from './contract';

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

/** Hands batches over one after the other: the next is read once the last has been consumed. */
export class SqliteSubscription {
  private position: number;
  private running: Promise<void> | null = null;
  private woken = false;
  private stopped = false;
  private endPause: (() => void) | null = null;

  constructor(private readonly source: Source) {
    this.position = source.from;
  }

  /** There may be something new. Called after a commit, never before it: a record not yet there would be missed. */
  wake(): void {
    this.woken = true;
    if (this.running || this.stopped) return;
    this.running = this.consume().finally(() => {
      this.running = null;
      if (this.woken) this.wake();
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
      try {
        const records = this.source.read(this.position, BATCH_RECORDS);
        const last = records[records.length - 1];
        if (!last) continue;
        await this.source.handler(records);
        this.position = last.position;
        this.source.commit(last.position);
        this.woken = true;
        pauseMs = PAUSE_MS.first;
      } catch (error) {
        // The same batch comes again: a consumer never skips.
        this.source.onFault(error);
        await this.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
        this.woken = true;
      }
    }
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
