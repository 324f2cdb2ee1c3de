import type { Ladder } from '../../core/ladder';
import type { EventRecord } from '../../schemas/event';
import { RETAINED, type Retained } from '../../store/contract';
import { asLogged, projectorOver, publishSample } from '../support/projected-runs';
import { fallbackRun, sampleRecord } from '../support/sample-runs';
import { answered, delivery } from './store-deliveries';
import { type OpenStore, storeForEachTest } from './store-under-test';

const HOUR_MS = 3_600_000;
const T0 = 1_700_000_000_000 - (1_700_000_000_000 % HOUR_MS);
/** Between the runs that are old and the one that is not. */
const BEFORE = T0 + 2 * HOUR_MS;
const PROFILE = 'cbp_a';
const PHONE = '+393351234567';

export function describeRetention(open: OpenStore): void {
  describe('retention', () => {
    const held = storeForEachTest(open);
    let ladder: Ladder;

    /** Three that ended long ago, one that began then and is open, and a new one. */
    beforeEach(async () => {
      const { store } = held.now;
      ladder = await publishSample(store, 'a', 'wf_a', T0);
      const runs = ['inv_1', 'inv_2', 'inv_3'].map((id) => fallbackRun(id, ladder, T0));
      const open = fallbackRun('inv_open', ladder, T0).slice(0, 2);
      const young = fallbackRun('inv_young', ladder, T0 + 3 * HOUR_MS);
      await keep([...runs, open, young]);
      await callBack(ALL);
    });

    /** A callback of each run, made when the run began: all delivered but that of the open run. */
    async function callBack(ids: readonly string[]): Promise<void> {
      const { deliveries } = held.now.store;
      const made = ids.map((id) => {
        return delivery(id, 1, { id, profileId: PROFILE, createdAt: id === 'inv_young' ? T0 + 3 * HOUR_MS : T0 });
      });
      await deliveries.add(made);
      const claimed = await deliveries.claim(PROFILE, T0 + 4 * HOUR_MS, T0 + 5 * HOUR_MS, 100);
      for (const { id } of claimed) {
        if (id === 'inv_open') continue;
        await deliveries.settle(id, answered(), { status: id === 'inv_1' ? 'failed' : 'delivered' }, T0 + 4 * HOUR_MS);
      }
    }

    async function keep(runs: readonly EventRecord[][]): Promise<void> {
      const { store, views, events, hash } = held.now;
      for (const [first] of runs) {
        if (!first) continue;
        const { invocationId: id } = first;
        await store.records.put(sampleRecord(id, ladder, { createdAt: Date.parse(first.events[0]?.at ?? '') }));
      }
      const logged = asLogged(runs.flat());
      await events.keep(logged);
      await projectorOver(views, store, [ladder], hash).project(logged);
    }

    const sweep = (what: Retained, limit = 100, before = BEFORE) => held.now.store.retention.sweep(what, before, limit);
    const ALL = ['inv_1', 'inv_2', 'inv_3', 'inv_open', 'inv_young'];
    const KEPT = ['inv_open', 'inv_young'];
    const standing = {
      records: async () => [...(await held.now.store.records.getMany(ALL)).keys()].sort(),
      events: async () => {
        const found: string[] = [];
        for (const id of ALL) if ((await held.now.events.histories.of(id)).length > 0) found.push(id);
        return found;
      },
      invocations: async (recipient?: string) => {
        const { search } = held.now.store.invocations;
        const { items } = await search({ mode: 'test', recipient }, { limit: 50, cursor: null });
        return items.map(({ record }) => record.id).sort();
      },
      callbacks: async () => {
        const { items } = await held.now.store.deliveries.list({ profileId: PROFILE }, { limit: 50, cursor: null });
        return items.map(({ id }) => id).sort();
      },
      hours: async () => [...new Set((await held.now.store.rollups.find({ mode: 'test' })).map(({ key }) => key.hour))],
    };
    const everything = async () => ({
      records: await standing.records(),
      events: await standing.events(),
      invocations: await standing.invocations(),
      rollups: await standing.hours(),
      callbacks: await standing.callbacks(),
    });
    const HOURS = [T0, T0 + 3 * HOUR_MS];

    test('what is not old stays, whatever is swept', async () => {
      for (const what of RETAINED) expect(await sweep(what, 100, T0)).toBe(0);
      expect(await everything()).toEqual({
        records: ALL,
        events: ALL,
        invocations: ALL,
        rollups: HOURS,
        callbacks: ALL,
      });
    });

    test('records of runs that ended before then go; an open run keeps its own, and so does all else', async () => {
      expect(await sweep('records')).toBe(3);
      expect(await everything()).toEqual({
        records: KEPT,
        events: ALL,
        invocations: ALL,
        rollups: HOURS,
        callbacks: ALL,
      });
      expect(await held.now.store.records.get('inv_1')).toBeNull();
      expect(await sweep('records')).toBe(0);
      await held.reopen();
      expect(await standing.records()).toEqual(KEPT);
    });

    test('events of runs that ended before then go, those of an open run stay, and so does all else', async () => {
      expect(await sweep('events')).toBeGreaterThan(0);
      expect(await everything()).toEqual({
        records: ALL,
        events: KEPT,
        invocations: ALL,
        rollups: HOURS,
        callbacks: ALL,
      });
      expect(await sweep('events')).toBe(0);
    });

    test('runs that ended before then leave the lists with their messages and addresses, and all else stays', async () => {
      expect(await sweep('invocations')).toBeGreaterThan(0);
      expect(await everything()).toEqual({
        records: ALL,
        events: ALL,
        invocations: KEPT,
        rollups: HOURS,
        callbacks: ALL,
      });
      expect(await standing.invocations(PHONE)).toEqual(KEPT);
      const { findMessage } = held.now.store.invocations;
      expect(await findMessage('sandbox', 'inv_1-wa')).toBeNull();
      expect(await findMessage('sandbox', 'inv_young-wa')).not.toBeNull();
      expect(await sweep('invocations')).toBe(0);
    });

    test('rollups of hours before then go, and all else stays', async () => {
      expect(await sweep('rollups')).toBeGreaterThan(0);
      expect(await everything()).toEqual({
        records: ALL,
        events: ALL,
        invocations: ALL,
        rollups: HOURS.slice(1),
        callbacks: ALL,
      });
      expect(await sweep('rollups')).toBe(0);
    });

    test('callbacks made before then go with their attempts, one that is pending stays, and so does all else', async () => {
      expect(await sweep('callbacks')).toBe(3);
      const left = { records: ALL, events: ALL, invocations: ALL, rollups: HOURS, callbacks: KEPT };
      expect(await everything()).toEqual(left);
      expect(await held.now.store.deliveries.attempts('inv_1')).toEqual([]);
      expect(await held.now.store.deliveries.attempts('inv_young')).toHaveLength(1);
      expect(await sweep('callbacks')).toBe(0);
    });

    test.each<Retained[]>([
      ['invocations', 'events', 'records', 'rollups', 'callbacks'],
      ['callbacks', 'events', 'invocations', 'rollups', 'records'],
      ['records', 'callbacks', 'invocations', 'events', 'rollups'],
    ])('in whatever order they are swept, all of it goes: %s, %s, %s, %s, %s', async (...order) => {
      for (const what of order) await sweep(what);
      expect(await everything()).toEqual({
        records: KEPT,
        events: KEPT,
        invocations: KEPT,
        rollups: HOURS.slice(1),
        callbacks: KEPT,
      });
    });

    test.each(RETAINED)('%s go in portions, none larger than was asked for, until there is no more', async (what) => {
      const removed: number[] = [];
      do removed.push(await sweep(what, 2));
      while ((removed[removed.length - 1] ?? 0) >= 2 && removed.length < 50);
      expect(Math.max(...removed)).toBe(2);
      const all = await everything();
      expect(all[what]).toEqual(what === 'rollups' ? HOURS.slice(1) : KEPT);
    });

    test('receipts go with the record of their run, and one that comes after it goes with a later sweep', async () => {
      const { receipts } = held.now.store;
      const keep = (position: number, takenAt: number) =>
        receipts.keep(
          ALL.map((invocationId) => ({ id: `onward.receipts/0/${position}`, invocationId, takenAt, receipt: '{}' })),
        );
      const kept = async () => {
        const counts = ALL.map(async (id) => `${id} ${(await receipts.of(id)).length}`);
        return Promise.all(counts);
      };
      await keep(1, T0 + HOUR_MS);
      expect(await sweep('records')).toBe(3);
      expect(await kept()).toEqual(['inv_1 0', 'inv_2 0', 'inv_3 0', 'inv_open 1', 'inv_young 1']);
      await keep(2, T0 + HOUR_MS + 1);
      // No list shows the runs any more, and their receipts are still found.
      await sweep('invocations');
      const removed = await sweep('records');
      expect(removed).toBe(3);
      expect(await kept()).toEqual(['inv_1 0', 'inv_2 0', 'inv_3 0', 'inv_open 2', 'inv_young 2']);
      expect(await sweep('records')).toBe(0);
    });

    test('a run that ends later goes with a later sweep', async () => {
      for (const what of RETAINED) await sweep(what);
      const logged = asLogged([
        ...Array.from({ length: 14 }, () => fallbackRun('inv_open', ladder, T0)[0] as EventRecord),
        fallbackRun('inv_open', ladder, T0)[2] as EventRecord,
        fallbackRun('inv_last', ladder, T0 + 9 * HOUR_MS)[0] as EventRecord,
      ]).slice(14);
      await held.now.events.keep(logged);
      await projectorOver(held.now.views, held.now.store, [ladder], held.now.hash).project(logged);
      for (const what of RETAINED) await sweep(what);
      const all = await everything();
      expect([all.records, all.events]).toEqual([['inv_young'], ['inv_young']]);
      expect(all.invocations).toEqual(['inv_last', 'inv_young']);
    });
  });
}
