import type { Actor, Person } from '../store/contract';
import { maskAddress } from './masked';
import type { RouteAudit } from './route';

/** Of every way in: who came in by it, and who was turned away. Whoever has to wait, or brings nothing, is no news. */
export const SIGN_IN_AUDIT: RouteAudit = {
  action: ({ by }) => (by ? (by.kind === 'person' ? 'session.signed_in' : 'session.refused') : null),
  resource: 'session',
};

export const SIGN_OUT_AUDIT: RouteAudit = {
  action: ({ by }) => (by ? 'session.signed_out' : null),
  resource: 'session',
};

/** The path's token is as good as a password: it is no ID. */
export const ACCEPT_AUDIT: RouteAudit = {
  action: ({ by }) => (by ? 'invitation.accepted' : null),
  resource: 'person',
  idIn: 'id',
};

export function personActor({ id, name }: Person): Actor {
  return { kind: 'person', id, name };
}

/** Somebody who tried to be let in as whoever has that address. */
export function strangerActor(email: string): Actor {
  return { kind: 'nobody', id: '', name: maskAddress(email) };
}
