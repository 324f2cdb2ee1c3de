import { ulid } from 'ulid';
import type { CallbackProfile, CallbackProfileChange, NewCallbackProfile } from './contract';

/** A callback profile as it is made: with an ID of its own unless it was given one. */
export function newCallbackProfile({ id, ...profile }: NewCallbackProfile, now: number): CallbackProfile {
  return {
    ...profile,
    id: id ?? `cbp_${ulid(now)}`,
    disabledReason: profile.enabled ? null : 'by_hand',
    failingSince: null,
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** The same profile with what was changed of it. A new URL, or enabling it, forgets since when it failed. */
export function changedCallbackProfile(
  before: CallbackProfile,
  change: CallbackProfileChange,
  now: number,
): CallbackProfile {
  const fresh = change.url !== before.url || !before.enabled;
  return {
    ...before,
    ...change,
    secrets: change.secrets ?? before.secrets,
    disabledReason: change.enabled ? null : (before.disabledReason ?? 'by_hand'),
    failingSince: change.enabled && fresh ? null : before.failingSince,
    revision: before.revision + 1,
    updatedAt: now,
  };
}

/** What stands sealed of a profile: the URL too, since many a service's URL is its password. */
export type SealedPart = Pick<CallbackProfile, 'url' | 'headers' | 'auth' | 'secrets'>;

export function sealedPartOf({ url, headers, auth, secrets }: SealedPart): string {
  return JSON.stringify({ url, headers, auth, secrets } satisfies SealedPart);
}
