import type { CallbackProfile, CallbackProfileStore, DeliveryStore, NewDelivery } from '../store/contract';
import { profileDisabledBody } from './body';
import { deliveryId } from './delivery-id';

/** Nothing got through for so long: nobody is there any more. */
export const FAILING_MS_MAX = 5 * 24 * 3_600_000;

export interface HealthDeps {
  profiles: Pick<CallbackProfileStore, 'get' | 'all' | 'setHealth'>;
  deliveries: Pick<DeliveryStore, 'add'>;
  /** A profile was disabled by us: for the log of the process. */
  onDisabled(profileId: string, reason: Disabling): void;
}

type Disabling = 'gone' | 'failing';

export interface Health {
  /**
   * Notes what an attempt showed of the endpoint, and disables its profile where that is due.
   * @param profile as it was when the attempt began
   * @param at when the attempt was over, ms since 1970
   * @returns whether the profile is disabled now
   */
  seen(profile: CallbackProfile, came: 'through' | 'failed' | 'gone', at: number): Promise<boolean>;
}

export function createHealth({ profiles, deliveries, onDisabled }: HealthDeps): Health {
  /** Marked by this process since the profile was read: attempts under way together know nothing of each other. */
  const marked = new Set<string>();

  async function disable(profile: CallbackProfile, reason: Disabling, at: number): Promise<void> {
    const failingSince = profile.failingSince ?? at;
    const others = (await profiles.all()).filter((other) => other.id !== profile.id && takesNews(other));
    // First: to be told of it twice is better than not at all.
    if (others.length > 0) {
      await deliveries.add(others.map((other) => newsFor(other, profile, { reason, failingSince }, at)));
    }
    await profiles.setHealth(profile.id, { failingSince, disable: reason }, at);
    marked.delete(profile.id);
    onDisabled(profile.id, reason);
  }

  return {
    async seen({ id, failingSince }, came, at) {
      if (came === 'through') {
        if (failingSince === null && !marked.has(id)) return false;
        await profiles.setHealth(id, { failingSince: null, disable: null }, at);
        marked.delete(id);
        return false;
      }
      const profile = await profiles.get(id);
      if (!profile?.enabled) return true;
      if (came === 'gone') {
        await disable(profile, 'gone', at);
        return true;
      }
      if (profile.failingSince === null) {
        await profiles.setHealth(id, { failingSince: at, disable: null }, at);
        marked.add(id);
        return false;
      }
      if (at - profile.failingSince < FAILING_MS_MAX) return false;
      await disable(profile, 'failing', at);
      return true;
    },
  };
}

function takesNews({ enabled, format, types }: CallbackProfile): boolean {
  return enabled && format === 'onward' && (types === null || types.includes('callback_profile.disabled'));
}

function newsFor(
  other: CallbackProfile,
  disabled: CallbackProfile,
  why: { reason: Disabling; failingSince: number },
  at: number,
): NewDelivery {
  return {
    // Once for each time that somebody enables it: whoever enables a profile writes it.
    id: deliveryId(other.id, disabled.id, disabled.revision, why.reason),
    profileId: other.id,
    invocationId: '',
    seq: 0,
    type: 'callback_profile.disabled',
    mode: 'live',
    createdAt: at,
    body: profileDisabledBody(disabled, why, at),
    held: false,
  };
}
