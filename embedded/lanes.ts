import { PURPOSES, type Purpose } from '../schemas/vocabulary';

/**
 * Work waiting for its turn, a lane a purpose: a one-time password passes a backlog of marketing. At most `limit` are
 * under way at once.
 */
export class Lanes {
  private readonly lanes: Queue[] = PURPOSES.map(() => new Queue());
  private underWay = 0;
  private idle: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /** How many wait. */
  get waiting(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  /** `work` must not reject. */
  run(purpose: Purpose, work: () => Promise<void>): void {
    if (this.underWay < this.limit) this.begin(work);
    else this.lanes[PURPOSES.indexOf(purpose)]?.push(work);
  }

  /** Forgets what waits; resolves when what is under way has ended, or when `patienceMs` are over. */
  async drain(patienceMs?: number): Promise<void> {
    for (const lane of this.lanes) lane.clear();
    if (this.underWay === 0) return;
    await new Promise<void>((resolve) => {
      const timer = patienceMs === undefined ? undefined : setTimeout(resolve, patienceMs);
      this.idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private begin(work: () => Promise<void>): void {
    this.underWay++;
    void work().then(() => {
      this.underWay--;
      this.next();
    });
  }

  private next(): void {
    for (const lane of this.lanes) {
      const work = lane.shift();
      if (work) return this.begin(work);
    }
    if (this.underWay > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }
}

/** First in, first out, without moving what is left at each step. */
class Queue {
  private items: (() => Promise<void>)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(work: () => Promise<void>): void {
    this.items.push(work);
  }

  shift(): (() => Promise<void>) | undefined {
    const work = this.items[this.head];
    if (!work) return undefined;
    this.head++;
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return work;
  }

  clear(): void {
    this.items = [];
    this.head = 0;
  }
}
