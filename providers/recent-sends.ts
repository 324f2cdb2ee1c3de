import type { Provider, Reason } from '../schemas/vocabulary';
import type { CircuitState, SendHealth } from './contract';

const SPAN = { slots: 30, slotMs: 10_000 } as const;
/** Upper ends in ms, each by a quarter above the one before, from 1 ms to about a minute: within that a p95 is right. */
const BOUNDS_MS = Array.from({ length: 50 }, (_, n) => Math.ceil(1.25 ** n));

/** One send that has ended. `reason` null: it was accepted. */
export interface EndedSend {
  provider: Provider;
  account: string;
  reason: Reason | null;
  code: string | null;
  ms: number;
}

/** What the accounts of a process did in the last five minutes, in counters of ten seconds each. */
export interface RecentSends {
  ended(send: EndedSend): void;
  /** Null: the account is gone. */
  circuit(account: string, state: CircuitState | null): void;
  /** Of each of those accounts, whether it sent anything or not. */
  of(accounts: readonly { id: string; provider: Provider }[]): SendHealth[];
}

interface Slot {
  number: number;
  sent: number;
  failed: number;
  latencies: Uint32Array;
}

interface Watched {
  slots: (Slot | undefined)[];
  lastFailure: SendHealth['lastFailure'];
}

/** @param clock milliseconds since 1970 */
export function createRecentSends(clock: () => number): RecentSends {
  const watched = new Map<string, Watched>();
  const circuits = new Map<string, CircuitState>();
  const slotNow = () => Math.floor(clock() / SPAN.slotMs);
  return {
    ended({ account, reason, code, ms }) {
      const one = watched.get(account) ?? { slots: new Array(SPAN.slots), lastFailure: null };
      watched.set(account, one);
      const slot = slotIn(one, slotNow());
      slot.sent++;
      const place = placeOf(ms);
      slot.latencies[place] = (slot.latencies[place] ?? 0) + 1;
      if (reason === null) return;
      slot.failed++;
      one.lastFailure = { at: clock(), reason, code };
    },
    circuit(account, state) {
      if (state !== null) return void circuits.set(account, state);
      circuits.delete(account);
      watched.delete(account);
    },
    of(accounts) {
      const oldest = slotNow() - SPAN.slots + 1;
      return accounts.map(({ id, provider }) => {
        const { slots = [], lastFailure = null } = watched.get(id) ?? {};
        const now = slots.filter((slot) => slot !== undefined && slot.number >= oldest) as Slot[];
        const sent = now.reduce((sum, slot) => sum + slot.sent, 0);
        const failed = now.reduce((sum, slot) => sum + slot.failed, 0);
        const recent = lastFailure !== null && lastFailure.at >= oldest * SPAN.slotMs ? lastFailure : null;
        const breaker = circuits.get(id) ?? 'closed';
        return { provider, account: id, breaker, sent, failed, p95Ms: p95Of(now, sent), lastFailure: recent };
      });
    },
  };
}

function slotIn({ slots }: Watched, number: number): Slot {
  const place = number % SPAN.slots;
  const held = slots[place];
  if (held && held.number === number) return held;
  const slot = { number, sent: 0, failed: 0, latencies: new Uint32Array(BOUNDS_MS.length) };
  slots[place] = slot;
  return slot;
}

function placeOf(ms: number): number {
  const place = BOUNDS_MS.findIndex((bound) => ms <= bound);
  return place < 0 ? BOUNDS_MS.length - 1 : place;
}

function p95Of(slots: readonly Slot[], sent: number): number | null {
  let left = Math.ceil(sent * 0.95);
  if (left === 0) return null;
  for (const [place, bound] of BOUNDS_MS.entries()) {
    for (const { latencies } of slots) left -= latencies[place] ?? 0;
    if (left <= 0) return bound;
  }
  return BOUNDS_MS.at(-1) ?? null;
}
