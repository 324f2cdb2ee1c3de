import type { Ladder } from '../../core/ladder';
import type { LogRecord } from '../../log/contract';
import type { EventRecord } from '../../schemas/event';
import type { RollupQuery, ViewBatch } from '../../store/contract';
import {
  aloneOn,
  asLogged,
  mixed,
  projectorOver,
  publishSample,
  rollupsOf,
  withoutZeros,
} from '../support/projected-runs';
import { fallbackRun, sampleRecord } from '../support/sample-runs';
import { type OpenStore, storeForEachTest } from './store-under-test';

const HOUR_MS = 3_600_000;
/** The beginning of an hour. */
const T0 = 1_700_000_000_000 - (1_700_000_000_000 % HOUR_MS);
const IDS = ['inv_1', 'inv_2', 'inv_3', 'inv_4'];

export function describeRollups(open: OpenStore): void {
  describe('rollups', () => {
    const held = storeForEachTest(open);
    let ladder: Ladder;
    let records: EventRecord[];
    let logged: LogRecord[];

    beforeEach(async () => {
      const { store } = held.now;
      ladder = await publishSample(store, 'a', 'wf_a', T0);
      for (const id of IDS) await store.records.put(sampleRecord(id, ladder));
      records = mixed(IDS.map((id, n) => fallbackRun(id, ladder, T0 + n * 1000)));
      logged = asLogged(records);
    });

    const projector = (views = held.now.views, ladders = [ladder]) =>
      projectorOver(views, held.now.store, ladders, (address) => held.now.hash(address));
    const found = async (query: Partial<RollupQuery> = {}) =>
      withoutZeros(await held.now.store.rollups.find({ mode: 'test', ...query }));
    const expectExact = async () => {
      expect(await found()).toEqual(rollupsOf(records, [ladder]));
      const { items } = await held.now.store.invocations.search({ mode: 'test' }, { limit: 10, cursor: null });
      expect(items.map(({ record, state }) => `${record.id} ${state.seq}`).sort()).toEqual(IDS.map((id) => `${id} 12`));
      expect(await held.now.views.position(0)).toBe(logged.length);
    };

    test('at every point on the way they equal a fold of the events, also after a restart', async () => {
      expect(await found()).toEqual([]);
      for (const to of [5, 9, 12]) {
        await projector().project(logged.slice(0, to));
        expect(await found()).toEqual(rollupsOf(records.slice(0, to), [ladder]));
      }
      await held.reopen();
      await expectExact();
    });

    test('a batch that is written twice counts once', async () => {
      const written: ViewBatch[] = [];
      const alone = projector(aloneOn(held.now.views, written));
      for (const cut of [logged.slice(0, 6), logged.slice(6)]) await alone.project(cut);
      for (const batch of written) await held.now.views.write(batch);
      await expectExact();
    });

    test('batches that come again cut differently count once', async () => {
      await projector(aloneOn(held.now.views)).project(logged.slice(0, 7));
      const again = projector(aloneOn(held.now.views));
      for (const [from, to] of [
        [0, 3],
        [3, 10],
        [10, 12],
      ]) {
        await again.project(logged.slice(from, to));
      }
      await expectExact();
    });

    test('two that write side by side, each knowing nothing of the other, count once', async () => {
      const [one, other] = [projector(aloneOn(held.now.views)), projector(aloneOn(held.now.views))];
      await one.project(logged.slice(0, 4));
      await other.project(logged.slice(0, 6));
      await one.project(logged.slice(4, 9));
      await other.project(logged.slice(6, 8));
      await Promise.all([one.project(logged.slice(9)), other.project(logged.slice(8))]);
      await expectExact();
    });

    test('a writer that comes late with an old batch takes nothing back', async () => {
      const written: ViewBatch[] = [];
      await projector(aloneOn(held.now.views, written)).project(logged.slice(0, 5));
      await projector().project(logged);
      for (const batch of written) await held.now.views.write(batch);
      await expectExact();
    });

    test('a process that had the partition, lost it and has it back counts nothing twice, whatever a producer repeats', async () => {
      const first = projector();
      await first.project(logged.slice(0, 4));
      await projector().project(logged.slice(4));
      // What the other one has folded in comes once more, as new records.
      const repeated = logged.slice(4).map((record) => ({ ...record, position: record.position + 8 }));
      await first.project(repeated);
      logged = [...logged, ...repeated];
      await expectExact();
    });

    test('runs of several partitions add up in one rollup', async () => {
      const ofPartition = (ids: string[], partition: number) =>
        asLogged(
          records.filter(({ invocationId }) => ids.includes(invocationId)),
          partition,
        );
      const [one, other] = [ofPartition(['inv_1', 'inv_2'], 3), ofPartition(['inv_3', 'inv_4'], 5)];
      const both = projector();
      await both.project(other.slice(0, 2));
      await both.project(one);
      await both.project(other);
      await projector().project(one);
      expect(await found()).toEqual(rollupsOf(records, [ladder]));
      expect([await held.now.views.position(3), await held.now.views.position(5)]).toEqual([6, 6]);
    });

    test('each filter finds its rollups and no others, alone and together', async () => {
      const b = await publishSample(held.now.store, 'b', 'wf_b', T0);
      const later = fallbackRun('inv_5', b, T0 + 2 * HOUR_MS);
      await held.now.store.records.put(sampleRecord('inv_5', b));
      const all = [...records, ...later];
      await projector(held.now.views, [ladder, b]).project(asLogged(all));
      const expected = rollupsOf(all, [ladder, b]);
      const [ofA, ofB] = [rollupsOf(records, [ladder]), rollupsOf(later, [b])];

      expect(await found()).toEqual(expected);
      expect(await found({ mode: 'live' })).toEqual([]);
      expect(await found({ flowId: ladder.flowId })).toEqual(ofA);
      expect(await found({ flowId: b.flowId, flowVersion: 1 })).toEqual(ofB);
      expect(await found({ flowId: b.flowId, flowVersion: 2 })).toEqual([]);
      expect(await found({ flowId: 'flw_none' })).toEqual([]);
      expect(await found({ flowVersion: 1 })).toEqual(expected);
      expect(await found({ from: T0 + 1 })).toEqual(ofB);
      expect(await found({ from: T0, to: T0 + HOUR_MS })).toEqual(ofA);
      expect(await found({ to: T0 })).toEqual([]);
      expect(await found({ from: T0 + 2 * HOUR_MS, to: T0 + 3 * HOUR_MS })).toEqual(ofB);
      expect(await found({ from: T0 + 1, to: T0 + 2 * HOUR_MS })).toEqual([]);
      expect(await found({ flowId: ladder.flowId, from: T0 + 1 })).toEqual([]);
    });

    test('the span of a query is the first and the last hour of what it finds', async () => {
      const span = (query: Partial<RollupQuery> = {}) => held.now.store.rollups.span({ mode: 'test', ...query });
      expect(await span()).toBeNull();
      const b = await publishSample(held.now.store, 'b', 'wf_b', T0);
      await held.now.store.records.put(sampleRecord('inv_5', b));
      const all = [...records, ...fallbackRun('inv_5', b, T0 + 2 * HOUR_MS)];
      await projector(held.now.views, [ladder, b]).project(asLogged(all));

      expect(await span()).toEqual({ first: T0, last: T0 + 2 * HOUR_MS });
      expect(await span({ flowId: ladder.flowId })).toEqual({ first: T0, last: T0 });
      expect(await span({ flowId: 'flw_none' })).toBeNull();
      expect(await span({ mode: 'live' })).toBeNull();
      expect(await span({ from: T0 + 1 })).toEqual({ first: T0 + 2 * HOUR_MS, last: T0 + 2 * HOUR_MS });
      expect(await span({ to: T0 + 2 * HOUR_MS })).toEqual({ first: T0, last: T0 });
      expect(await span({ flowVersion: 2 })).toBeNull();
    });

    test('a counter with a dot in its name is one counter', async () => {
      await projector().project(logged);
      const names = (await found()).flatMap(({ counts }) => Object.keys(counts));
      expect(names).toContain('reason.timeout');
      expect(names.some((name) => /^latency\.\d+$/.test(name))).toBe(true);
    });

    test('a count that is taken back is taken back', async () => {
      const key = {
        mode: 'test',
        flowId: ladder.flowId,
        flowVersion: 1,
        step: 'sms',
        channel: 'sms',
        country: '',
        hour: T0,
      } as const;
      const batch = (position: number, counts: Record<string, number>): ViewBatch => ({
        partition: 0,
        position,
        created: [],
        runs: [],
        messages: [],
        contributions: [{ key, position, counts }],
      });
      await held.now.views.write(batch(1, { delivered: 2, accepted: 1 }));
      await held.now.views.write(batch(2, { delivered: -1, failed: 1, accepted: -1 }));
      expect(await found()).toEqual([{ key, counts: { delivered: 1, failed: 1 } }]);
    });
  });
}
