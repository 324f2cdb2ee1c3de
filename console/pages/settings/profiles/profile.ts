import { CALLBACK_TYPES, type CallbackFormat, type CallbackType, typesTold } from '../../../../schemas/callback';
import type { DeliveryView, WholeDeliveryView } from '../../../../schemas/callback-delivery';
import type { CallbackProfileView, CallbackProfileWrite, CallbackTried } from '../../../../schemas/callback-profile';

export type Profile = CallbackProfileView;
export type Delivery = DeliveryView;
export type WholeDelivery = WholeDeliveryView;
export type Tried = CallbackTried['results'][number];

/** A profile as it is written in the form. Holds no secret: see Secrets. */
export interface ProfileDraft {
  id: string;
  name: string;
  url: string;
  /** Null: everything. */
  types: CallbackType[] | null;
  format: CallbackFormat;
  enabled: boolean;
}

export type AuthChoice = 'none' | 'basic' | 'bearer';

/** What is typed and never given back. */
export interface Secrets {
  auth: AuthChoice;
  username: string;
  password: string;
  token: string;
  /** A value that stays is as it was shown. */
  headers: { name: string; value: string; shown: string | null }[];
}

export const NEW_PROFILE: ProfileDraft = { id: '', name: '', url: '', types: null, format: 'onward', enabled: true };

export function draftOf({ id, name, url, types, format, enabled }: Profile): ProfileDraft {
  return { id, name, url, types: types ? [...types] : null, format, enabled };
}

export function secretsOf(profile: Profile | null): Secrets {
  const headers = Object.entries(profile?.headers ?? {}).map(([name, shown]) => ({ name, value: '', shown }));
  return { auth: profile?.auth?.type ?? 'none', username: '', password: '', token: '', headers };
}

/** What can be told in that format. */
export function typesOf(format: CallbackFormat): CallbackType[] {
  return typesTold(format, CALLBACK_TYPES);
}

/** As the API takes it: of what stands sealed only what was typed, and that the rest stays. */
export function bodyOf(draft: ProfileDraft, secrets: Secrets, before: Profile | null): CallbackProfileWrite {
  const { id, ...standing } = draft;
  const auth = authOf(secrets, before);
  const headers = secrets.headers
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, value, shown }) => [name.trim(), value === '' && shown !== null ? shown : value]);
  return {
    ...standing,
    ...(!before && id && { id }),
    headers: Object.fromEntries(headers),
    ...(auth !== undefined && { auth }),
  };
}

/** Undefined: it stays. */
function authOf({ auth, username, password, token }: Secrets, before: Profile | null): CallbackProfileWrite['auth'] {
  if (auth === 'none') return null;
  const typed = auth === 'basic' ? username + password : token;
  if (typed === '' && before?.auth?.type === auth) return undefined;
  return auth === 'basic' ? { type: 'basic', username, password } : { type: 'bearer', token };
}
