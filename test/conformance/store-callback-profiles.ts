import type { NewCallbackProfile } from '../../store/contract';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_800_000_000_000;
const DAY_MS = 86_400_000;

const sample = (given: Partial<NewCallbackProfile> = {}): NewCallbackProfile => ({
  id: null,
  name: 'main',
  url: 'https://example.com/hooks?token=in-the-url',
  types: ['invocation.succeeded', 'invocation.failed'],
  format: 'onward',
  headers: { 'x-team': 'a header of ours' },
  auth: { type: 'basic', username: 'onward', password: 'a password' },
  secrets: [{ secret: 'whsec_bmV3', until: null }],
  enabled: true,
  ...given,
});

export function describeCallbackProfiles(open: OpenStore): void {
  describe('callback profiles', () => {
    const store = storeForEachTest(open);
    const profiles = () => store.now.store.callbackProfiles;
    const made = async (given: Partial<NewCallbackProfile> = {}, now = T0) => {
      const profile = await profiles().create(sample(given), now);
      if (profile === 'id_taken') throw new Error('the ID is taken');
      return profile;
    };
    /** A profile as a PUT would write it that changes nothing. */
    const { id: _id, secrets: _secrets, ...unchanged } = sample();

    it('keeps a profile as it was made, also through a restart', async () => {
      const profile = await made();
      expect(profile).toEqual({
        ...sample(),
        id: expect.stringMatching(/^cbp_/),
        disabledReason: null,
        failingSince: null,
        revision: 1,
        createdAt: T0,
        updatedAt: T0,
      });
      await store.reopen();
      expect(await profiles().get(profile.id)).toEqual(profile);
      expect(await profiles().get('cbp_other')).toBeNull();
    });

    it('takes every type, no credentials and headers of any name', async () => {
      const headers = { 'x.with.dots': '1', $dollar: '2', constructor: '3' };
      const { id } = await made({ types: null, auth: null, headers });
      expect(await profiles().get(id)).toMatchObject({ types: null, auth: null, headers });
    });

    it('gives an ID to one profile only', async () => {
      await made({ id: 'cbp_main' });
      expect(await profiles().create(sample({ id: 'cbp_main', name: 'another' }), T0)).toBe('id_taken');
      expect(await profiles().get('cbp_main')).toMatchObject({ name: 'main' });
    });

    it('lists the newest first, in pages, and all of them the oldest first', async () => {
      for (let n = 0; n < 5; n++) await made({ id: `cbp_${n}` }, T0 + n);
      const listed = await everyPage((page) => profiles().list(page), 2);
      expect(listed.map(({ id }) => id)).toEqual(['cbp_4', 'cbp_3', 'cbp_2', 'cbp_1', 'cbp_0']);
      expect((await profiles().all()).map(({ id }) => id)).toEqual(['cbp_0', 'cbp_1', 'cbp_2', 'cbp_3', 'cbp_4']);
    });

    it('replaces what is given, and leaves the secrets where none are', async () => {
      const { id } = await made();
      const change = { ...unchanged, name: 'second', types: null, auth: null, headers: {} };
      const replaced = await profiles().replace(id, change, T0 + 1);
      expect(replaced).toMatchObject({ name: 'second', types: null, auth: null, headers: {}, revision: 2 });
      expect(replaced).toMatchObject({ secrets: sample().secrets, createdAt: T0, updatedAt: T0 + 1 });
      const secrets = [
        { secret: 'whsec_eA==', until: null },
        { secret: 'whsec_bmV3', until: T0 + DAY_MS },
      ];
      await profiles().replace(id, { ...change, secrets }, T0 + 2);
      expect(await profiles().get(id)).toMatchObject({ secrets, revision: 3 });
      expect(await profiles().replace('cbp_other', change, T0)).toBeNull();
    });

    it('says that a person disabled it, and forgets since when it failed once a person enables it', async () => {
      const { id } = await made();
      await profiles().setHealth(id, { failingSince: T0 + 5, disable: null }, T0 + 5);
      const disabled = await profiles().replace(id, { ...unchanged, enabled: false }, T0 + 6);
      expect(disabled).toMatchObject({ enabled: false, disabledReason: 'by_hand', failingSince: T0 + 5 });
      const enabled = await profiles().replace(id, unchanged, T0 + 7);
      expect(enabled).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
      expect(await made({ enabled: false })).toMatchObject({ disabledReason: 'by_hand' });
    });

    it('forgets since when it failed where its URL is another, and not where anything else is', async () => {
      const { id } = await made();
      await profiles().setHealth(id, { failingSince: T0, disable: null }, T0);
      expect(await profiles().replace(id, { ...unchanged, name: 'x' }, T0)).toMatchObject({ failingSince: T0 });
      const moved = await profiles().replace(id, { ...unchanged, url: 'https://example.com/new' }, T0);
      expect(moved).toMatchObject({ failingSince: null });
    });

    it('notes what the deliverer saw, which is no new revision', async () => {
      const { id } = await made();
      await profiles().setHealth(id, { failingSince: T0 + 1, disable: null }, T0 + 1);
      expect(await profiles().get(id)).toMatchObject({ failingSince: T0 + 1, enabled: true, revision: 1 });
      await profiles().setHealth(id, { failingSince: null, disable: null }, T0 + 2);
      expect(await profiles().get(id)).toMatchObject({ failingSince: null });
      await profiles().setHealth(id, { failingSince: T0 + 3, disable: 'gone' }, T0 + 4);
      const gone = { enabled: false, disabledReason: 'gone', failingSince: T0 + 3, revision: 1, updatedAt: T0 + 4 };
      expect(await profiles().get(id)).toMatchObject(gone);
    });

    it('leaves a disabled profile as it is, whatever the deliverer still sees', async () => {
      const { id } = await made();
      await profiles().setHealth(id, { failingSince: T0, disable: 'failing' }, T0);
      await profiles().setHealth(id, { failingSince: T0 + 9, disable: 'gone' }, T0 + 9);
      await profiles().setHealth(id, { failingSince: null, disable: null }, T0 + 9);
      const expected = { enabled: false, disabledReason: 'failing', failingSince: T0, updatedAt: T0 };
      expect(await profiles().get(id)).toMatchObject(expected);
      expect(await profiles().replace(id, { ...unchanged, enabled: false }, T0)).toMatchObject({
        disabledReason: 'failing',
      });
    });

    it('deletes one', async () => {
      const { id } = await made();
      expect(await profiles().delete(id)).toBe(true);
      expect(await profiles().delete(id)).toBe(false);
      expect(await profiles().get(id)).toBeNull();
    });
  });
}
