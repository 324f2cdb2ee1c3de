import type { IncomingHttpHeaders } from 'node:http';
import type { Engine } from '../core/engine';
import type { State } from '../core/state';

const LONGEST_WAIT_SECONDS = 60;

/** Seconds of `Prefer: wait=N` (RFC 7240), at most 60; null where the client does not ask to wait. */
export function waitSeconds(headers: IncomingHttpHeaders): number | null {
  const { prefer } = headers;
  if (prefer === undefined) return null;
  const text = Array.isArray(prefer) ? prefer.join(',') : prefer;
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?(?=$|[,;\s])/i.exec(text);
  return match ? Math.min(Number(match[1]), LONGEST_WAIT_SECONDS) : null;
}

/** Says which wait was granted, as RFC 7240 asks. */
export function preferenceApplied(seconds: number): Record<string, string> {
  return { 'preference-applied': `wait=${seconds}` };
}

export function hasEnded(state: State): boolean {
  return state.endedAt !== null;
}

/**
 * The state once the run has ended, or as it stands when `seconds` are over or the client has gone; null where no run
 * has that ID.
 */
export async function waitForEnd(
  engine: Engine,
  id: string,
  seconds: number,
  closed: AbortSignal,
): Promise<State | null> {
  const until = performance.now() + seconds * 1000;
  const gone = aborted(closed);
  for (;;) {
    const state = await engine.describe(id);
    const left = until - performance.now();
    if (state === null || hasEnded(state) || left <= 0 || closed.aborted) return state;
    const news = await Promise.race([engine.changed(id, state.seq, left), gone]);
    // The time is over, or the engine is stopping: as it stands.
    if (news === false) return engine.describe(id);
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
