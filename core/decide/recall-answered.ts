import { advanceFrom } from '../climb';
import type { Input } from '../input';
import { type SendRung, sendRungOf } from '../ladder';
import { stepAt } from '../state';
import { emit, type Transition } from '../transition';

export function recallAnswered(
  t: Transition,
  input: Extract<Input, { type: 'RecallConfirmed' | 'RecallFailed' }>,
): void {
  const rung = sendRungOf(t.state.ladder, input.step);
  if (!rung || t.state.status !== 'running' || stepAt(t.state, rung.index).phase !== 'recalling') return;
  if (input.type === 'RecallConfirmed') recallConfirmed(t, rung, input.attempt);
  else recallFailed(t, rung, input.attempt, input.code);
}

/** Taken back: the next step can reach the person only once. */
export function recallConfirmed(t: Transition, rung: SendRung, attempt: number): void {
  emit(t, { type: 'RecallConfirmed', step: rung.name, attempt });
  advanceFrom(t, rung, 'timeout');
}

/** Refused, or not confirmed in time: the ladder goes on, and what follows is marked as a duplicate risk. */
export function recallFailed(t: Transition, rung: SendRung, attempt: number, code: string | null): void {
  const fact = { type: 'RecallFailed', step: rung.name, attempt } as const;
  emit(t, code === null ? fact : { ...fact, code });
  advanceFrom(t, rung, 'timeout');
}
