const SECONDS = 60;

/** How often something happened lately, in one-second counters: a fixed few bytes, and one addition each time. */
export interface RecentCount {
  add(count?: number): void;
  /** Over the last 60 s, those before the process began included. */
  perSecond(): number;
}

/** @param now milliseconds since 1970 */
export function createRecentCount(now: () => number): RecentCount {
  const counts = new Uint32Array(SECONDS);
  /** The newest second that is counted in. */
  let newest = 0;
  const turnTo = (second: number) => {
    // A clock that was set back goes on counting in the newest second.
    if (second <= newest) return;
    const passed = Math.min(second - newest, SECONDS);
    for (let n = 1; n <= passed; n++) counts[(second - passed + n) % SECONDS] = 0;
    newest = second;
  };
  const secondOf = () => Math.floor(now() / 1000);
  return {
    add(count = 1) {
      turnTo(secondOf());
      const at = newest % SECONDS;
      counts[at] = (counts[at] ?? 0) + count;
    },
    perSecond() {
      turnTo(secondOf());
      return counts.reduce((sum, count) => sum + count, 0) / SECONDS;
    },
  };
}
