import type { Db } from 'mongodb';
import type { DeliveryStore } from '../../store/contract';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { answered, delivery } from '../conformance/store-deliveries';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';

const T0 = 1_800_000_000_000;
const LEASE_MS = 60_000;

describeWithMongo('deliveries in MongoDB', (server) => {
  let link: MongoLink;
  let first: DeliveryStore;
  let second: DeliveryStore;
  beforeEach(async () => {
    link = await connectMongo(server.urlOf(freshName()));
    const open = async () => (await openMongoStore(link, { seal: createSeal('a secret'), catalog: {} })).store;
    [first, second] = [(await open()).deliveries, (await open()).deliveries];
  });
  afterEach(async () => {
    await link.db.dropDatabase().catch(() => {});
    await link.close();
  });
  const id = (seq: number) => delivery('inv_1', seq).id;
  const claimed = async (store: DeliveryStore, now: number) =>
    (await store.claim('cbp_a', now, now + LEASE_MS, 10)).map((one) => one.id);

  test('a settle that broke off in the middle holds the next one up until the lease would have ended, and no longer', async () => {
    await first.add([delivery('inv_1', 1), delivery('inv_1', 2)]);
    expect(await claimed(first, T0 + 2)).toEqual([id(1)]);
    await settleHalf(link.db, id(1));
    expect(await claimed(second, T0 + 2 + LEASE_MS - 1)).toEqual([]);
    expect(await claimed(second, T0 + 2 + LEASE_MS)).toEqual([id(2)]);
  });

  test('one that broke off while the next one was not looked at yet holds nothing up', async () => {
    await first.add([delivery('inv_1', 1), delivery('inv_1', 2)]);
    expect(await claimed(first, T0 + 1)).toEqual([id(1)]);
    await settleHalf(link.db, id(1));
    expect(await claimed(second, T0 + 2)).toEqual([id(2)]);
  });

  test('several processes share what is due, and each settles what another one added', async () => {
    await first.add(Array.from({ length: 4 }, (_, n) => delivery(`inv_${n}`, 1)));
    const one = await first.claim('cbp_a', T0 + 1, T0 + LEASE_MS, 3);
    const other = await second.claim('cbp_a', T0 + 1, T0 + LEASE_MS, 3);
    expect([one.length, other.length]).toEqual([3, 1]);
    expect(new Set([...one, ...other].map((taken) => taken.id)).size).toBe(4);
    for (const taken of [...one, ...other]) await second.settle(taken.id, answered(), { status: 'delivered' }, T0 + 2);
    expect(await first.backlog()).toEqual({ pending: 0, oldestDueAt: null });
  });

  test('what was added without its position is added once when it is read again', async () => {
    await first.add([delivery('inv_1', 1)]);
    await second.add([delivery('inv_1', 1), delivery('inv_1', 2)], { partition: 3, position: 8 });
    expect(await first.backlog()).toMatchObject({ pending: 2 });
    expect(await first.readTo(3)).toBe(8);
  });
});

/** What a process leaves that dies between its two writes: the delivery is settled, the next one not told. */
async function settleHalf(db: Db, id: string): Promise<void> {
  const settled = { status: 'delivered', dueAt: null, settledAt: T0, holder: '', leasedUntil: 0 };
  await db.collection<{ _id: string }>('callback_deliveries').updateOne({ _id: id }, { $set: settled });
}
