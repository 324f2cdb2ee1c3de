import type { Person } from '../store/contract';
import { actorOf, callerOfPerson } from './caller';
import type { ApiResponse, RouteAudit } from './route';

/** The path's own parameter is the secret of a link: it is told to nobody. */
const NO_PARAMETER = '';

/**
 * Every way in. A wrong password is written down, and nothing else that was refused: its attempts are bounded, while
 * anybody may make up as many links as they like.
 */
export const SIGNED_IN: RouteAudit = {
  action: ({ by, status }) => (by ? 'session.signed_in' : status === 401 ? 'session.refused' : null),
  resource: 'session',
  idIn: NO_PARAMETER,
};

export const SIGNED_OUT: RouteAudit = {
  action: ({ by }) => (by ? 'session.signed_out' : null),
  resource: 'session',
  idIn: NO_PARAMETER,
};

export const PASSWORD_CHANGED: RouteAudit = {
  action: 'person.password_changed',
  resource: 'person',
  idIn: NO_PARAMETER,
};

/** The answer with who it turned out to be. */
export function by(person: Pick<Person, 'id' | 'name' | 'role'>, response: ApiResponse): ApiResponse {
  return { ...response, by: actorOf(callerOfPerson(person)) };
}
