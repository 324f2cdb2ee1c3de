import { type CancellationScope, condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { Input } from '../core/input';
import type { Answer, ControlSignal, ReceiptSignal } from './contract';

const receiptSignal = defineSignal<[ReceiptSignal]>('receipt');
const cancelSignal = defineSignal<[ControlSignal]>('cancel');
const completeSignal = defineSignal<[ControlSignal]>('complete');

export type Signal =
  | { type: 'receipt'; at: number; receipt: ReceiptSignal['receipt'] }
  | { type: 'cancel' | 'complete'; at: number };

/** What has happened since the last turn, each kind in the order of the history. */
export interface News {
  answers: Answer[];
  signals: Signal[];
  /** The alarm went off. */
  rang: boolean;
  /** Temporal was asked to cancel the workflow. */
  cancelled: boolean;
  /** Of sends that were not made, or not answered, in the time there was for them. */
  outOfTime: Input[];
}

/** Where everything that happens to a run comes in. Made before the workflow's first wait, so that nothing is missed. */
export class Inbox {
  private news = nothing();
  private ready = false;
  private failure: unknown = null;

  constructor() {
    const take = (signal: Signal) => {
      this.news.signals.push(signal);
      this.stir();
    };
    setHandler(receiptSignal, ({ at, receipt }) => take({ type: 'receipt', at, receipt }));
    setHandler(cancelSignal, ({ at }) => take({ type: 'cancel', at }));
    setHandler(completeSignal, ({ at }) => take({ type: 'complete', at }));
  }

  hearCancellationOf(scope: CancellationScope): void {
    scope.cancelRequested.catch(() => {
      this.news.cancelled = true;
      this.stir();
    });
  }

  answer(answer: Answer): void {
    this.news.answers.push(answer);
    this.stir();
  }

  outOfTime(input: Input): void {
    this.news.outOfTime.push(input);
    this.ring();
  }

  ring(): void {
    this.news.rang = true;
    this.stir();
  }

  /** A bug: the workflow task fails, and is tried again by a worker that may know better. */
  fail(error: unknown): void {
    this.failure = error;
    this.stir();
  }

  /** Takes out what there is. */
  empty(): News {
    const { news } = this;
    this.news = nothing();
    this.ready = false;
    return news;
  }

  /**
   * Resolves once there is something, and everything of the same workflow task is here: Temporal hands signals over
   * before answers, whatever their order in the history, and a turn must see both to put them in an order of its own.
   */
  async filled(): Promise<void> {
    await condition(() => this.ready);
    if (this.failure !== null) throw this.failure;
  }

  /**
   * Something has changed. Conditions are looked at after each job, and again once all jobs of the task and all that
   * follows from them at once are through: only there is this one met, as no job waits for a promise.
   */
  stir(): void {
    void Promise.resolve().then(() => {
      this.ready = true;
    });
  }
}

function nothing(): News {
  return { answers: [], signals: [], rang: false, cancelled: false, outOfTime: [] };
}
