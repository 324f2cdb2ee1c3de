export interface LoopOptions {
  /** Executions under way at once. */
  inFlight: number;
  warmupMs: number;
  measureMs: number;
}

/** What was measured: from the end of the warm-up to the end of the loop, in ms of `now`. */
export interface Window {
  from: number;
  to: number;
}

/**
 * Keeps `inFlight` executions under way: as one ends the next begins. The load follows what the system takes, so that
 * its times are those of a loaded system and not of a growing queue. Rejects with the first failure of `once`.
 */
export async function closedLoop(once: () => Promise<void>, now: () => number, options: LoopOptions): Promise<Window> {
  const from = now() + options.warmupMs;
  const to = from + options.measureMs;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && now() < to) {
      try {
        await once();
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, worker));
  return { from, to };
}

/** Begins `perSecond` executions a second, evenly, whether or not the earlier ones have ended. */
export async function openLoop(once: () => Promise<void>, perSecond: number, durationMs: number): Promise<void> {
  const begun: Promise<void>[] = [];
  const startedAt = performance.now();
  const total = Math.round((perSecond * durationMs) / 1000);
  while (begun.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1000));
    while (begun.length < due) begun.push(once());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(begun);
}
