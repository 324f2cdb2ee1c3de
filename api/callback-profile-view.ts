import { isoTime } from '../core/iso-time';
import type { CallbackProfileView } from '../schemas/callback-profile';
import type { CallbackAuth, CallbackProfile } from '../store/contract';

/** What is so long that four of its characters give nothing away. */
const LONG = 16;

/** What is shown in the place of a secret value. */
export function hintOf(value: string): string {
  return value.length >= LONG ? `…${value.slice(-4)}` : '…';
}

export function profileView(profile: CallbackProfile, now: number): CallbackProfileView {
  const { id, name, url, types, format, enabled, disabledReason, failingSince, createdAt, updatedAt } = profile;
  return {
    ...{ id, name, url, format, enabled, disabledReason },
    types: types && [...types],
    headers: Object.fromEntries(Object.entries(profile.headers).map(([header, value]) => [header, hintOf(value)])),
    auth: profile.auth && { type: profile.auth.type, hint: hintOf(secretOf(profile.auth)) },
    failingSince: failingSince === null ? null : isoTime(failingSince),
    previousSecretUntil: previousUntil(profile, now),
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
  };
}

function secretOf(auth: CallbackAuth): string {
  return auth.type === 'basic' ? auth.password : auth.token;
}

function previousUntil({ secrets }: CallbackProfile, now: number): string | null {
  const untils = secrets.flatMap(({ until }) => (until !== null && until > now ? [until] : []));
  return untils.length > 0 ? isoTime(Math.max(...untils)) : null;
}
