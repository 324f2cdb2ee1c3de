import type { NewKey } from '../../store/contract';
import { type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

export function describeKeys(open: OpenStore): void {
  describe('keys', () => {
    const held = storeForEachTest(open);
    const keys = () => held.now.store.keys;
    const key = (over: Partial<NewKey> = {}): NewKey => {
      return { id: 'key_1', name: 'shop', role: 'invoker', mode: 'live', hint: 'abcd', createdAt: T0, ...over };
    };

    test('what a key is held to, until when, and who made it stand in it', async () => {
      const createdBy = { kind: 'person', id: 'per_1', name: 'Ann' } as const;
      await keys().create(key({ flows: ['flw_1', 'flw_2'], expiresAt: T0 + 500, createdBy }), 'hash-1');
      await held.reopen();
      const stored = { ...key(), flows: ['flw_1', 'flw_2'], expiresAt: T0 + 500, createdBy };
      expect(await keys().byId('key_1')).toEqual({ ...stored, lastUsedAt: null, overlap: null });
      expect(await keys().byHash('hash-1')).toMatchObject({ key: { id: 'key_1' }, until: T0 + 500 });
    });

    test('a change leaves what it does not name', async () => {
      await keys().create(key({ expiresAt: T0 + 500 }), 'hash-1');
      expect(await keys().change('key_1', { name: 'till' })).toMatchObject({ name: 'till', expiresAt: T0 + 500 });
      expect(await keys().change('key_1', { expiresAt: null })).toMatchObject({ name: 'till', expiresAt: null });
      expect(await keys().byHash('hash-1')).toMatchObject({ key: { name: 'till' }, until: null });
      expect(await keys().change('key_1', {})).toMatchObject({ name: 'till', expiresAt: null });
      expect(await keys().change('key_2', { name: 'x' })).toBeNull();
    });

    test('after a rotation either secret finds the key, the old one until the overlap ends', async () => {
      await keys().create(key(), 'hash-1');
      expect(await keys().byHash('hash-1')).toMatchObject({ until: null });
      const rotated = await keys().rotate('key_1', { hash: 'hash-2', hint: 'wxyz' }, T0 + 900);
      expect(rotated).toMatchObject({ hint: 'wxyz', overlap: { hint: 'abcd', endsAt: T0 + 900 } });
      expect(await keys().byHash('hash-1')).toEqual({ key: rotated, until: T0 + 900 });
      expect(await keys().byHash('hash-2')).toEqual({ key: rotated, until: null });
      await held.reopen();
      expect(await keys().byHash('hash-1')).toEqual({ key: rotated, until: T0 + 900 });
    });

    test('the end of the key itself comes before that of an overlap', async () => {
      await keys().create(key({ expiresAt: T0 + 100 }), 'hash-1');
      await keys().rotate('key_1', { hash: 'hash-2', hint: 'wxyz' }, T0 + 900);
      expect(await keys().byHash('hash-1')).toMatchObject({ until: T0 + 100 });
      expect(await keys().byHash('hash-2')).toMatchObject({ until: T0 + 100 });
    });

    test('a second rotation ends the overlap of the first', async () => {
      await keys().create(key(), 'hash-1');
      await keys().rotate('key_1', { hash: 'hash-2', hint: 'two2' }, T0 + 900);
      await keys().rotate('key_1', { hash: 'hash-3', hint: 'tre3' }, T0 + 900);
      expect(await keys().byHash('hash-1')).toBeNull();
      expect(await keys().byHash('hash-2')).toMatchObject({ until: T0 + 900 });
      expect(await keys().byHash('hash-3')).toMatchObject({ until: null });
      expect(await keys().rotate('key_9', { hash: 'hash-9', hint: '' }, T0)).toBeNull();
    });

    test('many keys that were never rotated stand beside each other', async () => {
      await keys().create(key(), 'hash-1');
      await keys().create(key({ id: 'key_2' }), 'hash-2');
      expect(await keys().byHash('hash-2')).toMatchObject({ key: { id: 'key_2' } });
    });

    test('when it was used last never goes back', async () => {
      await keys().create(key(), 'hash-1');
      await keys().used('key_1', T0 + 60_000);
      await keys().used('key_1', T0 + 1);
      await keys().used('key_9', T0);
      expect(await keys().byId('key_1')).toMatchObject({ lastUsedAt: T0 + 60_000 });
    });
  });
}
