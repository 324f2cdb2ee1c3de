import type { Delivery, DeliveryAttempt, DeliveryStore, NewDelivery } from '../../store/contract';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_800_000_000_000;
const LEASE_MS = 60_000;

/** A callback of the event `seq` of a run. */
export function delivery(invocationId: string, seq: number, given: Partial<NewDelivery> = {}): NewDelivery {
  const { profileId = 'cbp_a' } = given;
  return {
    id: `cbd_${profileId}_${invocationId}_${seq}`,
    profileId,
    invocationId,
    seq,
    type: 'attempt.updated',
    mode: 'live',
    createdAt: T0 + seq,
    body: JSON.stringify({ run: invocationId, seq }),
    held: false,
    ...given,
  };
}

export const answered = (given: Partial<DeliveryAttempt> = {}): Omit<DeliveryAttempt, 'number'> => ({
  at: T0,
  durationMs: 12,
  responseCode: 200,
  error: null,
  response: 'thanks',
  ...given,
});

const refused = answered({ responseCode: 500, error: 'the answer was 500', response: 'oh no' });
const ids = (deliveries: readonly Pick<Delivery, 'id'>[]) => deliveries.map(({ id }) => id);
const claims = (store: DeliveryStore, now: number, profileId = 'cbp_a', limit = 10) =>
  store.claim(profileId, now, now + LEASE_MS, limit);

export function describeDeliveries(open: OpenStore): void {
  describe('deliveries', () => {
    const store = storeForEachTest(open);
    const deliveries = () => store.now.store.deliveries;
    describeKept(deliveries, () => store.reopen());
    describeTurns(deliveries);
    describeLeases(deliveries);
    describeAgain(deliveries);
    describeLists(deliveries);
    describeBacklog(deliveries);
  });
}

type Deliveries = () => DeliveryStore;

function describeKept(deliveries: Deliveries, reopen: () => Promise<void>): void {
  it('keeps a delivery as it was added, also through a restart', async () => {
    await deliveries().add([delivery('inv_1', 3)]);
    await reopen();
    const { held: _held, ...fields } = delivery('inv_1', 3);
    expect(await deliveries().get(fields.id)).toEqual({
      ...fields,
      status: 'pending',
      tries: 0,
      dueAt: T0 + 3,
      settledAt: null,
      responseCode: null,
      error: null,
    });
    expect(await deliveries().get('cbd_other')).toBeNull();
    expect(await deliveries().attempts('cbd_other')).toEqual([]);
  });

  it('keeps each once, whatever became of it meanwhile', async () => {
    await deliveries().add([delivery('inv_1', 1), delivery('inv_1', 1)]);
    const [one] = await claims(deliveries(), T0 + 1);
    await deliveries().settle(String(one?.id), answered(), { status: 'delivered' }, T0 + 2);
    await deliveries().add([delivery('inv_1', 1, { body: 'another' }), delivery('inv_2', 1)]);
    expect(await deliveries().get(String(one?.id))).toMatchObject({ status: 'delivered', body: one?.body });
    expect(await deliveries().backlog()).toMatchObject({ pending: 1 });
  });

  it('notes every attempt', async () => {
    await deliveries().add([delivery('inv_1', 1)]);
    const { id } = delivery('inv_1', 1);
    await claims(deliveries(), T0 + 1);
    await deliveries().settle(id, refused, { status: 'pending', dueAt: T0 + 5000 }, T0 + 2);
    expect(await deliveries().get(id)).toMatchObject({
      status: 'pending',
      tries: 1,
      dueAt: T0 + 5000,
      responseCode: 500,
      error: 'the answer was 500',
    });
    await claims(deliveries(), T0 + 5000);
    const noAnswer = answered({ at: T0 + 5000, responseCode: null, error: 'nobody answered', response: '' });
    await deliveries().settle(id, noAnswer, { status: 'failed' }, T0 + 5100);
    expect(await deliveries().attempts(id)).toEqual([
      { number: 1, ...refused },
      { number: 2, ...noAnswer },
    ]);
    const settled = { status: 'failed', tries: 2, dueAt: null, settledAt: T0 + 5100, responseCode: null };
    expect(await deliveries().get(id)).toMatchObject({ ...settled, error: 'nobody answered' });
  });

  it('keeps a held one, and makes it only when it is asked for', async () => {
    await deliveries().add([delivery('inv_1', 1, { held: true }), delivery('inv_1', 2)]);
    expect(await deliveries().get(delivery('inv_1', 1).id)).toMatchObject({ status: 'failed', dueAt: null, tries: 0 });
    expect(ids(await claims(deliveries(), T0 + 9))).toEqual([delivery('inv_1', 2).id]);
  });

  it('notes how far the events are read, partition by partition, and never goes back', async () => {
    await deliveries().add([delivery('inv_1', 1)], { partition: 0, position: 41 });
    await deliveries().add([], { partition: 0, position: 40 });
    await deliveries().add([], { partition: 3, position: 7 });
    await reopen();
    expect(await Promise.all([0, 3, 4].map((partition) => deliveries().readTo(partition)))).toEqual([41, 7, null]);
  });

  it('finds those of a run, of every profile, the oldest first', async () => {
    const [a, b, c] = [delivery('inv_1', 1), delivery('inv_1', 1, { profileId: 'cbp_b' }), delivery('inv_1', 2)];
    await deliveries().add([c, delivery('inv_2', 1), delivery('', 0)]);
    await deliveries().add([a, b]);
    expect(ids(await deliveries().ofInvocation('inv_1'))).toEqual(ids([a, b, c]));
    expect(await deliveries().ofInvocation('')).toEqual([]);
  });
}

