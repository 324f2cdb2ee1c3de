import type { Event } from '../core/event';
import type { InvocationInput } from './contract';

type Listener = (events: readonly Event[]) => void;

/** By a run's own input, as modules are shared by all runs of a worker. */
const listeners = new WeakMap<object, Listener>();

/** To be told of all that this run decides, at once and in order. */
export function hearDecisions(input: object, listener: Listener): void {
  listeners.set(input, listener);
}

/** Undefined where nobody listens. */
export function listenerOf(input: InvocationInput): Listener | undefined {
  return listeners.get(input);
}
