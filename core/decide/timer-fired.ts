import { beginSend, reachDeadline, startStep, timeOut } from '../climb';
import { rungAt } from '../ladder';
import { nextDue } from '../pending';
import { newestAttempt, stepAt } from '../state';
import { emit, type Transition } from '../transition';
import { recallFailed } from './recall-answered';

/**
 * Everything that is due, the earliest first. After a standstill several deadlines may have passed: the flow's own end
 * goes before them, since nothing may be sent after it.
 */
export function timerFired(t: Transition): void {
  if (t.state.status !== 'running') return;
  if (t.state.expiresAt !== null && t.now >= t.state.expiresAt) return emit(t, { type: 'InvocationExpired' });
  for (let due = nextDue(t.state); due !== null && due.at <= t.now; due = nextDue(t.state)) {
    fire(t, due.index);
  }
}

function fire(t: Transition, index: number): void {
  const rung = rungAt(t.state.ladder, index);
  const step = stepAt(t.state, index);
  if (step.phase === 'recalling' && rung.kind === 'send') {
    recallFailed(t, rung, newestAttempt(step)?.number ?? 1, null);
  } else if (step.phase === 'deferred') {
    if (rung.kind === 'send') beginSend(t, rung);
    else startStep(t, index);
  } else if (step.phase === 'reconciling') {
    timeOut(t, rung);
  } else {
    reachDeadline(t, rung);
  }
}
