import type { Command } from './command';
import type { Event, NewEvent } from './event';
import { evolve } from './evolve';
import type { State } from './state';

/** A decision in the making: what has happened so far, and the state it has led to. */
export interface Transition {
  state: State;
  readonly now: number;
  readonly events: Event[];
  readonly commands: Command[];
}

/** Numbers and stamps a fact and lets the state follow. */
export function emit(transition: Transition, fact: NewEvent): void {
  // The fact is a fresh literal of the caller's: stamping it in place spares a copy on the hottest path there is.
  const event = fact as Event;
  event.seq = transition.state.seq + 1;
  event.at = transition.now;
  transition.events.push(event);
  transition.state = evolve(transition.state, event);
}
