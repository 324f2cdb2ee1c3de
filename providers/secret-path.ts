import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 16;

/** The secret end of an account's webhook path, 22 characters: the same after every start, and nobody's to guess. */
export type SecretPaths = (accountId: string) => string;

/** With a key of their own, derived from the house's secret. */
export function createSecretPaths(secret: string): SecretPaths {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'onward webhook paths', 32));
  return (id) => createHmac('sha256', key).update(id).digest().toString('base64url', 0, MAC_BYTES);
}

/** How long it takes tells nothing of the right one. */
export function isSecretPath(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
