import { decide } from '../core/decide';
import { fold } from '../core/evolve';
import type { ReceiptInput } from '../core/input';
import type { Ladder } from '../core/ladder';
import { hasMade } from '../core/pending';
import { toWire } from '../core/wire';
import type { EventRecord } from '../schemas/event';
import { type EventLog, type History, historyOf } from './histories';

export interface LateRunsDeps {
  log: EventLog;
  ladderOf(ref: Omit<History, 'events'>): Promise<Ladder>;
  /** Milliseconds since 1970. */
  clock(): number;
}

/**
 * Receipts for runs that have ended: their workflow is closed, and what is still told of them is recorded here. The
 * receipts of one run are taken one after the other, by the one process that consumes them, so that nobody else writes
 * to its history.
 */
export class LateRuns {
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(private readonly deps: LateRunsDeps) {}

  receive(id: string, receipt: ReceiptInput): Promise<'taken' | 'unknown'> {
    const before = this.queues.get(id) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => this.take(id, receipt));
    const last = mine
      .catch(() => {})
      .finally(() => {
        if (this.queues.get(id) === last) this.queues.delete(id);
      });
    this.queues.set(id, last);
    return mine;
  }

  private async take(id: string, receipt: ReceiptInput): Promise<'taken' | 'unknown'> {
    const history = historyOf(this.deps.log, id);
    if (!history) return 'unknown';
    const { events, ...ref } = history;
    const ladder = await this.deps.ladderOf(ref);
    const state = fold(ladder, events);
    // A workflow closes after the log has its end: this one was terminated from outside, or its server lost it.
    if (state.endedAt === null || !hasMade(state, receipt.step, receipt.attempt)) return 'unknown';
    const decision = decide(state, receipt, this.deps.clock());
    if (decision.events.length === 0) return 'taken';
    const record: EventRecord = {
      invocationId: id,
      workflowId: ladder.workflowId,
      flowId: ladder.flowId,
      flowVersion: ladder.version,
      mode: ladder.mode,
      events: decision.events.map((event) => toWire(event)),
    };
    await this.deps.log.append('onward.events', [{ key: id, value: JSON.stringify(record) }]);
    return 'taken';
  }
}