function describeTurns(deliveries: Deliveries): void {
  const one = (seq: number) => delivery('inv_1', seq).id;

  it('makes those of one run one after the other, in the order of their events', async () => {
    await deliveries().add([delivery('inv_1', 1), delivery('inv_1', 2), delivery('inv_2', 1)]);
    await deliveries().add([delivery('inv_1', 3)]);
    expect(ids(await claims(deliveries(), T0 + 10))).toEqual([one(1), delivery('inv_2', 1).id]);
    expect(await deliveries().get(one(2))).toMatchObject({ status: 'pending', dueAt: null });
    await deliveries().settle(one(1), answered(), { status: 'delivered' }, T0 + 11);
    expect(ids(await claims(deliveries(), T0 + 11))).toEqual([one(2)]);
    await deliveries().settle(one(2), refused, { status: 'failed' }, T0 + 12);
    expect(ids(await claims(deliveries(), T0 + 12))).toEqual([one(3)]);
  });

  it('lets no later one pass while the first is to be tried again', async () => {
    await deliveries().add([delivery('inv_1', 1), delivery('inv_1', 2)]);
    await claims(deliveries(), T0 + 1);
    await deliveries().settle(one(1), refused, { status: 'pending', dueAt: T0 + 300_000 }, T0 + 1);
    await deliveries().add([delivery('inv_1', 3)]);
    expect(await claims(deliveries(), T0 + 299_999)).toEqual([]);
    expect(ids(await claims(deliveries(), T0 + 300_000))).toEqual([one(1)]);
  });

  it('goes by the number of the event where a later one came first', async () => {
    await deliveries().add([delivery('inv_1', 5)]);
    await deliveries().add([delivery('inv_1', 4)]);
    expect(ids(await claims(deliveries(), T0 + 10))).toEqual([one(4)]);
    await deliveries().settle(one(4), answered(), { status: 'delivered' }, T0 + 10);
    expect(ids(await claims(deliveries(), T0 + 10))).toEqual([one(5)]);
  });

  it('keeps two of the same event in the order in which they were added', async () => {
    const twice = [delivery('inv_1', 1, { id: 'cbd_z' }), delivery('inv_1', 1, { id: 'cbd_a', type: 'step.advanced' })];
    await deliveries().add(twice);
    expect(ids(await claims(deliveries(), T0 + 1))).toEqual(['cbd_z']);
    await deliveries().settle('cbd_z', answered(), { status: 'delivered' }, T0 + 1);
    expect(ids(await claims(deliveries(), T0 + 1))).toEqual(['cbd_a']);
  });

  it('holds up neither another profile nor what is of no run', async () => {
    const notices = ['cbd_n1', 'cbd_n2'].map((id) => delivery('', 0, { id, type: 'callback_profile.disabled' }));
    await deliveries().add([...notices, delivery('inv_1', 1), delivery('inv_1', 2, { profileId: 'cbp_b' })]);
    expect(ids(await claims(deliveries(), T0 + 2)).sort()).toEqual([one(1), 'cbd_n1', 'cbd_n2']);
    expect(ids(await claims(deliveries(), T0 + 2, 'cbp_b'))).toEqual([delivery('inv_1', 2, { profileId: 'cbp_b' }).id]);
  });
}

