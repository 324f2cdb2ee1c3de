import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKey, KeyStore } from '../store/contract';
import { problem } from './problem';
import type { ApiResponse } from './route';

/** How long another process may still take a deleted key for good. */
const CACHE_MS = 2000;
const CACHE_KEYS = 1000;
const LONGEST_KEY = 256;
/** That a key was used is written so often at most. */
const USED_EVERY_MS = 60_000;

export interface Authenticator {
  /** The key that the headers name, or the 401. A key seen a moment ago is answered without a look-up. */
  authenticate(headers: IncomingHttpHeaders): ApiKey | ApiResponse | Promise<ApiKey | ApiResponse>;
  forget(keyId: string): void;
}

export function authenticator(keys: KeyStore, now: () => number): Authenticator {
  const cache = new Map<string, { key: ApiKey; until: number }>();
  const uses = new Map<string, number>();
  let generation = 0;
  const lookUp = async (hashed: string): Promise<ApiKey | ApiResponse> => {
    const asked = generation;
    const found = await keys.byHash(hashed);
    if (!found) return unauthorized('This key is not known here.');
    const { key, until } = found;
    const at = now();
    if (until !== null && until <= at) return unauthorized('This key has expired.');
    noteUse(key.id, at);
    // A key deleted while it was being looked up must not be remembered.
    if (asked === generation) {
      if (cache.size >= CACHE_KEYS) cache.clear();
      cache.set(hashed, { key, until: until === null ? at + CACHE_MS : Math.min(until, at + CACHE_MS) });
    }
    return key;
  };
  /** Nobody waits for it, and nothing hangs on it. */
  const noteUse = (id: string, at: number) => {
    const last = uses.get(id);
    if (last !== undefined && at - last < USED_EVERY_MS) return;
    if (uses.size >= CACHE_KEYS) uses.clear();
    uses.set(id, at);
    keys.used(id, at).catch(() => {});
  };
  return {
    authenticate(headers) {
      const secret = presentedKey(headers);
      if (secret === null) return unauthorized('This needs a key.');
      const hashed = hashKey(secret);
      const known = cache.get(hashed);
      return known && known.until > now() ? known.key : lookUp(hashed);
    },
    forget(keyId) {
      generation++;
      for (const [hashed, { key }] of cache) if (key.id === keyId) cache.delete(hashed);
    },
  };
}

/** What is stored of a key: the SHA-256 of its secret, in hex. The secret is random, so that it needs no salt. */
export function hashKey(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Whether a key is sent, whatever it is: a cookie beside it is not looked at. */
export function sendsKey(headers: IncomingHttpHeaders): boolean {
  return headers.authorization !== undefined || headers['api-key'] !== undefined;
}

function presentedKey(headers: IncomingHttpHeaders): string | null {
  const own = headers['api-key'];
  if (typeof own === 'string' && own !== '') return own.length <= LONGEST_KEY ? own : null;
  const { authorization } = headers;
  if (authorization === undefined || authorization.length > LONGEST_KEY + 7) return null;
  const scheme = authorization.slice(0, 7).toLowerCase();
  const token = authorization.slice(7).trim();
  return scheme === 'bearer ' && token !== '' ? token : null;
}

function unauthorized(detail: string): ApiResponse {
  return problem(401, detail, {
    hint: 'Send “Authorization: Bearer <key>” or “api-key: <key>”; people sign in at /console.',
    headers: { 'www-authenticate': 'Bearer realm="onward"' },
  });
}
