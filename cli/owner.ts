import type { Person, PersonStore } from '../store/contract';

/** Known to nobody but this machine: no mail goes there. Whoever signs in as the owner changes it. */
const FIRST_OWNER = { id: 'per_owner', email: 'owner@localhost', name: 'Owner', role: 'owner' } as const;
const PAGE_ITEMS = 200;

/** The first owner is made on a store that has none. @returns whoever owns it, the oldest first */
export async function ensureOwner(people: PersonStore, now: number): Promise<Person[]> {
  const owners = await ownersOf(people);
  if (owners.length > 0) return owners;
  // Another process may have made it meanwhile: then it is found.
  await people.create(FIRST_OWNER, now);
  return ownersOf(people);
}

export async function ownersOf(people: PersonStore): Promise<Person[]> {
  const owners: Person[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<PersonStore['list']>> = await people.list({ limit: PAGE_ITEMS, cursor });
    owners.push(...page.items.filter(({ role, disabled }) => role === 'owner' && !disabled));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return owners.reverse();
}
