import type {
  CallbackProfile,
  CallbackProfileStore,
  Delivery,
  DeliveryOutcome,
  DeliveryStore,
} from '../store/contract';
import { createHealth, type Health } from './health';
import type { AttemptOutcome } from './metrics';
import { ATTEMPT_MS_MAX, type Post, type Posted } from './post';
import { nextAttemptAt } from './schedule';
import type { Timers } from './timers';
import { createTeller } from './told-once';

const SLOTS = {
  all: 256,
  profile: 32,
  /** Of a profile whose last attempt failed: enough to see that it is back, few enough to leave the rest to the others. */
  failing: 2,
} as const;
/** Of what a disabled profile had due, a round. */
const HELD_AT_ONCE = 100;
const MS = {
  /** An attempt takes 15 s at most; a process that dies over one leaves it to the next after this. */
  lease: ATTEMPT_MS_MAX + 5_000,
  /** For what another process has made due. */
  poll: 5_000,
  /** While something is due and its profile's slots are taken. */
  crowded: 250,
  again: 1_000,
  /** For the attempts in hand, at a stop. */
  patience: 6_000,
} as const;

export interface DeliverDeps {
  deliveries: Pick<DeliveryStore, 'dueProfiles' | 'claim' | 'settle' | 'nextDueAt' | 'add'>;
  profiles: Pick<CallbackProfileStore, 'get' | 'all' | 'setHealth'>;
  post: Post;
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
  const { deliveries, profiles, timers } = deps;
  const teller = createTeller(deps.onFault);
  const health = createHealth(deps);
  const inHand = new Map<string, number>();
  const attempts = new Set<Promise<void>>();
  let stopped = false;
  let abandoned = false;
  let woken = false;
  let endWait: () => void = () => {};

  function wake(): void {
    woken = true;
    endWait();
  }

  function begin(profile: CallbackProfile, delivery: Delivery): void {
    inHand.set(profile.id, (inHand.get(profile.id) ?? 0) + 1);
    const attempt = makeAttempt(deps, health, profile, delivery, () => abandoned)
      .then(
        () => teller.well(profile.id),
        // Its lease runs out, and it comes again.
        (error) => teller.ill(profile.id, 'a callback could not be noted', error),
      )
      .finally(() => {
        attempts.delete(attempt);
        const left = (inHand.get(profile.id) ?? 1) - 1;
        if (left > 0) inHand.set(profile.id, left);
        else inHand.delete(profile.id);
        wake();
      });
    attempts.add(attempt);
  }

  async function serve(id: string, now: number): Promise<void> {
    const mine = inHand.get(id) ?? 0;
    if (mine >= SLOTS.profile || attempts.size >= SLOTS.all) return;
    const profile = await profiles.get(id);
    if (!profile?.enabled) {
      const error = profile ? 'not sent: the profile is disabled' : 'not sent: the profile is gone';
      if ((await holdBack(deps, id, error, now)) === HELD_AT_ONCE) wake();
      return;
    }
    const slots = profile.failingSince === null ? SLOTS.profile : SLOTS.failing;
    const free = Math.min(slots - mine, SLOTS.all - attempts.size);
    if (free <= 0) return;
    for (const delivery of await deliveries.claim(id, now, now + MS.lease, free)) begin(profile, delivery);
  }

  /** @returns how long nothing has to be done, in ms */
  async function round(): Promise<number> {
    const now = timers.now();
    const due = await deliveries.dueProfiles(now);
    // Whoever has the fewest under way goes first.
    due.sort((a, b) => (inHand.get(a) ?? 0) - (inHand.get(b) ?? 0));
    for (const id of due) {
      if (stopped) return 0;
      await serve(id, now).then(
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

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timers.after(ms, resolve);
      endWait = () => {
        cancel();
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false;
      const restMs = await round().then(
        (ms) => {
          teller.well('');
          return ms;
        },
        (error) => {
          teller.ill('', 'callbacks wait', error);
          return MS.again;
        },
      );
      if (restMs > 0 && !woken && !stopped) await wait(restMs);
    }
  }

  const running = run();
  return {
    wake,
    async stop() {
      stopped = true;
      wake();
      await running;
      let cancel: () => void = () => {};
      const patience = new Promise<void>((resolve) => {
        cancel = timers.after(MS.patience, resolve);
      });
      await Promise.race([Promise.all(attempts), patience]);
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
