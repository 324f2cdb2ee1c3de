import { type OpenStore, storeForEachTest } from './store-under-test';

export function describeMarks(open: OpenStore): void {
  describe('marks', () => {
    const held = storeForEachTest(open);

    test('the first value stays, whoever comes with another, also after a restart', async () => {
      expect(await held.now.store.marks.keep('log', 'ours')).toBe('ours');
      expect(await held.now.store.marks.keep('log', 'theirs')).toBe('ours');
      await held.reopen();
      expect(await held.now.store.marks.keep('log', 'theirs')).toBe('ours');
      expect(await held.now.store.marks.keep('views', 'theirs')).toBe('theirs');
    });

    test('of many that come at once all are told the same value, which is one of theirs', async () => {
      const { marks } = held.now.store;
      const values = Array.from({ length: 8 }, (_, n) => `value ${n}`);
      const told = await Promise.all(values.map((value) => marks.keep('log', value)));
      expect(new Set(told).size).toBe(1);
      expect(values).toContain(told[0]);
    });

    test('a value is replaced only in the place of the one that stands there', async () => {
      const { marks } = held.now.store;
      expect(await marks.replace('views', 'one', 'two')).toBe(false);
      await marks.keep('views', 'one');
      expect(await marks.replace('views', 'other', 'two')).toBe(false);
      expect(await marks.replace('views', 'one', 'two')).toBe(true);
      expect(await marks.replace('views', 'one', 'three')).toBe(false);
      await held.reopen();
      expect(await held.now.store.marks.keep('views', 'one')).toBe('two');
    });

    test('of many that replace the same value at once exactly one does', async () => {
      const { marks } = held.now.store;
      await marks.keep('views', 'one');
      const done = await Promise.all(['a', 'b', 'c', 'd'].map((value) => marks.replace('views', 'one', value)));
      expect(done.filter((yes) => yes)).toHaveLength(1);
    });
  });
}
