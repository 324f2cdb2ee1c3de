import type { Consent } from '../../store/contract';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

export function describeConsentsAndSuppressions(open: OpenStore): void {
  describe('suppressions and consents', () => {
    const held = storeForEachTest(open);

    test('a suppressed address is found on its channel, however it is written', async () => {
      const { suppressions } = held.now.store;
      await suppressions.add({ mode: 'live', channel: 'sms', address: '+393351234567', reason: 'landline' }, T0);
      await suppressions.add({ mode: 'live', channel: 'email', address: 'Ann@Example.com', reason: 'blocked' }, T0);
      await held.reopen();
      const { find } = held.now.store.suppressions;
      expect(await find('live', 'sms', '+39 335 123-4567')).toBe('landline');
      expect(await find('live', 'email', 'ann@example.COM')).toBe('blocked');
      expect(await find('live', 'rcs', '+393351234567')).toBeNull();
      expect(await find('live', 'sms', '+393351234568')).toBeNull();
      expect(await find('test', 'sms', '+393351234567')).toBeNull();
    });

    test('one without a channel holds on every channel', async () => {
      const { suppressions } = held.now.store;
      await suppressions.add({ mode: 'test', channel: null, address: '+393351234567', reason: 'opted_out' }, T0);
      expect(await suppressions.find('test', 'whatsapp', '+393351234567')).toBe('opted_out');
    });

    test('suppressing twice is once, and the list never tells the address', async () => {
      const { suppressions } = held.now.store;
      const entry = { mode: 'live', channel: 'sms', address: '+393351234567', reason: 'landline' } as const;
      const [first, again] = await Promise.all([suppressions.add(entry, T0), suppressions.add(entry, T0 + 1)]);
      expect(again).toEqual(first);
      expect(await suppressions.add(entry, T0 + 2)).toEqual(first);
      const listed = await everyPage((page) => suppressions.list('live', page), 1);
      expect(listed).toEqual([first]);
      expect(JSON.stringify(listed)).not.toContain('335123');
      expect(await everyPage((page) => suppressions.list('test', page), 1)).toEqual([]);
    });

    test('what is suppressed of one address is told, the newest first, and nothing of others', async () => {
      const { suppressions } = held.now.store;
      const address = '+393351234569';
      await suppressions.add({ mode: 'live', channel: 'sms', address, reason: 'landline' }, T0);
      await suppressions.add({ mode: 'live', channel: null, address, reason: 'opted_out' }, T0 + 1);
      await suppressions.add({ mode: 'test', channel: null, address, reason: 'blocked' }, T0 + 2);
      await suppressions.add({ mode: 'live', channel: 'sms', address: '+393351234560', reason: 'blocked' }, T0 + 3);
      const found = await suppressions.ofAddress('live', '+39 335 123-4569');
      expect(found.map(({ channel, reason }) => [channel, reason])).toEqual([
        [null, 'opted_out'],
        ['sms', 'landline'],
      ]);
      expect(await suppressions.ofAddress('live', '+393351234561')).toEqual([]);
    });

    test('a deleted suppression holds no longer', async () => {
      const { suppressions } = held.now.store;
      const { id } = await suppressions.add({ mode: 'live', channel: 'sms', address: '+39335', reason: 'blocked' }, T0);
      expect(await suppressions.delete(id)).toBe(true);
      expect(await suppressions.find('live', 'sms', '+39335')).toBeNull();
      expect(await suppressions.delete(id)).toBe(false);
    });

    test('the channel’s own consent goes before the one for all channels, and the newest word counts', async () => {
      const { consents } = held.now.store;
      const consent: Consent = {
        mode: 'test',
        recipientId: 'user-1',
        purpose: 'marketing',
        channel: null,
        granted: true,
        updatedAt: T0,
      };
      expect(await consents.find('test', 'user-1', 'marketing', 'sms')).toBeNull();
      await consents.put(consent);
      expect(await consents.find('test', 'user-1', 'marketing', 'sms')).toBe(true);
      await consents.put({ ...consent, channel: 'sms', granted: false });
      expect(await consents.find('test', 'user-1', 'marketing', 'sms')).toBe(false);
      expect(await consents.find('test', 'user-1', 'marketing', 'email')).toBe(true);
      expect(await consents.find('test', 'user-1', 'otp', 'email')).toBeNull();
      expect(await consents.find('test', 'user-2', 'marketing', 'email')).toBeNull();
      await consents.put({ ...consent, granted: false, updatedAt: T0 + 1 });
      expect(await consents.find('test', 'user-1', 'marketing', 'email')).toBe(false);
      await held.reopen();
      expect(await held.now.store.consents.list('test', 'user-1')).toEqual([
        { ...consent, granted: false, updatedAt: T0 + 1 },
        { ...consent, channel: 'sms', granted: false },
      ]);
    });

    test('what was said in test mode counts for no live run; the live word counts for both', async () => {
      const { consents } = held.now.store;
      const consent = { recipientId: 'user-1', purpose: 'otp', channel: null, updatedAt: T0 };
      await consents.put({ ...consent, mode: 'test', granted: true });
      expect(await consents.find('live', 'user-1', 'otp', 'sms')).toBeNull();
      await consents.put({ ...consent, recipientId: 'user-2', mode: 'live', granted: true });
      expect(await consents.find('live', 'user-2', 'otp', 'sms')).toBe(true);
      expect(await consents.find('test', 'user-2', 'otp', 'sms')).toBe(true);
      await consents.put({ ...consent, recipientId: 'user-2', mode: 'test', granted: false });
      expect(await consents.find('test', 'user-2', 'otp', 'sms')).toBe(false);
      expect(await consents.find('live', 'user-2', 'otp', 'sms')).toBe(true);
    });
  });
}

