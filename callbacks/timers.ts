/** The one clock of this room, so that a schedule of days is tested in moments. */
export interface Timers {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `ring` once, after so many ms. @returns what takes it back */
  after(ms: number, ring: () => void): () => void;
}

/** What Node takes at most; whoever waits for longer is woken and looks again. */
const LONGEST_MS = 2_147_483_647;

export const REAL_TIMERS: Timers = {
  now: Date.now,
  after(ms, ring) {
    const timer = setTimeout(ring, Math.min(ms, LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
