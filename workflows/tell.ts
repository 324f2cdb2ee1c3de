import { proxySinks, type Sinks } from '@temporalio/workflow';
import { toRecord } from '../core/wire';
import type { EventRecord } from '../schemas/event';
import type { RunLog } from './contract';
import type { Run } from './run';
import type { Turn } from './take-turn';

interface WorkerSinks extends Sinks {
  log: RunLog;
}
const { log } = proxySinks<WorkerSinks>();

/** What the activities of this turn are to tell the log. */
export interface Told {
  record: EventRecord;
  /** The record goes up to this event. */
  seq: number;
}

/**
 * Events reach the log without an activity of their own. What is certain the worker writes at once, before it reports
 * the turn to Temporal: should it die in between, the turn is taken again and the same is written again, which readers
 * pass over by its numbers. What is not certain waits for this turn to be in Temporal's history: an activity that the
 * turn leads to writes it first of all, or the next turn does, within a second; only where somebody waits for it, or
 * nothing is under way, an activity of its own.
 */
export function tell(run: Run, turn: Turn): Told | null {
  if (turn.lost.length > 0) log.bury(run.id, turn.lost);
  const certain = run.untold.filter(({ seq }) => seq <= turn.certainSeq);
  if (certain.length > 0) {
    log.tell(toRecord(run.id, run.ladder, certain));
    forgetUpTo(run, turn.certainSeq);
  }
  if (run.untold.length === 0) return null;
  const leadsOn = turn.commands.some(({ type }) => type !== 'SuppressAddress');
  if (!leadsOn && run.answersDue > 0 && !turn.urgent) return null;
  return { record: toRecord(run.id, run.ladder, run.untold), seq: run.state.seq };
}

/** The log has them. */
export function forgetUpTo(run: Run, seq: number): void {
  run.untold = run.untold.filter((event) => event.seq > seq);
}
