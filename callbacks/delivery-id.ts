import { createHash } from 'node:crypto';

/** 128 bits: no two of a million million are the same. */
const HASH_BYTES = 16;

/**
 * The same for the same facts, whoever makes it and however often: what is told twice of a replay, a record that came
 * again or a second process has one ID, and is kept once. It is the `webhook-id`, which the receiver may know it again by.
 */
export function deliveryId(...facts: (string | number)[]): string {
  const hash = createHash('sha256').update(JSON.stringify(facts)).digest();
  return `cbd_${hash.toString('base64url', 0, HASH_BYTES)}`;
}
