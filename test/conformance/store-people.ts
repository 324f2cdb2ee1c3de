import type { NewPerson, Person, Session } from '../../store/contract';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

const ann: NewPerson = { id: null, email: 'ann@example.com', name: 'Ann', role: 'publisher' };

export function describePeople(open: OpenStore): void {
  describe('people', () => {
    const held = storeForEachTest(open);
    const people = () => held.now.store.people;
    const made = async (given: Partial<NewPerson> = {}, at = T0): Promise<Person> => {
      const person = await people().create({ ...ann, ...given }, at);
      if (typeof person === 'string') throw new Error(person);
      return person;
    };

    test('a person is invited first, and is read as they were written', async () => {
      const person = await made();
      expect(person).toEqual({
        ...ann,
        id: expect.stringMatching(/^per_[0-9A-Z]{26}$/),
        disabled: false,
        passwordHash: null,
        createdAt: T0,
        activeSince: null,
        lastSeenAt: null,
      });
      await held.reopen();
      expect(await people().get(person.id)).toEqual(person);
      expect(await people().get('per_none')).toBeNull();
      expect(await people().create({ ...ann, id: person.id, email: 'b@example.com' }, T0)).toBe('id_taken');
    });

    test('a person is found by their address, however its letters are written, and has it alone', async () => {
      const person = await made({ email: 'Ann@Example.com' });
      expect(await people().byEmail(' ANN@example.COM')).toEqual(person);
      expect(await people().byEmail('bob@example.com')).toBeNull();
      expect(await people().create({ ...ann, email: 'aNN@example.com' }, T0)).toBe('email_taken');
      // A plus sign begins phone numbers, of which only the digits count.
      await made({ email: '+ann@example.com' });
      expect(await people().byEmail('+bob@example.com')).toBeNull();
    });

    test('what a change does not name stays', async () => {
      const person = await made();
      const first = await people().change(person.id, { passwordHash: '$argon2id$x', activeSince: T0 + 1 });
      expect(first).toEqual({ ...person, passwordHash: '$argon2id$x', activeSince: T0 + 1 });
      const change = { email: 'ann@example.org', role: 'owner', name: undefined, lastSeenAt: T0 + 2 } as const;
      const second = await people().change(person.id, change);
      expect(second).toEqual({ ...(first as Person), email: 'ann@example.org', role: 'owner', lastSeenAt: T0 + 2 });
      await held.reopen();
      expect(await people().byEmail('ann@example.org')).toEqual(second);
      expect(await people().byEmail('ann@example.com')).toBeNull();
      expect(await people().change('per_none', { name: 'x' })).toBeNull();
    });

    test('nobody takes another’s address', async () => {
      await made();
      const bob = await made({ email: 'bob@example.com' });
      expect(await people().change(bob.id, { email: 'ann@example.com', name: 'Bob' })).toBe('email_taken');
      expect(await people().get(bob.id)).toEqual(bob);
      const twins = ['c@example.com', 'C@example.com'].map((email) => people().create({ ...ann, email }, T0));
      expect((await Promise.all(twins)).filter((one) => one === 'email_taken')).toHaveLength(1);
    });

    test('changes at once are both there', async () => {
      const { id } = await made();
      await Promise.all([people().change(id, { name: 'Anna' }), people().change(id, { lastSeenAt: T0 + 9 })]);
      expect(await people().get(id)).toMatchObject({ name: 'Anna', lastSeenAt: T0 + 9 });
    });

    test('a list gives each once, newest first, and who is deleted is gone', async () => {
      for (const n of [1, 2, 3]) await made({ email: `p${n}@example.com` }, T0 + n);
      const listed = await everyPage((page) => people().list(page), 2);
      expect(listed.map(({ email }) => email)).toEqual(['p3@example.com', 'p2@example.com', 'p1@example.com']);
      const [first] = listed;
      expect(await people().delete(first?.id ?? '')).toBe(true);
      expect(await people().delete(first?.id ?? '')).toBe(false);
      expect(await people().byEmail('p3@example.com')).toBeNull();
      await made({ email: 'p3@example.com' });
    });
  });
}

