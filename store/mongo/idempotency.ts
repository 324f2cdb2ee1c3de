import { hash, randomBytes } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import { type Claim, type IdempotencyStore, StoreUnavailable } from '../contract';
import { prompt } from './faults';
import { gatherInserts } from './gather';

const DAY_MS = 86_400_000;
/** A claim as old as this whose request never settled it: its process is taken for dead. */
const IN_FLIGHT_MS = 30_000;
const PURGE = { documents: 1_000, everyMs: 60_000 } as const;
/** How often a claim may meet others that come and go before it is told that one is in flight. */
const TRIES = 5;
/** Of the SHA-256 of a key: enough that nobody meets another's by chance. */
const KEY_BYTES = 16;

interface ClaimDocument {
  _id: string;
  /** Whose claim it is. */
  token: string;
  bodyHash: string;
  claimedAt: number;
  /**
   * The invocation by the token of the claim that began it. Only the owner's counts: one that was late, and lost the
   * claim meanwhile, settles nothing.
   */
  settled: Record<string, string>;
}

/**
 * Idempotency keys in MongoDB. A claim is an insert, which only one of many can do. One that its process did not live to
 * settle is taken over after 30 s. Old ones are removed now and then, as keys are claimed.
 */
export function createMongoIdempotency(db: Db): IdempotencyStore {
  const claims = db.collection<ClaimDocument>('idempotency');
  const insert = gatherInserts(claims);
  const purge = purger(claims);

  return {
    async claim(scope, key, bodyHash, now): Promise<Claim> {
      const _id = hash('sha256', JSON.stringify([scope, key]), 'buffer').toString('base64url', 0, KEY_BYTES);
      const token = randomBytes(9).toString('base64url');
      purge(now);
      for (let tries = 0; tries < TRIES; tries++) {
        if (await insert({ _id, token, bodyHash, claimedAt: now, settled: {} })) return ours(claims, _id, token);
        const before = await claims.findOne({ _id });
        if (!before) continue;
        const answer = answerOf(before, bodyHash, now);
        if (answer) return answer;
        if (await takeOver(claims, before, { token, bodyHash, claimedAt: now })) return ours(claims, _id, token);
      }
      return { kind: 'in_flight' };
    },
  };
}

/** Null where the claim may be taken over. */
function answerOf(
  { token, bodyHash, claimedAt, settled }: ClaimDocument,
  body: string,
  now: number,
): Exclude<Claim, { kind: 'new' }> | null {
  const invocationId = settled[token];
  const ageMs = now - claimedAt;
  if (ageMs >= (invocationId === undefined ? IN_FLIGHT_MS : DAY_MS)) return null;
  if (bodyHash !== body) return { kind: 'mismatch' };
  return invocationId === undefined ? { kind: 'in_flight' } : { kind: 'replay', invocationId };
}

async function takeOver(
  claims: Collection<ClaimDocument>,
  { _id, token, settled }: ClaimDocument,
  claim: Pick<ClaimDocument, 'token' | 'bodyHash' | 'claimedAt'>,
): Promise<boolean> {
  const stillAsRead = { [`settled.${token}`]: settled[token] ?? { $exists: false } };
  const { matchedCount } = await claims.updateOne({ _id, token, ...stillAsRead }, { $set: { ...claim, settled: {} } });
  return matchedCount === 1;
}

/** What is claimed is settled later: the guard over the claim is past by then. */
function ours(claims: Collection<ClaimDocument>, _id: string, token: string): Claim {
  const later = prompt({
    async settle(invocationId: string) {
      const change = { $set: { [`settled.${token}`]: invocationId } };
      const after = await claims.findOneAndUpdate({ _id }, change, { returnDocument: 'after' });
      if (after?.token !== token) throw new StoreUnavailable('the request took so long that another took its key over');
    },
    async release() {
      await claims.deleteOne({ _id, token, [`settled.${token}`]: { $exists: false } });
    },
  });
  return { kind: 'new', ...later };
}

/** Removes what is over in portions, with nobody waiting for it. */
function purger(claims: Collection<ClaimDocument>): (now: number) => void {
  let nextAt = 0;
  const removePortion = async (before: number): Promise<void> => {
    const old = { claimedAt: { $lte: before } };
    const found = await claims
      .find(old, { projection: { _id: 1 } })
      .limit(PURGE.documents)
      .toArray();
    if (found.length === 0) return;
    await claims.deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, ...old });
    if (found.length === PURGE.documents) nextAt = 0;
  };
  return (now) => {
    if (now < nextAt) return;
    nextAt = now + PURGE.everyMs;
    removePortion(now - DAY_MS).catch(() => {});
  };
}
