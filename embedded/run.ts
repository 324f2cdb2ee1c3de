import type { Ladder } from '../core/ladder';
import type { State } from '../core/state';
import type { Sleeper } from './alarms';

/** A run in memory: one that is open, or an ended one that something late has just come for. */
export interface Run extends Sleeper {
  id: string;
  ladder: Ladder;
  state: State;
  /** The last event that is on the disk. */
  durableSeq: number;
  /** Commands that are being carried out or wait for their turn: what comes of them has to find this very run. */
  underWay: number;
}

export function newRun(id: string, ladder: Ladder, state: State): Run {
  return { id, ladder, state, durableSeq: state.seq, underWay: 0, wakeAt: null, alarmSlot: -1 };
}
