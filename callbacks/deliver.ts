import type {
  CallbackProfile,
  CallbackProfileStore,
  Delivery,
  DeliveryOutcome,
  DeliveryStore,
} from '../store/contract';
import { createHealth, type Health } from './health';
import type { AttemptOutcome } from './metrics';
import { ATTEMPT_MS_MAX, type Posted } from './post';
import { startRounds } from './rounds';
import { nextAttemptAt } from './schedule';
import { createSlots } from './slots';
import type { Timers } from './timers';
import { createTeller, type Teller } from './told-once';

/** Of what a disabled profile had due, a round. */
const HELD_AT_ONCE = 100;
const MS = {
  /** An attempt takes 15 s at most; a process that dies over one leaves it to the next after this. */
  lease: ATTEMPT_MS_MAX + 5_000,
  /** For what another process has made due. */
  poll: 5_000,
  /** While something is due and its profile's slots are taken. */
  crowded: 250,
  /** For the attempts in hand, at a stop. */
  patience: 4_000,
} as const;

export interface DeliverDeps {
  deliveries: Pick<DeliveryStore, 'dueProfiles' | 'claim' | 'settle' | 'nextDueAt' | 'add'>;
  profiles: Pick<CallbackProfileStore, 'get' | 'all' | 'setHealth'>;
  post(profile: CallbackProfile, delivery: Delivery): Promise<Posted>;
  timers: Timers;
  /** In [0, 1). */
  random(): number;
  attempted(outcome: AttemptOutcome, durationMs: number): void;
  onDisabled(profileId: string, reason: 'gone' | 'failing'): void;
  onFault(message: string, error: unknown): void;
}

export interface Deliverer {
  /** Something is due that was not before. */
  wake(): void;
  /** Takes nothing new, gives the attempts in hand some seconds to finish, and leaves the others to their leases. */
  stop(): Promise<void>;
}

/**
 * Makes the deliveries that are due, those of one invocation and profile one after the other, of each profile so many
 * side by side and no more: an endpoint that hangs holds up nobody but itself.
 */
export function createDeliverer(deps: DeliverDeps): Deliverer {
  const { deliveries, timers } = deps;
  const teller = createTeller(deps.onFault);
  const attempts = createAttempts(deps, teller, () => rounds.wake());
  let stopping = false;

  async function round(): Promise<number> {
    const now = timers.now();
    const due = await deliveries.dueProfiles(now);
    // Whoever has the fewest under way goes first.
    due.sort((a, b) => attempts.underWay(a) - attempts.underWay(b));
    for (const id of due) {
      if (stopping) return 0;
      await attempts.begin(id, now).then(
        () => teller.well(`of ${id}`),
        (error) => teller.ill(`of ${id}`, 'the callbacks of a profile wait', error),
      );
    }
    const next = await deliveries.nextDueAt();
    if (next === null) return MS.poll;
    // What has become due since we looked is not what slots are wanting for.
    if (next <= now) return MS.crowded;
    return Math.min(Math.max(next - timers.now(), 0), MS.poll);
  }

  const rounds = startRounds({ timers, teller, round });
  return {
    wake: rounds.wake,
    async stop() {
      stopping = true;
      await rounds.stop();
      await attempts.finish();
    },
  };
}

interface Attempts {
  underWay(profileId: string): number;
  /** Begins as many of what is due of that profile as there are slots for. */
  begin(profileId: string, now: number): Promise<void>;
  /** Gives what is under way some seconds, and leaves what takes longer to its lease. */
  finish(): Promise<void>;
}

function createAttempts(deps: DeliverDeps, teller: Teller, wake: () => void): Attempts {
  const { deliveries, profiles, timers } = deps;
  const health = createHealth(deps);
  const slots = createSlots();
  const underWay = new Set<Promise<void>>();
  let abandoned = false;

  function start(profile: CallbackProfile, delivery: Delivery): void {
    const leave = slots.take(profile.id);
    const attempt = makeAttempt(deps, health, profile, delivery, () => abandoned)
      .then(
        () => teller.well(profile.id),
        // Its lease runs out, and it comes again.
        (error) => teller.ill(profile.id, 'a callback could not be noted', error),
      )
      .finally(() => {
        underWay.delete(attempt);
        leave();
        wake();
      });
    underWay.add(attempt);
  }

  return {
    underWay: slots.taken,
    async begin(id, now) {
      if (slots.free(id, false) <= 0) return;
      const profile = await profiles.get(id);
      if (!profile?.enabled) {
        const error = profile ? 'not sent: the profile is disabled' : 'not sent: the profile is gone';
        if ((await holdBack(deps, id, error, now)) === HELD_AT_ONCE) wake();
        return;
      }
      const free = slots.free(id, profile.failingSince !== null);
      if (free <= 0) return;
      for (const delivery of await deliveries.claim(id, now, now + MS.lease, free)) start(profile, delivery);
    },
    async finish() {
      let cancel: () => void = () => {};
      const patience = new Promise<void>((resolve) => {
        cancel = timers.after(MS.patience, resolve);
      });
      await Promise.race([Promise.all(underWay), patience]);
      cancel();
      abandoned = true;
    },
  };
}

/** @param abandoned what comes of it is nobody's business any more: the store may be closed */
async function makeAttempt(
  { deliveries, timers, post, random, attempted }: DeliverDeps,
  health: Health,
  profile: CallbackProfile,
  delivery: Delivery,
  abandoned: () => boolean,
): Promise<void> {
  const { retryAfterMs, ...attempt } = await post(profile, delivery);
  if (abandoned()) return;
  const now = timers.now();
  const came = cameOf(attempt);
  const disabled = await health.seen(profile, came, now);
  const next = nextAttemptAt(delivery.tries + 1, now, { retryAfterMs, random: random() });
  const outcome = outcomeOf(came, disabled, next);
  attempted(outcome.status === 'pending' ? 'retried' : outcome.status, attempt.durationMs);
  await deliveries.settle(delivery.id, attempt, outcome, now);
}

function cameOf({ responseCode, error }: Pick<Posted, 'responseCode' | 'error'>): 'through' | 'failed' | 'gone' {
  if (responseCode === 410) return 'gone';
  return error === null ? 'through' : 'failed';
}

function outcomeOf(came: 'through' | 'failed' | 'gone', disabled: boolean, next: number | null): DeliveryOutcome {
  if (came === 'through') return { status: 'delivered' };
  return disabled || next === null ? { status: 'failed' } : { status: 'pending', dueAt: next };
}

/** What is due of a profile that is not called any more waits until somebody asks for it again. @returns how many */
async function holdBack({ deliveries }: DeliverDeps, id: string, error: string, now: number): Promise<number> {
  const due = await deliveries.claim(id, now, now + MS.lease, HELD_AT_ONCE);
  const attempt = { at: now, durationMs: 0, responseCode: null, error, response: '' };
  for (const delivery of due) await deliveries.settle(delivery.id, attempt, { status: 'failed' }, now);
  return due.length;
}
