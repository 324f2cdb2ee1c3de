import { randomBytes } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { DeliveryDocument, Turn } from './delivery-documents';

/** Looks at one profile in a claim, each for as many as are still wanted: whoever has more due asks again. */
const LOOKS_MAX = 10;

const TURN = {
  ...{ profileId: 1, invocationId: 1, seq: 1, order: 1 },
  ...{ dueAt: 1, waits: 1, holder: 1, leasedUntil: 1 },
} as const;

/** What is due at a time. The lower bound leaves out what has no such time. */
export const dueBy = (now: number) => ({ dueAt: { $gte: 0, $lte: now } });

const pairOf = ({ profileId, invocationId }: Pick<Turn, 'profileId' | 'invocationId'>) =>
  `${profileId} ${invocationId}`;

/**
 * Whose turn it is among the pending deliveries of one profile and invocation, without transactions. The truth is looked
 * up when one is claimed: it is the first of its pending ones and none of them is being made. `waits` and `dueAt` only
 * say when to look. Whoever settles one and whoever makes one wait look afterwards (`hasten`) whether the first one
 * waits although nothing holds it up; of two that do so at once the later one sees what the other did. One who dies in
 * between leaves a time to look again.
 */
export function deliveryTurns(deliveries: Collection<DeliveryDocument>) {
  /** The pending ones of those invocations by pair, the first of each first. */
  async function pendingOf(some: readonly Pick<Turn, 'invocationId' | 'profileId'>[]): Promise<Map<string, Turn[]>> {
    const invocationIds = [...new Set(some.map(({ invocationId }) => invocationId))].filter((id) => id !== '');
    const pairs = new Map<string, Turn[]>();
    if (invocationIds.length === 0) return pairs;
    const found = deliveries.find(
      { invocationId: { $in: invocationIds }, profileId: { $in: profilesOf(some) }, status: 'pending' },
      { projection: TURN },
    );
    for (const turn of (await found.toArray()) as Turn[]) {
      const pair = pairs.get(pairOf(turn));
      if (pair) pair.push(turn);
      else pairs.set(pairOf(turn), [turn]);
    }
    for (const turns of pairs.values()) turns.sort(byTurn);
    return pairs;
  }

  /** Makes the first one of each pair due at once where it waits for nothing. */
  async function hasten(some: readonly Pick<Turn, 'invocationId' | 'profileId'>[], now: number): Promise<void> {
    const firsts = [...(await pendingOf(some)).values()].map((turns) => freeFirst(turns, now));
    const ids = firsts.filter((turn) => turn?.waits).map((turn) => String(turn?._id));
    if (ids.length === 0) return;
    const still = { _id: { $in: ids }, status: 'pending' as const, waits: true };
    await deliveries.updateMany(still, { $set: { waits: false, dueAt: now } });
  }

  /** Those that may be made at `now`, in the order of the due ones; what has to wait is made to. */
  async function mayBeMade(due: readonly Turn[], now: number, leaseUntil: number): Promise<Turn[]> {
    const pairs = await pendingOf(due);
    const chosen = new Map<string, Turn>();
    const waiting = new Map<number, Turn[]>();
    for (const turn of due) {
      const turns = turn.invocationId === '' ? [turn] : (pairs.get(pairOf(turn)) ?? []);
      // Settled meanwhile.
      if (!turns.some(({ _id }) => _id === turn._id)) continue;
      const first = freeFirst(turns, now);
      if (first && (first.waits || Number(first.dueAt) <= now)) chosen.set(first._id, first);
      if (first?._id === turn._id) continue;
      const lookAt = Math.max(leaseUntil, Number(first?.dueAt ?? 0));
      waiting.set(lookAt, [...(waiting.get(lookAt) ?? []), turn]);
    }
    for (const [dueAt, turns] of waiting) {
      const these = { _id: { $in: turns.map(({ _id }) => _id) }, status: 'pending' as const, ...dueBy(now) };
      await deliveries.updateMany(these, { $set: { dueAt, waits: true } });
    }
    if (waiting.size > 0) await hasten([...waiting.values()].flat(), now);
    return [...chosen.values()];
  }

  /**
   * Of several who lease one at once, one has it: MongoDB looks at a document and changes it in one go, and it is free
   * for the update of one of them. FerretDB 1.x looks first and changes then: there two processes that ask in the same
   * moment may both make it.
   * @returns the leased ones as they were before, `dueAt` included
   */
  async function lease(turns: readonly Turn[], now: number, leaseUntil: number): Promise<DeliveryDocument[]> {
    const ids = turns.map(({ _id }) => _id);
    const holder = randomBytes(9).toString('base64url');
    await deliveries.updateMany(
      { _id: { $in: ids }, status: 'pending', leasedUntil: { $lte: now }, $or: [dueBy(now), { waits: true }] },
      { $set: { holder, leasedUntil: leaseUntil, dueAt: leaseUntil, waits: false } },
    );
    const found = await deliveries.find({ _id: { $in: ids }, holder }).toArray();
    const leased = new Map(found.map((document) => [document._id, document]));
    return turns.flatMap(({ _id, dueAt }) => {
      const document = leased.get(_id);
      return document ? [{ ...document, dueAt }] : [];
    });
  }

  async function claim(profileId: string, now: number, leaseUntil: number, limit: number): Promise<DeliveryDocument[]> {
    const taken: DeliveryDocument[] = [];
    for (let looks = 0; looks < LOOKS_MAX && taken.length < limit; looks++) {
      const wanted = limit - taken.length;
      const due = deliveries.find({ profileId, ...dueBy(now) }, { projection: TURN });
      const found = (await due.sort({ dueAt: 1 }).limit(wanted).toArray()) as Turn[];
      const turns = (await mayBeMade(found, now, leaseUntil)).slice(0, wanted);
      if (turns.length > 0) taken.push(...(await lease(turns, now, leaseUntil)));
      if (found.length < wanted) break;
    }
    return taken;
  }

  /** In this process one claim of a profile after the other: they would only meet at the same ones. */
  const lanes = new Map<string, Promise<void>>();
  return {
    hasten,
    claim(...given: Parameters<typeof claim>): Promise<DeliveryDocument[]> {
      const [profileId] = given;
      const claimed = (lanes.get(profileId) ?? Promise.resolve()).then(() => claim(...given));
      const over = () => {};
      lanes.set(profileId, claimed.then(over, over));
      return claimed;
    },
  };
}

/** The first of a pair, where none of them is being made. */
function freeFirst(turns: readonly Turn[], now: number): Turn | null {
  return turns.some(({ leasedUntil }) => leasedUntil > now) ? null : (turns[0] ?? null);
}

function byTurn(a: Turn, b: Turn): number {
  return a.seq - b.seq || a.order - b.order || (a._id < b._id ? -1 : 1);
}

function profilesOf(some: readonly { profileId: string }[]): string[] {
  return [...new Set(some.map(({ profileId }) => profileId))];
}