export function describeSessions(open: OpenStore): void {
  describe('sessions of people', () => {
    const held = storeForEachTest(open);
    const sessions = () => held.now.store.sessions;
    const session = (hash: string, change: Partial<Session> = {}): Session => ({
      ...{ hash, personId: 'per_1', createdAt: T0, lastSeenAt: T0 },
      ...change,
    });
    const left = async (...hashes: string[]) => {
      const found = await Promise.all(hashes.map((hash) => sessions().byHash(hash)));
      return found.flatMap((one) => (one ? [one.hash] : []));
    };

    test('a session is found by its hash until it is deleted, and seen later and later', async () => {
      await sessions().create(session('a'));
      await sessions().seen('a', T0 + 5);
      await held.reopen();
      expect(await sessions().byHash('a')).toEqual(session('a', { lastSeenAt: T0 + 5 }));
      expect(await sessions().byHash('b')).toBeNull();
      expect(await sessions().delete('a')).toBe(true);
      expect(await sessions().delete('a')).toBe(false);
      await sessions().seen('a', T0 + 6);
      expect(await sessions().byHash('a')).toBeNull();
    });

    test('those of a person end together, but for the one that is named', async () => {
      for (const hash of ['a', 'b', 'c']) await sessions().create(session(hash));
      await sessions().create(session('d', { personId: 'per_2' }));
      await sessions().deleteOf('per_1', 'b');
      expect(await left('a', 'b', 'c', 'd')).toEqual(['b', 'd']);
      await sessions().deleteOf('per_1', null);
      expect(await left('b', 'd')).toEqual(['d']);
    });

    test('what is over is swept away', async () => {
      await sessions().create(session('idle', { lastSeenAt: T0 - 1 }));
      await sessions().create(session('old', { createdAt: T0 - 100, lastSeenAt: T0 + 5 }));
      await sessions().create(session('new'));
      await sessions().sweep({ lastSeenAt: T0, createdAt: T0 - 50 });
      expect(await left('idle', 'old', 'new')).toEqual(['new']);
    });
  });
}

export function describeTickets(open: OpenStore): void {
  describe('links that somebody gets in by', () => {
    const held = storeForEachTest(open);
    const tickets = () => held.now.store.tickets;
    const ticket = (hash: string, expiresAt = T0 + 100) =>
      ({ hash, kind: 'invitation', personId: 'per_1', expiresAt }) as const;

    test('one is given to the first who takes it, of many that ask at once, and to nobody after', async () => {
      await tickets().put(ticket('a'), T0);
      await held.reopen();
      expect(await tickets().find('invitation', 'a', T0)).toEqual(ticket('a'));
      const asking = Array.from({ length: 8 }, () => tickets().take('invitation', 'a', T0));
      expect((await Promise.all(asking)).filter((taken) => taken !== null)).toEqual([ticket('a')]);
      expect(await tickets().take('invitation', 'a', T0)).toBeNull();
      expect(await tickets().find('invitation', 'a', T0)).toBeNull();
    });

    test('one is good for its own kind alone, and until it expires', async () => {
      await tickets().put(ticket('a'), T0);
      for (const way of [tickets().find, tickets().take]) {
        expect(await way('sign_in', 'a', T0)).toBeNull();
        expect(await way('invitation', 'a', T0 + 100)).toBeNull();
        expect(await way('invitation', 'b', T0)).toBeNull();
        expect(await way('invitation', 'taken a', T0)).toBeNull();
      }
      expect(await tickets().take('invitation', 'a', T0 + 99)).toEqual(ticket('a'));
    });

    test('those of a person are dropped, of one kind or of each', async () => {
      await tickets().put(ticket('a'), T0);
      await tickets().put({ ...ticket('b'), kind: 'sign_in' }, T0);
      await tickets().put({ ...ticket('c'), personId: 'per_2' }, T0);
      await tickets().drop('per_1', 'invitation');
      expect(await tickets().find('invitation', 'a', T0)).toBeNull();
      expect(await tickets().find('sign_in', 'b', T0)).not.toBeNull();
      await tickets().drop('per_1', null);
      expect(await tickets().find('sign_in', 'b', T0)).toBeNull();
      expect(await tickets().find('invitation', 'c', T0)).not.toBeNull();
    });

    test('what has expired goes as new ones come', async () => {
      await tickets().put(ticket('a'), T0);
      await tickets().put(ticket('b', T0 + 500), T0 + 200);
      // The same hash can be kept anew: nothing of the old one is left.
      await tickets().put(ticket('a', T0 + 500), T0 + 200);
      expect(await tickets().take('invitation', 'a', T0 + 200)).not.toBeNull();
    });
  });
}
