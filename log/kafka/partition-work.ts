import type { Handler, LogRecord } from '../contract';

const BATCH_RECORDS = 500;
const PAUSE_MS = { first: 100, longest: 5_000 } as const;
/** Of what waits for a slow handler; past it the partition is not fetched until half of that is left. */
const WAITING_RECORDS_MAX = 4_000;

export interface PartitionWorkDeps {
  handler: Handler;
  /** What waits may come to, in bytes of text. */
  bytesMax: number;
  /** The assignment before this one, where the partition was ours too. */
  readonly before: PartitionWork | null;
  /** Nobody else has had the partition since: what was consumed then is consumed. */
  unbroken: boolean;
  /** There is room for more, or no more room. */
  onFull(full: boolean): void;
  onFault(error: unknown): void;
}

export interface Fetched {
  record: LogRecord;
  bytes: number;
}

/**
 * One partition for as long as one assignment lasts: what was fetched of it waits here and is handed over batch by
 * batch. A batch that is rejected comes again, as far as it is not done; other partitions are not concerned.
 */
export class PartitionWork {
  private queue: Fetched[] = [];
  private bytes = 0;
  private full = false;
  /** Consumed without a gap up to here; null while nothing is. */
  private done: number | null = null;
  /** Where this assignment began to read: what is committed lies nowhere beyond. */
  private from: number | null = null;
  /** Everything up to here was fetched, also what is no record: marks of transactions, what was compacted away. */
  private fetchedTo: number | null = null;
  private over = false;
  private running: Promise<void> | null = null;
  private endPause: (() => void) | null = null;
  private before: PartitionWork | null;

  constructor(private readonly deps: PartitionWorkDeps) {
    this.before = deps.before;
  }

  /** @param fetchedTo the last position of the fetch */
  take(fetched: readonly Fetched[], fetchedTo: number): void {
    if (this.over) return;
    this.from ??= fetched[0]?.record.position ?? fetchedTo;
    for (const one of fetched) {
      if (this.done !== null && one.record.position <= this.done) continue;
      this.queue.push(one);
      this.bytes += one.bytes;
    }
    this.fetchedTo = fetchedTo;
    this.tellFull();
    this.running ??= this.run();
  }

  /** All before it is consumed; null while that is no more than when the assignment began: nothing is moved back. */
  next(): number | null {
    const fetchedTo = this.queue.length === 0 && !this.running ? this.fetchedTo : null;
    const consumed = Math.max(this.done ?? -1, fetchedTo ?? -1);
    return this.from !== null && consumed >= this.from ? consumed + 1 : null;
  }

  /** The assignment is over, or the consumer stops. Resolves once the batch in hand has ended. */
  async end(): Promise<void> {
    this.over = true;
    this.endPause?.();
    await (this.running ?? this.takeOver());
    this.queue = [];
  }

  private async run(): Promise<void> {
    await this.takeOver();
    let pauseMs: number = PAUSE_MS.first;
    while (!this.over) {
      const records = this.queue.slice(0, BATCH_RECORDS).map(({ record }) => record);
      const last = records[records.length - 1];
      if (!last) break;
      try {
        await this.deps.handler(records, (position) => this.advance(Math.min(position, last.position)));
        this.advance(last.position);
        pauseMs = PAUSE_MS.first;
      } catch (error) {
        this.deps.onFault(error);
        if (!this.over) await this.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
      }
    }
    if (!this.over) this.running = null;
  }

  /** The same partition is not handed over twice at once, and what is consumed already not again. */
  private async takeOver(): Promise<void> {
    const { before } = this;
    if (!before) return;
    await before.end();
    if (this.deps.unbroken && before.done !== null) this.advance(before.done);
    this.before = null;
  }

  private advance(position: number): void {
    if (this.done !== null && position <= this.done) return;
    this.done = position;
    let count = 0;
    for (const { record, bytes } of this.queue) {
      if (record.position > position) break;
      count++;
      this.bytes -= bytes;
    }
    this.queue.splice(0, count);
    this.tellFull();
  }

  private tellFull(): void {
    const share = Math.max(this.queue.length / WAITING_RECORDS_MAX, this.bytes / this.deps.bytesMax);
    if (this.over) return;
    const full = this.full ? share > 0.5 : share >= 1;
    if (full === this.full) return;
    this.full = full;
    this.deps.onFull(full);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.endPause = end;
    });
  }
}