export function describeParked(open: OpenStore): void {
  describe('parked receipts', () => {
    const held = storeForEachTest(open);

    test('they come back when they are due, oldest first, until they are removed', async () => {
      await held.now.store.parked.park('{"n":1}', 0, T0 + 200, null);
      await held.now.store.parked.park('{"n":2}', 3, T0 + 100, 'onward.receipts/0/7');
      await held.now.store.parked.park('{"n":3}', 0, T0 + 300, null);
      await held.reopen();
      const { parked } = held.now.store;
      expect(await parked.due(T0, 10)).toEqual([]);
      const due = await parked.due(T0 + 200, 10);
      expect(due.map(({ id: _, ...parked }) => parked)).toEqual([
        { receipt: '{"n":2}', tries: 3, dueAt: T0 + 100, source: 'onward.receipts/0/7' },
        { receipt: '{"n":1}', tries: 0, dueAt: T0 + 200, source: null },
      ]);
      expect(await parked.due(T0 + 300, 1)).toEqual(due.slice(0, 1));
      await parked.remove(due[0]?.id ?? '');
      expect((await parked.due(T0 + 300, 10)).map(({ receipt }) => receipt)).toEqual(['{"n":1}', '{"n":3}']);
      expect(await parked.count()).toBe(2);
    });

    test('two that ask at once may be given the same, and each may remove it', async () => {
      const { parked } = held.now.store;
      for (const n of [1, 2]) await parked.park(`{"n":${n}}`, 0, T0 + n, null);
      const asked = await Promise.all([parked.due(T0 + 2, 10), parked.due(T0 + 2, 10)]);
      for (const due of asked) expect(due.map(({ receipt }) => receipt)).toEqual(['{"n":1}', '{"n":2}']);
      expect(new Set(asked.flat().map(({ id }) => id)).size).toBe(2);
      await Promise.all(asked.flat().map(({ id }) => parked.remove(id)));
      expect(await parked.due(T0 + 2, 10)).toEqual([]);
      expect(await parked.count()).toBe(0);
    });

    test('the same receipt parked twice is two', async () => {
      const { parked } = held.now.store;
      await parked.park('{"n":1}', 0, T0, null);
      await parked.park('{"n":1}', 1, T0, null);
      expect((await parked.due(T0, 10)).map(({ tries }) => tries).sort()).toEqual([0, 1]);
      expect(await parked.count()).toBe(2);
    });
  });
}
