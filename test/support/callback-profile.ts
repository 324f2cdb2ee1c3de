import type { CallbackProfile, NewCallbackProfile } from '../../store/contract';

/** 32 bytes, as the API makes them. */
export const PROFILE_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export function newProfile(url: string, over: Partial<NewCallbackProfile> = {}): NewCallbackProfile {
  return {
    id: 'cbp_main',
    name: 'Main',
    url,
    types: null,
    format: 'onward',
    headers: {},
    auth: null,
    secrets: [{ secret: PROFILE_SECRET, until: null }],
    enabled: true,
    ...over,
  };
}

export function profileAt(url: string, over: Partial<CallbackProfile> = {}): CallbackProfile {
  return {
    ...newProfile(url),
    id: 'cbp_main',
    disabledReason: null,
    failingSince: null,
    revision: 1,
    createdAt: 0,
    updatedAt: 0,
    ...over,
  };
}
