import { BadCursor, type SavedView } from '../../store/contract';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

export function describeSavedViews(open: OpenStore): void {
  describe('saved views', () => {
    const held = storeForEachTest(open);
    const views = () => held.now.store.savedViews;
    const view = (n: number, over: Partial<SavedView> = {}): SavedView => ({
      ...{ id: `sav_${n}`, name: `view ${n}`, page: 'runs', search: '?flow=wf_otp', shared: false },
      ...{ ownerId: 'per_ann', createdAt: T0 + n },
      ...over,
    });
    const seenBy = async (person: string) =>
      (await everyPage((page) => views().list(person, page), 2)).map(({ id }) => id);

    test('each person sees their own and the shared ones, newest first', async () => {
      for (const one of [
        view(1),
        view(2, { shared: true }),
        view(3, { ownerId: 'per_bob' }),
        view(4, { ownerId: 'per_bob', shared: true }),
        view(5),
      ])
        await views().create(one);
      expect(await seenBy('per_ann')).toEqual(['sav_5', 'sav_4', 'sav_2', 'sav_1']);
      expect(await seenBy('per_bob')).toEqual(['sav_4', 'sav_3', 'sav_2']);
      expect(await seenBy('per_cy')).toEqual(['sav_4', 'sav_2']);
      expect(await views().count('per_ann')).toBe(3);
    });

    test('one that is written anew keeps its owner and its place, and may be shared no more', async () => {
      await views().create(view(1, { shared: true }));
      const change = { name: 'Late ones', page: 'analytics', search: '', shared: false } as const;
      expect(await views().replace('sav_1', change)).toEqual({ ...view(1), ...change });
      await held.reopen();
      expect(await views().get('sav_1')).toEqual({ ...view(1), ...change });
      expect(await seenBy('per_bob')).toEqual([]);
      expect(await views().replace('sav_9', change)).toBeNull();
    });

    test('a deleted one is gone', async () => {
      await views().create(view(1));
      expect(await views().delete('sav_1')).toBe(true);
      expect(await views().delete('sav_1')).toBe(false);
      expect(await views().get('sav_1')).toBeNull();
    });

    test('a cursor that no list gave is refused', async () => {
      await expect(views().list('per_ann', { limit: 1, cursor: 'x' })).rejects.toThrow(BadCursor);
    });
  });
}
