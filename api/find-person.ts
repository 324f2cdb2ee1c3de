import type { Person, PersonStore } from '../store/contract';

/** What a mail address may be made of here: no letter that looks like, or folds to, another. */
const PLAIN = /^[\x21-\x7e]{1,254}$/;

export async function personByEmail(people: PersonStore, email: string): Promise<Person | null> {
  const text = email.trim();
  return PLAIN.test(text) ? people.byEmail(text) : null;
}
