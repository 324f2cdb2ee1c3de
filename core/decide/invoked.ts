import { startStep } from '../climb';
import type { InvocationStarted } from '../event';
import type { Input } from '../input';
import { rungAt } from '../ladder';
import { emit, type Transition } from '../transition';

/** The first step begins, or waits for the scheduled time. The flow's time to live counts from the scheduled start. */
export function invoked(t: Transition, input: Extract<Input, { type: 'Invoked' }>): void {
  if (t.state.status !== 'new') return;
  const { ladder } = t.state;
  const startAt = input.sendAt !== null && input.sendAt > t.now ? input.sendAt : null;
  const started: Omit<InvocationStarted, 'seq' | 'at'> = { type: 'InvocationStarted' };
  if (ladder.expiresAfterMs !== null) started.expiresAt = (startAt ?? t.now) + ladder.expiresAfterMs;
  if (input.timezone !== null) started.timezone = input.timezone;
  if (input.unaddressable.length > 0) started.unaddressable = input.unaddressable;
  if (startAt !== null) started.until = startAt;
  if (input.costs !== undefined) started.costs = input.costs;
  if (input.country !== undefined) started.country = input.country;
  emit(t, started);
  if (startAt === null) startStep(t, 0);
  else emit(t, { type: 'StepDeferred', step: rungAt(ladder, 0).name, until: startAt });
}
