import { type CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { Event } from '../core/event';
import type { Input } from '../core/input';
import { type Ladder, NONE, rungAt } from '../core/ladder';
import { loadLadder } from '../core/ladder-json';
import { isSettled } from '../core/pending';
import { initialState, type State } from '../core/state';
import { dumpState, loadState } from '../core/state-json';
import type { FinalStatus } from '../schemas/vocabulary';
import type { InvocationInput, InvocationResult, ReceiptSignal } from './contract';
import { listenerOf } from './decisions';

/** A run as its workflow knows it. */
export interface Run {
  readonly id: string;
  readonly ladder: Ladder;
  readonly sendTimeoutMs: number;
  state: State;
  /** The latest time that anything was decided at, in milliseconds since 1970: time does not go back within a run. */
  now: number;
  /** The workflow task in hand, known by the length of the history before it, and the last event when it began. */
  task: { historyLength: number; seq: number };
  /** How the run begins; taken in its first turn. */
  beginning: { at: number; input: Input } | null;
  /** Events that the log is not known to have, oldest first. */
  untold: Event[];
  /** Receipts for attempts that have not been made (yet). */
  strays: ReceiptSignal[];
  /** Sends under way, each in a scope by which it can be called off. */
  sending: { step: string; attempt: number; scope: CancellationScope }[];
  /** Activities whose answer is an input: what comes before it in the history may be handed to us after it. */
  answersDue: number;
  /** Activities that have not ended. */
  underWay: number;
  /** Told of what is decided, where somebody listens. */
  readonly decided: ((events: readonly Event[]) => void) | undefined;
}

export function beginRun(input: InvocationInput): Run {
  const { ladder: json, sendTimeoutMs, begin } = input;
  const ladder = loadLadder(json);
  const task = { historyLength: 0, seq: 0 };
  const counts = { sending: [], answersDue: 0, underWay: 0 };
  const fresh = { id: workflowInfo().workflowId, ladder, sendTimeoutMs, task, ...counts, decided: listenerOf(input) };
  if (begin.type === 'invoked') {
    const { at, input } = begin;
    return { ...fresh, state: initialState(ladder), now: at, beginning: { at, input }, untold: [], strays: [] };
  }
  const { now, untold, strays } = begin;
  return { ...fresh, state: loadState(ladder, begin.state), now, beginning: null, untold, strays };
}

export function carriedOf({
  state,
  now,
  untold,
  strays,
}: Run): Extract<InvocationInput['begin'], { type: 'continued' }> {
  return { type: 'continued', state: dumpState(state), now, untold, strays };
}

/** Nothing is to be sent any more, every send has been answered, and the log has it all. */
export function isOver(run: Run): boolean {
  return isSettled(run.state) && run.underWay === 0 && run.untold.length === 0;
}

export function resultOf({ state }: Run): InvocationResult {
  const reachedStep = state.reachedStep === NONE ? null : rungAt(state.ladder, state.reachedStep).name;
  return { status: state.status as FinalStatus, reachedStep, events: state.seq };
}
