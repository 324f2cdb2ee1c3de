import { setImmediate, setTimeout } from 'node:timers/promises';

/** Long work takes the thread for so long at a time, and leaves it to requests for twice as long. */
const SLICE_MS = 1;
const PAUSE_MS = 2;

/** Drives work that yields often, without keeping a request waiting for more than a slice of it. */
export async function inSlices<T>(work: Generator<void, T, void>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await othersTurn();
  }
}

/** After a slice of work: whatever else has come meanwhile is done first. */
export async function othersTurn(): Promise<void> {
  await setTimeout(PAUSE_MS);
  await setImmediate();
}

/** How many may wait for their turn. */
const WAITING_MOST = 4;

/** Long work one at a time, each asked for again within `keptMs` answered as before. */
export interface LongWork {
  /** Null: too many wait already. @param name the same for the same question */
  do<T>(name: string, work: () => Promise<T>): Promise<T> | null;
}

export function longWork(now: () => number, keptMs: number, keptMost: number): LongWork {
  const kept = new Map<string, { answer: Promise<unknown>; until: number }>();
  let last: Promise<unknown> = Promise.resolve();
  let open = 0;

  const forget = () => {
    for (const [name, { until }] of kept) if (until <= now() || kept.size > keptMost) kept.delete(name);
  };

  return {
    do<T>(name: string, work: () => Promise<T>): Promise<T> | null {
      forget();
      const before = kept.get(name);
      if (before) return before.answer as Promise<T>;
      if (open > WAITING_MOST) return null;
      open++;
      const answer = last.then(work).finally(() => {
        open--;
      });
      last = answer.catch(() => undefined);
      // It counts from its end; until then it is the same question that waits.
      const entry = { answer, until: Number.POSITIVE_INFINITY };
      kept.set(name, entry);
      answer.then(
        () => {
          entry.until = now() + keptMs;
        },
        () => kept.delete(name),
      );
      return answer;
    },
  };
}