function describeLeases(deliveries: Deliveries): void {
  const one = (seq: number) => delivery('inv_1', seq).id;
  const add = (...seqs: number[]) => deliveries().add(seqs.map((seq) => delivery('inv_1', seq)));

  it('gives one to nobody else while its lease runs, and to the next who asks once it has run out', async () => {
    await add(1, 2);
    const [first] = await deliveries().claim('cbp_a', T0 + 1, T0 + 100, 10);
    expect(first).toMatchObject({ id: one(1), status: 'pending', tries: 0, body: delivery('inv_1', 1).body });
    expect(await claims(deliveries(), T0 + 99)).toEqual([]);
    expect(ids(await claims(deliveries(), T0 + 100))).toEqual([one(1)]);
  });

  it('gives each to one of several who ask at once', async () => {
    await deliveries().add(Array.from({ length: 30 }, (_, n) => delivery(`inv_${n}`, 1)));
    const taken = await Promise.all(Array.from({ length: 5 }, () => claims(deliveries(), T0 + 1, 'cbp_a', 10)));
    const all = ids(taken.flat());
    expect(new Set(all).size).toBe(all.length);
    // Who met others at the same one may have fewer; nothing is left over for good.
    const rest: string[] = [];
    for (;;) {
      const more = ids(await claims(deliveries(), T0 + 1));
      if (more.length === 0) break;
      rest.push(...more);
    }
    expect(new Set([...all, ...rest]).size).toBe(30);
  });

  it('takes the longest due first, and no more than was asked for', async () => {
    await deliveries().add([5, 3, 4].map((n) => delivery(`inv_${n}`, n)));
    expect(ids(await claims(deliveries(), T0 + 9, 'cbp_a', 2))).toEqual([
      delivery('inv_3', 3).id,
      delivery('inv_4', 4).id,
    ]);
  });

  it('notes both attempts where two made it, and what was delivered stays delivered', async () => {
    await add(1, 2);
    await deliveries().claim('cbp_a', T0 + 1, T0 + 100, 1);
    await deliveries().claim('cbp_a', T0 + 100, T0 + 200, 1);
    await deliveries().settle(one(1), answered(), { status: 'delivered' }, T0 + 110);
    await deliveries().settle(one(1), refused, { status: 'pending', dueAt: T0 + 5000 }, T0 + 120);
    expect(await deliveries().get(one(1))).toMatchObject({ status: 'delivered', settledAt: T0 + 110 });
    expect(await deliveries().attempts(one(1))).toHaveLength(2);
    expect(ids(await claims(deliveries(), T0 + 200))).toEqual([one(2)]);
    expect(await deliveries().backlog()).toMatchObject({ pending: 1 });
  });

  it('says when the next one is due or a lease runs out', async () => {
    expect(await deliveries().nextDueAt()).toBeNull();
    await add(7);
    expect(await deliveries().nextDueAt()).toBe(T0 + 7);
    await deliveries().claim('cbp_a', T0 + 7, T0 + 107, 1);
    expect(await deliveries().nextDueAt()).toBe(T0 + 107);
    await deliveries().settle(one(7), answered(), { status: 'delivered' }, T0 + 20);
    expect(await deliveries().nextDueAt()).toBeNull();
  });

  it('lets nothing be settled that there is not', async () => {
    await deliveries().settle('cbd_other', answered(), { status: 'delivered' }, T0);
    expect(await deliveries().get('cbd_other')).toBeNull();
  });
}

