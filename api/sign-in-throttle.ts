import { createBoundedMap } from '../store/bounded-map';

/**
 * From one client few, so that it neither guesses on nor keeps anybody else out; of one address, from all clients
 * together, what NIST SP 800-63B (5.2.2) has as its most.
 */
const FAILURES_MAX = { client: 10, account: 100 } as const;
const WITHIN_MS = 15 * 60_000;
/** Of addresses, and of clients. Who has been quiet the longest is forgotten first. */
const HELD = 10_000;

/** What an attempt is counted by. */
export interface Who {
  /** The address that somebody signs in with. */
  account: string;
  client: string;
}

/**
 * Passwords may be tried ten times in a quarter of an hour by one client, a hundred times at one address. An attempt
 * counts as failed from its beginning: many at once are no way round.
 */
export interface Throttle {
  /** @returns seconds to wait, where there were too many; else how to take it back when it was right */
  attempt(who: Who): { waitSeconds: number } | { waitSeconds: null; succeeded(): void; takeBack(): void };
}

export function createThrottle(now: () => number): Throttle {
  const accounts = createBoundedMap<string, readonly number[]>(HELD);
  const clients = createBoundedMap<string, readonly number[]>(HELD);
  const recent = (map: typeof accounts, key: string, at: number) =>
    (map.get(key) ?? []).filter((failed) => at - failed < WITHIN_MS);

  return {
    attempt({ account, client }) {
      const at = now();
      const counted = [
        { map: accounts, key: account.trim().toLowerCase(), most: FAILURES_MAX.account },
        { map: clients, key: client, most: FAILURES_MAX.client },
      ].map((one) => ({ ...one, failed: recent(one.map, one.key, at) }));
      const full = counted.filter(({ failed, most }) => failed.length >= most);
      if (full.length > 0) {
        const until = Math.max(...full.map(({ failed }) => (failed[0] ?? at) + WITHIN_MS));
        return { waitSeconds: Math.max(Math.ceil((until - at) / 1000), 1) };
      }
      for (const { map, key, failed } of counted) map.set(key, [...failed, at]);
      const takeBack = () => {
        for (const { map, key } of counted) map.set(key, without(map.get(key) ?? [], at));
      };
      return {
        waitSeconds: null,
        takeBack,
        succeeded() {
          takeBack();
          accounts.set(account.trim().toLowerCase(), []);
        },
      };
    },
  };
}

function without(times: readonly number[], at: number): number[] {
  const index = times.indexOf(at);
  return times.filter((_, n) => n !== index);
}
