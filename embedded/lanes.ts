import { TokenBucket } from 'limiter';
import { PURPOSES, type Purpose } from '../schemas/vocabulary';

/** Whose turn it is that work waits for. */
export interface LaneAccount {
  id: string;
  /** How much of it may begin in a second; null: no limit. */
  perSecond: number | null;
}

/** What may begin in one go after a pause: a timer that fires a little late then costs nothing of the rate. */
const BURST_MS = 50;

type Work = () => Promise<void>;

/**
 * Work waiting for its turn: for each account a lane a purpose, so that a one-time password passes a backlog of
 * marketing, and no account waits for another's rate. At most `limit` are under way at once, and `limitEach` of one
 * account, so that one that is slow leaves room for the others.
 */
export class Lanes {
  private readonly accounts = new Map<string, AccountLanes>();
  private underWay = 0;
  private waits = 0;
  private idle: (() => void)[] = [];

  constructor(
    private readonly limit: number,
    private readonly limitEach: number = limit,
  ) {}

  /** How many wait. */
  get waiting(): number {
    return this.waits;
  }

  /** `work` must not reject. */
  run(purpose: Purpose, account: LaneAccount, work: Work): void {
    const lanes = this.lanesOf(account);
    if (lanes.waiting === 0 && this.mayBegin(lanes)) return this.begin(lanes, work);
    lanes.push(purpose, work);
    this.waits++;
    this.wakeLater(lanes);
  }

  /** Forgets what waits; resolves when what is under way has ended, or when `patienceMs` are over. */
  async drain(patienceMs?: number): Promise<void> {
    for (const lanes of this.accounts.values()) lanes.clear();
    this.waits = 0;
    if (this.underWay === 0) return;
    await new Promise<void>((resolve) => {
      const timer = patienceMs === undefined ? undefined : setTimeout(resolve, patienceMs);
      this.idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private lanesOf({ id, perSecond }: LaneAccount): AccountLanes {
    let lanes = this.accounts.get(id);
    if (!lanes) {
      lanes = new AccountLanes();
      this.accounts.set(id, lanes);
    }
    lanes.setRate(perSecond);
    return lanes;
  }

  /** Takes a token of the account's rate where it may. */
  private mayBegin(lanes: AccountLanes): boolean {
    return this.underWay < this.limit && lanes.underWay < this.limitEach && lanes.takeToken();
  }

  private begin(lanes: AccountLanes, work: Work): void {
    this.underWay++;
    lanes.underWay++;
    void work().then(() => {
      this.underWay--;
      lanes.underWay--;
      if (this.waits > 0) this.beginWaiting();
      else if (this.underWay === 0) for (const resolve of this.idle.splice(0)) resolve();
    });
  }

  /** The most urgent purpose first, over all accounts, and of these one after the other. */
  private beginWaiting(): void {
    for (const purpose of PURPOSES) {
      for (const [id, lanes] of this.accounts) {
        if (this.underWay >= this.limit) break;
        if (!lanes.has(purpose) || !this.mayBegin(lanes)) continue;
        // It goes to the end of the row, where this loop comes to it again: one with a backlog keeps nobody else out.
        this.accounts.delete(id);
        this.accounts.set(id, lanes);
        this.waits--;
        this.begin(lanes, lanes.shift(purpose));
      }
    }
    for (const lanes of this.accounts.values()) this.wakeLater(lanes);
  }

  /** Where the rate alone holds it up; whatever else does, wakes it when it ends. */
  private wakeLater(lanes: AccountLanes): void {
    const byRate = lanes.waiting > 0 && this.underWay < this.limit && lanes.underWay < this.limitEach;
    if (byRate) lanes.wakeAtNextToken(() => this.beginWaiting());
  }
}

class AccountLanes {
  underWay = 0;
  waiting = 0;
  private readonly queues = new Map(PURPOSES.map((purpose) => [purpose, new Queue()]));
  private perSecond: number | null = null;
  private bucket: TokenBucket | null = null;
  private alarm: NodeJS.Timeout | null = null;

  setRate(perSecond: number | null): void {
    if (perSecond === this.perSecond) return;
    this.perSecond = perSecond;
    this.bucket = null;
    // What waits by the old rate is woken by the new one.
    this.unsetAlarm();
    if (perSecond === null) return;
    const bucketSize = Math.max(1, (perSecond * BURST_MS) / 1000);
    this.bucket = new TokenBucket({ bucketSize, tokensPerInterval: perSecond, interval: 'second' });
    this.bucket.content = 1;
  }

  takeToken(): boolean {
    return this.bucket === null || this.bucket.tryRemoveTokens(1);
  }

  has(purpose: Purpose): boolean {
    return (this.queues.get(purpose)?.length ?? 0) > 0;
  }

  push(purpose: Purpose, work: Work): void {
    this.waiting++;
    this.queues.get(purpose)?.push(work);
  }

  shift(purpose: Purpose): Work {
    const work = this.queues.get(purpose)?.shift();
    if (!work) throw new RangeError(`nothing waits in the lane “${purpose}”`);
    this.waiting--;
    return work;
  }

  clear(): void {
    for (const queue of this.queues.values()) queue.clear();
    this.waiting = 0;
    this.unsetAlarm();
  }

  wakeAtNextToken(wake: () => void): void {
    if (this.alarm) return;
    const waitMs = this.bucket?.getWaitTime(1) ?? 0;
    this.alarm = setTimeout(() => {
      this.alarm = null;
      wake();
    }, waitMs);
  }

  private unsetAlarm(): void {
    if (this.alarm) clearTimeout(this.alarm);
    this.alarm = null;
  }
}

/** First in, first out, without moving what is left at each step. */
class Queue {
  private items: Work[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(work: Work): void {
    this.items.push(work);
  }

  shift(): Work | undefined {
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
