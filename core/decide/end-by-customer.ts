import type { Input } from '../input';
import { emit, type Transition } from '../transition';

/** Cancel stops what has not been sent; complete says that the business outcome happened (the code was used). */
export function endByCustomer(
  t: Transition,
  input: Extract<Input, { type: 'CancelRequested' | 'CompleteRequested' }>,
): void {
  if (t.state.status !== 'running') return;
  emit(t, { type: input.type === 'CancelRequested' ? 'InvocationCancelled' : 'InvocationSucceeded' });
}
