import { decide } from '../core/decide';
import type { ControlOutcome } from '../core/engine';
import { fold } from '../core/evolve';
import type { Input, ReceiptInput } from '../core/input';
import type { Ladder } from '../core/ladder';
import { hasMade } from '../core/pending';
import type { State } from '../core/state';
import { toRecord } from '../core/wire';
import { type EventLog, type History, historyOf } from './histories';

export interface LateRunsDeps {
  log: EventLog;
  ladderOf(ref: Omit<History, 'events'>): Promise<Ladder>;
  /** Milliseconds since 1970. */
  clock(): number;
}

/**
 * What comes for runs whose workflow is closed: it is recorded here. Whoever calls does so for one run one after the
 * other, in the one process that consumes receipts, so that nobody else writes to its history.
 */
export class LateRuns {
  constructor(private readonly deps: LateRunsDeps) {}

  async receive(id: string, receipt: ReceiptInput): Promise<'taken' | 'unknown'> {
    const state = await this.read(id);
    // A workflow closes after the log has its end: one without was terminated from outside, or its server lost it.
    if (!state || state.endedAt === null || !hasMade(state, receipt.step, receipt.attempt)) return 'unknown';
    await this.take(id, state, receipt);
    return 'taken';
  }

  /** Ends a run whose workflow was terminated from outside, or lost, and that would otherwise run for good. */
  async end(
    id: string,
    input: Extract<Input, { type: 'CancelRequested' | 'CompleteRequested' }>,
  ): Promise<ControlOutcome> {
    const state = await this.read(id);
    // Recorded, but never started.
    if (!state) return 'unknown';
    return (await this.take(id, state, input)) ? 'done' : 'already_ended';
  }

  private async read(id: string): Promise<State | null> {
    const history = historyOf(this.deps.log, id);
    return history && fold(await this.deps.ladderOf(history), history.events);
  }

  /** False when it changed nothing. */
  private async take(id: string, state: State, input: Input): Promise<boolean> {
    const { events } = decide(state, input, this.deps.clock());
    if (events.length === 0) return false;
    const record = toRecord(id, state.ladder, events);
    await this.deps.log.append('onward.events', [{ key: id, value: JSON.stringify(record) }]);
    return true;
  }
}