function describeAgain(deliveries: Deliveries): void {
  const one = (seq: number) => delivery('inv_1', seq).id;
  const settleNext = async (now: number, status: 'delivered' | 'failed') => {
    const [taken] = await claims(deliveries(), now, 'cbp_a', 1);
    await deliveries().settle(String(taken?.id), status === 'failed' ? refused : answered(), { status }, now);
  };

  it('makes one again with the same ID and body and the whole schedule before it', async () => {
    await deliveries().add([delivery('inv_1', 1)]);
    await settleNext(T0 + 1, 'failed');
    const again = await deliveries().redeliver(one(1), T0 + 50);
    expect(again).toMatchObject({ id: one(1), status: 'pending', tries: 0, dueAt: T0 + 50, settledAt: null });
    const [taken] = await claims(deliveries(), T0 + 50);
    expect(taken).toMatchObject({ id: one(1), body: delivery('inv_1', 1).body });
    await deliveries().settle(one(1), answered(), { status: 'delivered' }, T0 + 51);
    expect((await deliveries().attempts(one(1))).map(({ number }) => number)).toEqual([1, 2]);
    expect(await deliveries().redeliver('cbd_other', T0)).toBeNull();
  });

  it('makes a delivered one again, and one that waits for its next try at once', async () => {
    await deliveries().add([delivery('inv_1', 1), delivery('inv_2', 1)]);
    await settleNext(T0 + 1, 'delivered');
    const [waiting] = await claims(deliveries(), T0 + 1);
    await deliveries().settle(String(waiting?.id), refused, { status: 'pending', dueAt: T0 + 90_000 }, T0 + 2);
    await deliveries().redeliver(one(1), T0 + 5);
    await deliveries().redeliver(delivery('inv_2', 1).id, T0 + 6);
    expect(ids(await claims(deliveries(), T0 + 6))).toEqual([one(1), delivery('inv_2', 1).id]);
  });

  it('puts an older one before the later ones that wait', async () => {
    await deliveries().add([1, 2, 3].map((seq) => delivery('inv_1', seq)));
    await settleNext(T0 + 5, 'failed');
    await deliveries().redeliver(one(1), T0 + 6);
    expect(ids(await claims(deliveries(), T0 + 6))).toEqual([one(1)]);
    expect(await deliveries().get(one(2))).toMatchObject({ dueAt: null });
    await deliveries().settle(one(1), answered(), { status: 'delivered' }, T0 + 7);
    expect(ids(await claims(deliveries(), T0 + 7))).toEqual([one(2)]);
  });

  it('lets the later one that is being made end first, and then the older one goes', async () => {
    await deliveries().add([1, 2, 3].map((seq) => delivery('inv_1', seq)));
    await settleNext(T0 + 5, 'failed');
    expect(ids(await claims(deliveries(), T0 + 5))).toEqual([one(2)]);
    await deliveries().redeliver(one(1), T0 + 6);
    expect(await claims(deliveries(), T0 + 6)).toEqual([]);
    await deliveries().settle(one(2), refused, { status: 'pending', dueAt: T0 + 9 }, T0 + 7);
    expect(ids(await claims(deliveries(), T0 + 9))).toEqual([one(1)]);
    await deliveries().settle(one(1), answered(), { status: 'delivered' }, T0 + 10);
    expect(ids(await claims(deliveries(), T0 + 10))).toEqual([one(2)]);
  });

  it('puts the older one first also where whoever made the later one never came back', async () => {
    await deliveries().add([1, 2].map((seq) => delivery('inv_1', seq)));
    await settleNext(T0 + 5, 'failed');
    await deliveries().claim('cbp_a', T0 + 5, T0 + 100, 1);
    await deliveries().redeliver(one(1), T0 + 6);
    expect(ids(await claims(deliveries(), T0 + 100))).toEqual([one(1)]);
    expect(await claims(deliveries(), T0 + 100)).toEqual([]);
  });

  it('leaves one that is being made to whoever makes it', async () => {
    await deliveries().add([delivery('inv_1', 1)]);
    await claims(deliveries(), T0 + 1);
    expect(await deliveries().redeliver(one(1), T0 + 2)).toMatchObject({ status: 'pending', tries: 0 });
    expect(await claims(deliveries(), T0 + 2)).toEqual([]);
  });

  it('makes every failed one since a time again, in order, and counts them', async () => {
    const runs = Array.from({ length: 4 }, (_, n) => [delivery(`inv_${n}`, 1), delivery(`inv_${n}`, 2)]).flat();
    await deliveries().add([...runs, delivery('inv_9', 9, { profileId: 'cbp_b', held: true })]);
    for (let n = 0; n < 7; n++) await settleNext(T0 + 100 + n, n === 3 ? 'delivered' : 'failed');
    const failed = async () => (await deliveries().list({ profileId: 'cbp_a', status: 'failed' }, FIRST)).items;
    const later = (await failed()).filter(({ createdAt }) => createdAt >= T0 + 2);
    const earlier = (await failed()).filter(({ createdAt }) => createdAt < T0 + 2);
    expect([later.length > 0, earlier.length > 0, later.length + earlier.length]).toEqual([true, true, 6]);
    expect(await deliveries().redeliverFailed('cbp_a', T0 + 2, T0 + 200)).toBe(later.length);
    expect(ids(await failed())).toEqual(ids(earlier));
    expect(await deliveries().redeliverFailed('cbp_a', T0, T0 + 201)).toBe(earlier.length);
    expect(await failed()).toEqual([]);
    expect(await deliveries().backlog()).toMatchObject({ pending: 7 });
    const claimed = await claims(deliveries(), T0 + 300);
    expect(new Set(claimed.map(({ invocationId }) => invocationId)).size).toBe(claimed.length);
    expect(await deliveries().redeliverFailed('cbp_other', T0, T0)).toBe(0);
    expect((await deliveries().list({ profileId: 'cbp_b', status: 'failed' }, FIRST)).items).toHaveLength(1);
  });
}

