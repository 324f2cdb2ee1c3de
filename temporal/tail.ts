import type { Histories } from '../store/contract';

const LOOK_EVERY_MS = 20;
/** A look takes at most that part of the time: where the store is slow, whoever waits does not make it slower. */
const LOOKING_SHARE = 0.2;

interface Waiter {
  after: number;
  settle(news: boolean): void;
}

/** Tells who waits for it that a run has new events, whichever process wrote them. */
export class EventTail {
  private readonly waiting = new Map<string, Set<Waiter>>();
  private looking: NodeJS.Timeout | null = null;
  private underWay = false;
  private closed = false;

  constructor(
    private readonly histories: Histories,
    private readonly onFault: (message: string, error: unknown) => void,
  ) {}

  /** True once that run has, or may have, an event beyond `after`; false when the time is over or the tail is closed. */
  async next(id: string, after: number, timeoutMs: number): Promise<boolean> {
    if (this.closed) return false;
    this.look();
    const waiters = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiters);
    return new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => waiter.settle(false), timeoutMs);
      const waiter: Waiter = {
        after,
        settle: (news) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          if (waiters.size === 0 && this.waiting.get(id) === waiters) this.waiting.delete(id);
          resolve(news);
        },
      };
      waiters.add(waiter);
    });
  }

  close(): void {
    this.closed = true;
    if (this.looking) clearTimeout(this.looking);
    for (const id of [...this.waiting.keys()]) this.tell(id, false);
  }

  private tell(id: string, news: boolean): void {
    for (const waiter of [...(this.waiting.get(id) ?? [])]) waiter.settle(news);
  }

  /** Looks for as long as anybody waits. */
  private look(afterMs = LOOK_EVERY_MS): void {
    if (this.looking || this.underWay) return;
    this.looking = setTimeout(() => void this.lookNow(), afterMs);
  }

  private async lookNow(): Promise<void> {
    this.looking = null;
    this.underWay = true;
    const startedAt = performance.now();
    try {
      await this.ask();
    } catch (error) {
      this.onFault('what has become of the runs could not be looked up', error);
    }
    const tookMs = performance.now() - startedAt;
    this.underWay = false;
    if (this.waiting.size > 0 && !this.closed) this.look(Math.max(LOOK_EVERY_MS, tookMs * (1 / LOOKING_SHARE - 1)));
  }

  private async ask(): Promise<void> {
    const known = new Map<string, number>();
    for (const [id, waiters] of this.waiting) known.set(id, Math.min(...[...waiters].map(({ after }) => after)));
    for (const id of await this.histories.grown(known)) this.tell(id, true);
  }
}
