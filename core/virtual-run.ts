import type { Command } from './command';
import { decide } from './decide';
import type { Event } from './event';
import type { Input } from './input';
import type { Ladder } from './ladder';
import { isWanted, nextWakeAt } from './pending';
import { initialState, type State } from './state';

interface Due {
  at: number;
  input: Input;
}

/** One invocation on a virtual clock. */
export interface VirtualRun {
  state: State;
  /** In ms since 1970. */
  now: number;
  readonly events: Event[];
  /** What is to come, the earliest first; what is due at one time stays in the order it was put in. */
  readonly queue: Due[];
}

/** What lies outside: it carries out a command by putting in what is to come of it, at its time. */
export interface World {
  /** Of an attempt that its step still waits for. */
  send(run: VirtualRun, step: string, attempt: number): void;
  recall(run: VirtualRun, step: string, attempt: number): void;
  lookup(run: VirtualRun, step: string, attempt: number): void;
}

export function virtualRun(ladder: Ladder, startAt: number): VirtualRun {
  return { state: initialState(ladder), now: startAt, events: [], queue: [] };
}

/**
 * Plays an invocation by the same rules as a real one, until nothing more can happen, late receipts included. What is
 * due at the very moment of a deadline comes before it.
 */
export function playOut(run: VirtualRun, world: World, invoked: Extract<Input, { type: 'Invoked' }>): void {
  take(run, world, invoked);
  for (;;) {
    const due = run.queue[0];
    const wakeAt = nextWakeAt(run.state);
    if (due !== undefined && (wakeAt === null || due.at <= wakeAt)) {
      run.queue.shift();
      run.now = due.at;
      take(run, world, due.input);
    } else if (wakeAt !== null) {
      run.now = Math.max(run.now, wakeAt);
      take(run, world, { type: 'TimerFired' });
    } else {
      return;
    }
  }
}

/** Nearly always the last place is the right one: the queue is short, and what is put in is due later. */
export function put({ queue }: VirtualRun, at: number, input: Input): void {
  let place = queue.length;
  while (place > 0 && (queue[place - 1] as Due).at > at) place--;
  if (place === queue.length) queue.push({ at, input });
  else queue.splice(place, 0, { at, input });
}

/** The receipts of an attempt that were to come at `from` or later will not come. */
export function withdrawReceipts({ queue }: VirtualRun, step: string, attempt: number, from: number): void {
  for (let n = queue.length - 1; n >= 0; n--) {
    const { at, input } = queue[n] as Due;
    if (at < from || input.type !== 'ReceiptArrived') continue;
    if (input.step === step && input.attempt === attempt) queue.splice(n, 1);
  }
}

function take(run: VirtualRun, world: World, input: Input): void {
  const { state, events, commands } = decide(run.state, input, run.now);
  run.state = state;
  for (const event of events) run.events.push(event);
  for (const command of commands) carryOut(run, world, command);
}

function carryOut(run: VirtualRun, world: World, command: Command): void {
  if (command.type === 'SuppressAddress') return;
  const { type, step, attempt } = command;
  if (type === 'Recall') world.recall(run, step, attempt);
  else if (type === 'Lookup') world.lookup(run, step, attempt);
  else if (isWanted(run.state, step, attempt)) world.send(run, step, attempt);
  else put(run, run.now, { type: 'SendDropped', step, attempt });
}
