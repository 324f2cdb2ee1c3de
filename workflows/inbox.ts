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
  /** Sends that did not get their turn before the whole flow's time was over. */
  overdue: Input[];
}

/** Where everything that happens to a run comes in. Made before the workflow's first wait, so that nothing is missed. */
export class Inbox {
  private news = nothing();
  private stirred = false;
  private failure: unknown = null;

  constructor() {
    setHandler(receiptSignal, ({ at, receipt }) => void this.news.signals.push({ type: 'receipt', at, receipt }));
    setHandler(cancelSignal, ({ at }) => void this.news.signals.push({ type: 'cancel', at }));
    setHandler(completeSignal, ({ at }) => void this.news.signals.push({ type: 'complete', at }));
  }

  hearCancellationOf(scope: CancellationScope): void {
    scope.cancelRequested.catch(() => {
      this.news.cancelled = true;
    });
  }

  answer(answer: Answer): void {
    this.news.answers.push(answer);
  }

  overdue(input: Input): void {
    this.news.overdue.push(input);
    this.news.rang = true;
  }

  ring(): void {
    this.news.rang = true;
  }

  /** Something has changed that is no input: an activity has ended. */
  stir(): void {
    this.stirred = true;
  }

  /** A bug: the workflow task fails, and is tried again by a worker that may know better. */
  fail(error: unknown): void {
    this.failure = error;
    this.stirred = true;
  }

  /** Takes out what there is. */
  empty(): News {
    const { news } = this;
    this.news = nothing();
    this.stirred = false;
    return news;
  }

  /**
   * Resolves once there is something, and everything of the same workflow task is here: Temporal hands signals over
   * before answers, whatever their order in the history, and a turn must see both to put them in an order of its own.
   */
  async filled(): Promise<void> {
    await condition(() => this.stirred || !isNothing(this.news));
    if (this.failure !== null) throw this.failure;
    let looks = 0;
    // Not met at the first look, which is at once; the second is when all jobs and what follows from them are through.
    await condition(() => looks++ > 0);
  }
}

function nothing(): News {
  return { answers: [], signals: [], rang: false, cancelled: false, overdue: [] };
}

function isNothing({ answers, signals, rang, cancelled }: News): boolean {
  return answers.length === 0 && signals.length === 0 && !rang && !cancelled;
}
