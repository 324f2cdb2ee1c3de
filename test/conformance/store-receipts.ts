import type { KeptReceipt } from '../../store/contract';
import { type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

export function describeReceipts(open: OpenStore): void {
  describe('receipts as they came', () => {
    const held = storeForEachTest(open);
    const receipt = (position: number, over: Partial<KeptReceipt> = {}): KeptReceipt => ({
      id: `onward.receipts/0/${position}`,
      invocationId: 'inv_1',
      takenAt: T0 + position,
      receipt: JSON.stringify({ invocationId: 'inv_1', step: 0, status: 'delivered', code: String(position) }),
      ...over,
    });
    const raw = (position: number) =>
      receipt(position, { receipt: `{"status":"read","raw":{"to":"+393351234567","n":${position}}}` });

    test('they come back as they were, the oldest first, also after a restart', async () => {
      await held.now.store.receipts.keep([raw(10), receipt(9)]);
      await held.now.store.receipts.keep([receipt(8)]);
      const kept = [receipt(8), receipt(9), raw(10)];
      expect(await held.now.store.receipts.of('inv_1')).toEqual(kept);
      await held.reopen();
      expect(await held.now.store.receipts.of('inv_1')).toEqual(kept);
    });

    test('of one moment they stand as in the log', async () => {
      const same = [100, 9, 20].map((position) => receipt(position, { takenAt: T0 }));
      await held.now.store.receipts.keep(same);
      const order = (await held.now.store.receipts.of('inv_1')).map(({ id }) => id.split('/')[2]);
      expect(order).toEqual(['9', '20', '100']);
    });

    test('a record that comes again is kept once, as it came first', async () => {
      const { receipts } = held.now.store;
      await Promise.all([receipts.keep([receipt(1)]), receipts.keep([receipt(1), receipt(2)])]);
      await receipts.keep([receipt(1, { takenAt: T0 + 99 })]);
      expect(await receipts.of('inv_1')).toEqual([receipt(1), receipt(2)]);
    });

    test('each run has its own', async () => {
      const { receipts } = held.now.store;
      await receipts.keep([receipt(1), receipt(1, { invocationId: 'inv_10' }), receipt(2, { invocationId: 'inv_2' })]);
      expect(await receipts.of('inv_1')).toEqual([receipt(1)]);
      expect(await receipts.of('inv_3')).toEqual([]);
      await receipts.keep([]);
    });
  });
}
