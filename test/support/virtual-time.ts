import type { Timers } from '../../callbacks/timers';

export interface VirtualTime extends Timers {
  /** Moves the clock, and rings what is due by then, in order. */
  advance(ms: number): void;
}

/** A clock that stands still until the test moves it. */
export function virtualTime(startedAt: number): VirtualTime {
  let now = startedAt;
  const timers = new Set<{ at: number; ring: () => void }>();
  return {
    now: () => now,
    after(ms, ring) {
      const timer = { at: now + ms, ring };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      const due = [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      for (const timer of due) if (timers.delete(timer)) timer.ring();
    },
  };
}
