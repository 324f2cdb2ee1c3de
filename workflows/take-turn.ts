import { workflowInfo } from '@temporalio/workflow';
import type { Command } from '../core/command';
import { decide } from '../core/decide';
import type { Input } from '../core/input';
import { sendRungOf } from '../core/ladder';
import { hasMade, nextWakeAt } from '../core/pending';
import type { ReceiptSignal } from './contract';
import type { News, Signal } from './inbox';
import type { Run } from './run';

/** Of them a run keeps that many; whoever sends more has mistaken the run for another. */
const STRAYS_MAX = 100;

/** What one turn came to. */
export interface Turn {
  commands: Command[];
  /**
   * Events up to this number are certain, though Temporal does not have this turn yet: should the turn be lost and taken
   * again, with more in it, they would come out the same, in the same place.
   */
  certainSeq: number;
  /** Somebody waits for the outcome. */
  urgent: boolean;
  /** Receipts for attempts that never will be made. */
  lost: ReceiptSignal[];
}

/**
 * Decides on everything that has happened, in the order answers, signals, alarm: a turn that is taken again with more in
 * it comes to the same as before, and then to more, as long as what has an effect outside (`certainSeq`) keeps to this:
 * an answer that comes later goes before the signals, so that signals are uncertain while an answer is due; signals that
 * come later go before the alarm, so that what the alarm leads to always is.
 */
export function takeTurn(run: Run, news: News): Turn {
  const first = isFirstOfTask(run);
  // What earlier tasks decided stands in Temporal's history by now.
  const turn: Turn = { commands: [], certainSeq: run.task.seq, urgent: false, lost: [] };
  // In the very first turn nothing can come before the signals but the beginning.
  const signalsCertain = run.answersDue === 0 || run.beginning !== null;
  if (run.beginning) apply(run, turn, run.beginning.input, run.beginning.at);
  run.beginning = null;
  for (const { input, at } of news.answers) apply(run, turn, input, at);
  if (first) turn.certainSeq = run.state.seq;
  for (const signal of news.signals) takeSignal(run, turn, signal);
  if (first && signalsCertain) turn.certainSeq = run.state.seq;
  if (news.cancelled) {
    turn.urgent = true;
    apply(run, turn, { type: 'CancelRequested' }, Date.now());
  }
  if (news.rang) ring(run, turn, nowOf(run, news));
  for (const input of news.outOfTime) apply(run, turn, input, Date.now());
  if (run.state.status !== 'running') turn.lost.push(...run.strays.splice(0));
  return turn;
}

/**
 * A send that is called off in the task that asks for it is answered within that task, in a further turn: what comes
 * later would go before it, so that nothing of such a turn is certain.
 */
function isFirstOfTask(run: Run): boolean {
  const { historyLength } = workflowInfo();
  if (historyLength === run.task.historyLength) return false;
  run.task = { historyLength, seq: run.state.seq };
  return true;
}

function takeSignal(run: Run, turn: Turn, signal: Signal): void {
  if (signal.type === 'receipt') return takeReceipt(run, turn, signal);
  turn.urgent = true;
  apply(run, turn, { type: signal.type === 'cancel' ? 'CancelRequested' : 'CompleteRequested' }, signal.at);
}

function takeReceipt(run: Run, turn: Turn, { at, receipt }: ReceiptSignal): void {
  if (hasMade(run.state, receipt.step, receipt.attempt)) return apply(run, turn, receipt, at);
  const never = sendRungOf(run.ladder, receipt.step) === null || run.state.status !== 'running';
  (never || run.strays.length >= STRAYS_MAX ? turn.lost : run.strays).push({ at, receipt });
}

/** A worker whose clock goes before the server's may have found the flow's time over: then it is. */
function nowOf({ state }: Run, { outOfTime }: News): number {
  const dropped = outOfTime.some(({ type }) => type === 'SendDropped');
  return dropped ? Math.max(Date.now(), state.expiresAt ?? 0) : Date.now();
}

/** Deadlines that have passed, each at its own decision: one may lead to the next. */
function ring(run: Run, turn: Turn, now: number): void {
  for (let due = nextWakeAt(run.state); due !== null && due <= now; due = nextWakeAt(run.state)) {
    const { seq } = run.state;
    apply(run, turn, { type: 'TimerFired' }, Math.max(due, now));
    if (run.state.seq === seq) return;
  }
}

/** @param at by the clock of whoever brought it; within a run time does not go back */
function apply(run: Run, turn: Turn, input: Input, at: number): void {
  run.now = Math.max(run.now, at);
  const decision = decide(run.state, input, run.now);
  if (decision.events.length === 0) return;
  run.state = decision.state;
  run.untold.push(...decision.events);
  run.decided?.(decision.events);
  turn.commands.push(...decision.commands);
  reconsiderStrays(run, turn);
}

function reconsiderStrays(run: Run, turn: Turn): void {
  const due = run.strays.filter(({ receipt }) => hasMade(run.state, receipt.step, receipt.attempt));
  if (due.length === 0) return;
  run.strays = run.strays.filter((stray) => !due.includes(stray));
  for (const { at, receipt } of due) apply(run, turn, receipt, at);
}
