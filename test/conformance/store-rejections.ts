import type { RejectionCount } from '../../store/contract';
import { type OpenStore, storeForEachTest } from './store-under-test';

const HOUR_MS = 3_600_000;
const T0 = 1_700_000_000_000 - (1_700_000_000_000 % HOUR_MS);

export function describeRejections(open: OpenStore): void {
  describe('rejections', () => {
    const held = storeForEachTest(open);
    const one = (over: Partial<RejectionCount> = {}): RejectionCount => ({
      ...{ mode: 'live', flowId: 'flw_a', flowVersion: 1, hour: T0, reason: 'body_invalid', count: 1 },
      ...over,
    });
    const counts = async (query: Parameters<typeof held.now.store.rejections.find>[0]) =>
      (await held.now.store.rejections.find(query)).map(({ count }) => count);

    test('add up under their mode, flow, version, slot and reason, and are there after a restart', async () => {
      const { rejections } = held.now.store;
      await rejections.add([one(), one({ reason: 'overloaded', count: 3 })]);
      await rejections.add([]);
      await Promise.all([rejections.add([one({ count: 2 })]), rejections.add([one({ count: 4 })])]);
      await held.reopen();
      expect(await held.now.store.rejections.find({ mode: 'live' })).toEqual([
        one({ count: 7 }),
        one({ reason: 'overloaded', count: 3 }),
      ]);
    });

    test('are found by each filter, and in order', async () => {
      await held.now.store.rejections.add([
        one({ count: 1, hour: T0 + HOUR_MS }),
        one({ count: 2 }),
        one({ count: 4, flowVersion: 0, reason: 'not_published' }),
        one({ count: 8, flowId: 'flw_b' }),
        one({ count: 16, mode: 'test' }),
      ]);
      expect(await counts({ mode: 'live' })).toEqual([4, 2, 8, 1]);
      expect(await counts({ mode: 'test' })).toEqual([16]);
      expect(await counts({ mode: 'live', flowId: 'flw_a' })).toEqual([4, 2, 1]);
      expect(await counts({ mode: 'live', flowId: 'flw_none' })).toEqual([]);
      expect(await counts({ mode: 'live', flowVersion: 0 })).toEqual([4]);
      expect(await counts({ mode: 'live', from: T0 + 1 })).toEqual([1]);
      expect(await counts({ mode: 'live', from: T0, to: T0 + HOUR_MS })).toEqual([4, 2, 8]);
      expect(await counts({ mode: 'live', to: T0 })).toEqual([]);
    });

    test('go with the rollups of their time, in portions', async () => {
      const { rejections, retention } = held.now.store;
      await rejections.add([one(), one({ flowId: 'flw_b' }), one({ flowId: 'flw_c' }), one({ hour: T0 + HOUR_MS })]);
      expect(await retention.sweep('rollups', T0 + HOUR_MS, 2)).toBe(2);
      expect(await retention.sweep('rollups', T0 + HOUR_MS, 2)).toBe(1);
      expect(await retention.sweep('rollups', T0 + HOUR_MS, 2)).toBe(0);
      expect(await rejections.find({ mode: 'live' })).toEqual([one({ hour: T0 + HOUR_MS })]);
    });
  });
}
