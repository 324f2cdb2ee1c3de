import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { decide } from '../core/decide';
import { type ControlOutcome, EngineUnavailable } from '../core/engine';
import type { Event } from '../core/event';
import { fold } from '../core/evolve';
import type { Input, ReceiptInput } from '../core/input';
import type { Ladder } from '../core/ladder';
import { hasMade } from '../core/pending';
import type { State } from '../core/state';
import { toRecord, toWire } from '../core/wire';
import type { Log } from '../log/contract';
import type { Histories } from '../store/contract';
import { type History, historyOf } from './histories';

/** How long what was written to the log may take to be read from the histories. */
const MS = { readable: 10_000, look: 25 } as const;

export interface LateRunsDeps {
  log: Pick<Log, 'append'>;
  histories: Pick<Histories, 'of'>;
  ladderOf(ref: Omit<History, 'events'>): Promise<Ladder>;
  /** Milliseconds since 1970. */
  clock(): number;
}

/**
 * What comes for runs whose workflow is closed: it is recorded here. Others may do so for the same run at the same time,
 * in other processes, and the histories may be a moment behind: of two events of one number the first in the log
 * stands. So each looks whether its own stand, and decides anew where they do not.
 */
export class LateRuns {
  constructor(private readonly deps: LateRunsDeps) {}

  /** @throws EngineUnavailable where it cannot be seen in time whether it was recorded; to be handed over again then */
  async receive(id: string, receipt: ReceiptInput): Promise<'taken' | 'unknown'> {
    // A workflow closes after the log has its end: one without was terminated from outside, or its server lost it, or
    // the histories have not come to it yet.
    const known = (state: State) => state.endedAt !== null && hasMade(state, receipt.step, receipt.attempt);
    return (await this.take(id, receipt, known)) === 'unknown' ? 'unknown' : 'taken';
  }

  /** Ends a run whose workflow was terminated from outside, or lost, and that would otherwise run for good. */
  async end(
    id: string,
    input: Extract<Input, { type: 'CancelRequested' | 'CompleteRequested' }>,
  ): Promise<ControlOutcome> {
    const outcome = await this.take(id, input, () => true);
    if (outcome === 'unknown') return 'unknown';
    return outcome === 'changed' ? 'done' : 'already_ended';
  }

  private async take(
    id: string,
    input: Input,
    known: (state: State) => boolean,
  ): Promise<'unknown' | 'changed' | 'unchanged'> {
    for (;;) {
      const state = await this.read(id);
      if (!state || !known(state)) return 'unknown';
      const { events } = decide(state, input, this.deps.clock());
      if (events.length === 0) return 'unchanged';
      const value = JSON.stringify(toRecord(id, state.ladder, events));
      await this.deps.log.append('onward.events', [{ key: id, value }]);
      if (await this.stand(id, events)) return 'changed';
    }
  }

  private async read(id: string): Promise<State | null> {
    const history = historyOf(await this.deps.histories.of(id));
    return history && fold(await this.deps.ladderOf(history), history.events);
  }

  /** Whether the run's history has these events; false where another's came before them. */
  private async stand(id: string, events: readonly Event[]): Promise<boolean> {
    const until = this.deps.clock() + MS.readable;
    for (;;) {
      const stored = historyOf(await this.deps.histories.of(id))?.events ?? [];
      const same = events.map((event) => {
        const there = stored[event.seq - 1];
        return there === undefined ? null : isDeepStrictEqual(toWire(there), toWire(event));
      });
      if (same.includes(false)) return false;
      if (!same.includes(null)) return true;
      if (this.deps.clock() > until) throw new EngineUnavailable('the histories do not follow the log');
      await pause(MS.look);
    }
  }
}
