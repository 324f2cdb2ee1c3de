import type { Command } from './command';
import { routeAt, rungAt, sendRungOf } from './ladder';
import { isActive, newestAttempt, rungNamed, type State, type StepState, stepAt } from './state';

/** What a state still waits for. A host derives its timers and, after a crash, its open commands from here. */

/** The step whose deadline, retry, deferral or recall is due first; `at` in milliseconds since 1970. */
export function nextDue(state: State): { index: number; at: number } | null {
  let index = -1;
  let at = Number.POSITIVE_INFINITY;
  for (let i = 0; i < state.steps.length; i++) {
    const due = dueAt(stepAt(state, i));
    if (due !== null && due < at) {
      at = due;
      index = i;
    }
  }
  return index < 0 ? null : { index, at };
}

function dueAt(step: StepState): number | null {
  if (step.phase === 'running') return step.deadlineAt;
  return isActive(step.phase) ? step.until : null;
}

/** When TimerFired is next due, or null when nothing waits for the clock. */
export function nextWakeAt(state: State): number | null {
  if (state.status !== 'running') return null;
  const due = nextDue(state)?.at ?? null;
  if (due === null || state.expiresAt === null) return due ?? state.expiresAt;
  return Math.min(due, state.expiresAt);
}

/**
 * Commands that were decided and whose outcome is not known: after a crash a host carries them out again. A Send among
 * them may have reached the provider.
 */
export function pendingCommands(state: State): Command[] {
  const commands: Command[] = [];
  state.steps.forEach((step, index) => {
    const rung = rungAt(state.ladder, index);
    if (rung.kind !== 'send') return;
    for (const attempt of step.attempts) {
      const at = { step: rung.name, attempt: attempt.number };
      if (attempt.send === 'requested') commands.push({ type: 'Send', ...at });
      const unheard = attempt.send === 'uncertain' && attempt.seen.length === 0 && step.phase === 'running';
      const asked = step.phase === 'reconciling' && attempt === newestAttempt(step);
      if ((unheard && routeAt(rung, attempt.route).lookup) || asked) commands.push({ type: 'Lookup', ...at });
      if (attempt.recall === 'requested') commands.push({ type: 'Recall', ...at });
    }
  });
  return commands;
}

/** The attempt has still to be sent: its step waits for it and the invocation runs. */
export function isWanted(state: State, step: string, attempt: number): boolean {
  const current = stepAt(state, rungNamed(state, step).index);
  const awaited = state.status === 'running' && current.phase === 'running';
  return awaited && current.attempts[attempt - 1]?.send === 'requested';
}

/** The run has made that attempt (null: any of the step), so that a receipt for it can be taken. */
export function hasMade(state: State, step: string | number, attempt: number | null): boolean {
  const rung = sendRungOf(state.ladder, step);
  if (!rung) return false;
  return stepAt(state, rung.index).attempts.length >= (attempt ?? 1);
}

/** It has ended and every send that was begun has been answered: nothing more is expected of it. */
export function isSettled(state: State): boolean {
  if (state.status === 'running' || state.status === 'new') return false;
  for (const step of state.steps) {
    for (const attempt of step.attempts) {
      if (attempt.send === 'requested') return false;
    }
  }
  return true;
}
