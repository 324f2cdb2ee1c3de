import type { NewAccount, ProviderAccount } from '../../store/contract';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

const account: NewAccount = {
  id: null,
  name: 'Main',
  provider: 'twilio',
  isDefault: false,
  enabled: true,
  perSecond: 12.5,
  settings: { 'from.$number': '+12025550123', nested: { $or: [1, null] } },
  credentials: { authToken: 'token-1', accountSid: 'AC1' },
};

export function describeAccounts(open: OpenStore): void {
  describe('provider accounts', () => {
    const held = storeForEachTest(open);
    const accounts = () => held.now.store.accounts;
    const made = async (change: Partial<NewAccount> = {}, at = T0): Promise<ProviderAccount> => {
      const answer = await accounts().create({ ...account, ...change }, at);
      if (typeof answer === 'string') throw new Error(answer);
      return answer;
    };
    const defaults = async () => (await accounts().all()).filter((one) => one.isDefault).map(({ id }) => id);
    const { id: _, provider: __, ...change } = account;

    test('a new account is given an ID, or has its own, and is read as it was written', async () => {
      const given = await made();
      expect(given).toEqual({ ...account, id: given.id, revision: 1, createdAt: T0, updatedAt: T0 });
      expect(given.id).toMatch(/^pac_[0-9A-Z]{26}$/);
      expect(await accounts().get(given.id)).toEqual(given);
      const own = await made({ id: 'pac_eu', perSecond: null, enabled: false });
      expect(await accounts().get('pac_eu')).toEqual(own);
      expect(await accounts().create({ ...account, id: 'pac_eu' }, T0)).toBe('id_taken');
      expect(await accounts().get('pac_none')).toBeNull();
    });

    test('a write raises the revision, and without credentials those from before stay', async () => {
      const { id } = await made();
      const kept = await accounts().replace(id, { ...change, name: 'Other', credentials: null }, T0 + 5);
      expect(kept).toMatchObject({ name: 'Other', revision: 2, createdAt: T0, updatedAt: T0 + 5 });
      expect(kept?.credentials).toEqual(account.credentials);
      const changed = await accounts().replace(id, { ...change, credentials: { authToken: 'token-2' } }, T0 + 6);
      expect(changed).toMatchObject({ revision: 3, credentials: { authToken: 'token-2' } });
      expect(await accounts().get(id)).toEqual(changed);
      expect(await accounts().replace('pac_none', { ...change, credentials: null }, T0)).toBeNull();
    });

    test('a provider has one default at most: marking one takes the mark from the other', async () => {
      const first = await made({ isDefault: true });
      const other = await made({ provider: 'sendgrid', isDefault: true }, T0 + 1);
      const second = await made({ isDefault: true }, T0 + 2);
      expect(await defaults()).toEqual([other.id, second.id]);
      await accounts().replace(first.id, { ...change, isDefault: true, credentials: null }, T0 + 3);
      expect(await defaults()).toEqual([first.id, other.id]);
      await accounts().replace(first.id, { ...change, isDefault: false, credentials: null }, T0 + 4);
      expect(await defaults()).toEqual([other.id]);
      expect((await accounts().list({ limit: 1, cursor: null })).items[0]?.isDefault).toBe(false);
    });

    test('a deleted account is gone, and its mark with it', async () => {
      const { id } = await made({ id: 'pac_eu', isDefault: true });
      expect(await accounts().delete(id)).toBe(true);
      expect(await accounts().delete(id)).toBe(false);
      expect(await accounts().get(id)).toBeNull();
      expect(await made({ id: 'pac_eu' })).toMatchObject({ isDefault: false });
      expect(await defaults()).toEqual([]);
    });

    test('a list gives each once, newest first; all of them come oldest first', async () => {
      for (const [name, at] of [
        ['a', 1],
        ['b', 2],
        ['c', 2],
        ['d', 3],
      ] as const)
        await made({ name }, at);
      const listed = await everyPage((page) => accounts().list(page), 3);
      expect(listed.map(({ createdAt }) => createdAt)).toEqual([3, 2, 2, 1]);
      expect(new Set(listed.map(({ name }) => name)).size).toBe(4);
      expect((await accounts().all()).map(({ createdAt }) => createdAt)).toEqual([1, 2, 2, 3]);
    });

    test('two that mark at once leave one default', async () => {
      const ids = [(await made()).id, (await made({}, T0 + 1)).id];
      const marking = ids.map((id) => accounts().replace(id, { ...change, isDefault: true, credentials: null }, T0));
      await Promise.all(marking);
      expect(await defaults()).toHaveLength(1);
    });

    test('accounts survive a restart, credentials and all', async () => {
      const before = await made({ isDefault: true });
      await held.reopen();
      expect(await accounts().all()).toEqual([before]);
    });
  });
}