const FIRST = { limit: 200, cursor: null };

function describeLists(deliveries: Deliveries): void {
  it('lists those of a profile newest first, in pages', async () => {
    const given = Array.from({ length: 7 }, (_, n) => delivery(`inv_${n}`, n));
    await deliveries().add([...given, delivery('inv_1', 1, { profileId: 'cbp_b' })]);
    for (let n = 0; n < 3; n++) {
      const [taken] = await claims(deliveries(), T0 + 50, 'cbp_a', 1);
      const status = n === 1 ? 'failed' : 'delivered';
      await deliveries().settle(String(taken?.id), answered(), { status }, T0 + 50);
    }
    const listed = await everyPage((page) => deliveries().list({ profileId: 'cbp_a' }, page), 2);
    expect(ids(listed)).toEqual(ids(given).reverse());
    expect((await deliveries().list({ profileId: 'cbp_none' }, FIRST)).items).toEqual([]);
  });

  it('filters by status, type, run and time', async () => {
    await deliveries().add([
      delivery('inv_1', 1, { type: 'invocation.started' }),
      delivery('inv_1', 2),
      delivery('inv_2', 3),
      delivery('inv_2', 4, { held: true, type: 'invocation.started' }),
    ]);
    const found = async (query: object) =>
      (await deliveries().list({ profileId: 'cbp_a', ...query }, FIRST)).items.map(({ seq }) => seq);
    expect(await found({ status: 'failed' })).toEqual([4]);
    expect(await found({ status: 'pending' })).toEqual([3, 2, 1]);
    expect(await found({ type: 'invocation.started' })).toEqual([4, 1]);
    expect(await found({ invocationId: 'inv_1' })).toEqual([2, 1]);
    expect(await found({ invocationId: 'inv_2', status: 'failed' })).toEqual([4]);
    expect(await found({ from: T0 + 2, to: T0 + 4 })).toEqual([3, 2]);
    expect(await found({ status: 'failed', type: 'attempt.updated' })).toEqual([]);
  });
}

function describeBacklog(deliveries: Deliveries): void {
  it('counts what waits, and since when the longest due one is due', async () => {
    expect(await deliveries().backlog()).toEqual({ pending: 0, oldestDueAt: null });
    await deliveries().add([delivery('inv_1', 1), delivery('inv_1', 2), delivery('inv_2', 3, { held: true })]);
    await deliveries().add([delivery('inv_3', 3, { profileId: 'cbp_b' })]);
    expect(await deliveries().backlog()).toEqual({ pending: 3, oldestDueAt: T0 + 1 });
    await claims(deliveries(), T0 + 2);
    // What is being made does not wait, and what is behind it is not due.
    expect(await deliveries().backlog()).toEqual({ pending: 3, oldestDueAt: T0 + 3 });
    await deliveries().settle(delivery('inv_1', 1).id, answered(), { status: 'delivered' }, T0 + 2);
    expect(await deliveries().backlog()).toEqual({ pending: 2, oldestDueAt: T0 + 2 });
  });

  it('names the profiles that have something due', async () => {
    await deliveries().add([delivery('inv_1', 1), delivery('inv_2', 5, { profileId: 'cbp_b' })]);
    await deliveries().add([delivery('inv_3', 1, { profileId: 'cbp_c', held: true })]);
    expect(await deliveries().dueProfiles(T0)).toEqual([]);
    expect(await deliveries().dueProfiles(T0 + 4)).toEqual(['cbp_a']);
    expect((await deliveries().dueProfiles(T0 + 5)).sort()).toEqual(['cbp_a', 'cbp_b']);
    await claims(deliveries(), T0 + 5);
    expect(await deliveries().dueProfiles(T0 + 5)).toEqual(['cbp_b']);
  });
}
