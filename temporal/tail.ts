import { EventEmitter } from 'node:events';
import type { EventLog } from './histories';

const LOOK_EVERY_MS = 20;
const RECORDS_PER_LOOK = 1_000;
/** The log on one machine has one partition. */
const PARTITION = 0;

/** Tells who waits for it that a run has new events in the log, whichever process wrote them. */
export class EventTail {
  private readonly waiting = new EventEmitter().setMaxListeners(0);
  private waiters = 0;
  private looking: NodeJS.Timeout | null = null;
  private position = 0;
  private closed = false;

  constructor(
    private readonly log: EventLog,
    private readonly onFault: (message: string, error: unknown) => void,
  ) {}

  /** True once the log gets a record of that run, false when the time is over or the tail is closed. */
  async next(id: string, timeoutMs: number): Promise<boolean> {
    if (this.closed) return false;
    this.look();
    this.waiters++;
    const found = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => settle(false), timeoutMs);
      const settle = (news: boolean) => {
        clearTimeout(timer);
        this.waiting.off(id, settle);
        resolve(news);
      };
      this.waiting.on(id, settle);
    });
    this.waiters--;
    return found;
  }

  close(): void {
    this.closed = true;
    if (this.looking) clearInterval(this.looking);
    for (const id of this.waiting.eventNames()) this.waiting.emit(id, false);
  }

  /** Looks for as long as anybody waits. */
  private look(): void {
    if (this.looking) return;
    this.position = this.log.lastPosition('onward.events');
    let idle = true;
    this.looking = setInterval(() => {
      if (this.waiters === 0) return this.rest();
      if (!idle) return;
      idle = false;
      this.read()
        .catch((error) => this.onFault('the log could not be looked at', error))
        .finally(() => {
          idle = true;
        });
    }, LOOK_EVERY_MS);
  }

  private rest(): void {
    if (this.looking) clearInterval(this.looking);
    this.looking = null;
  }

  private async read(): Promise<void> {
    const records = await this.log.read('onward.events', PARTITION, this.position, RECORDS_PER_LOOK);
    this.position = records[records.length - 1]?.position ?? this.position;
    for (const id of new Set(records.map(({ key }) => key))) this.waiting.emit(id, true);
  }
}
