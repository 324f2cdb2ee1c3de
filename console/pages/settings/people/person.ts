import type { PersonRole } from '../../../../schemas/vocabulary';

export interface Person {
  id: string;
  email: string | null;
  name: string;
  role: PersonRole;
  status: 'invited' | 'active' | 'disabled';
  createdAt: string;
  lastSeenAt: string | null;
  hasPassword: boolean;
}

export interface InvitationLink {
  url: string;
  expiresAt: string;
}

/** Owners are out of an admin's reach. */
export function mayTouch(own: PersonRole | undefined, person: Pick<Person, 'role'>): boolean {
  return own === 'owner' || person.role !== 'owner';
}
