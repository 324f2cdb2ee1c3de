import { ulid } from 'ulid';
import type { NewPerson, Person, PersonChange } from './contract';
import type { Seal } from './seal';

/** A person from the form that describes them: invited, and not here yet. */
export function newPerson({ id, email, name, role }: NewPerson, now: number): Person {
  return {
    ...{ id: id ?? `per_${ulid(now)}`, email, name, role, disabled: false },
    ...{ passwordHash: null, createdAt: now, activeSince: null, lastSeenAt: null },
  };
}

export function changedPerson(before: Person, change: PersonChange): Person {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(given) };
}

/** What nobody may read who has the files alone: the hash besides, so that nobody can guess at passwords by it. */
type SealedParts = Pick<Person, 'email' | 'passwordHash'>;

export function sealedOf({ email, passwordHash }: Person, seal: Seal): Buffer {
  return seal.seal(JSON.stringify({ email, passwordHash }));
}

export function openedOf(sealed: Buffer, seal: Seal): SealedParts {
  return JSON.parse(seal.open(sealed));
}

/** Not the hash of the address alone, by which people who get messages are found: the two are never to be joined. */
export function emailHash(email: string, seal: Seal): string {
  return seal.hash(`person ${email.trim()}`);
}
