import type { ApiKey, FoundKey } from './contract';

/** The key as its present secret found it, or the one before the last rotation. */
export function foundKey(key: ApiKey, by: 'current' | 'old'): FoundKey {
  const ends = [key.expiresAt, by === 'old' ? (key.overlap?.endsAt ?? 0) : null].filter((end) => end !== null);
  return { key, until: ends.length === 0 ? null : Math.min(...ends) };
}
