import type { PersonRole } from '../../../../schemas/vocabulary';
import type { Schemas } from '../../../client/api';

export type Person = Schemas['Person'];

/** Owners are out of an admin's reach. */
export function mayTouch(own: PersonRole | undefined, person: Pick<Person, 'role'>): boolean {
  return own === 'owner' || person.role !== 'owner';
}
