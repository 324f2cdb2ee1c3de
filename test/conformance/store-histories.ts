import type { Ladder } from '../../core/ladder';
import type { EventRecord } from '../../schemas/event';
import { asLogged, mixed, publishSample } from '../support/projected-runs';
import { fallbackRun } from '../support/sample-runs';
import { type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

export function describeHistories(open: OpenStore): void {
  describe('histories', () => {
    const held = storeForEachTest(open);
    let ladder: Ladder;
    let records: EventRecord[];

    beforeEach(async () => {
      ladder = await publishSample(held.now.store, 'a', 'wf_a', T0);
      records = mixed([fallbackRun('inv_1', ladder, T0), fallbackRun('inv_2', ladder, T0)]);
    });

    const keep = (from: number, to?: number) => held.now.events.keep(asLogged(records).slice(from, to));
    const grown = async (waiting: Record<string, number>) =>
      [...(await held.now.events.histories.grown(new Map(Object.entries(waiting))))].sort();
    /** Each event once, by its number; the first that came stands. */
    const eventsOf = async (id: string) => {
      const found = (await held.now.events.histories.of(id)).map((value) => JSON.parse(value) as EventRecord);
      for (const record of found) {
        const { invocationId, flowId, flowVersion, mode, workflowId } = record;
        expect({ invocationId, flowId, flowVersion, mode, workflowId }).toEqual({
          invocationId: id,
          flowId: ladder.flowId,
          flowVersion: 1,
          mode: 'test',
          workflowId: 'wf_a',
        });
      }
      const events = found.flatMap((record) => record.events);
      return events.filter(({ seq }, at) => events.findIndex((other) => other.seq === seq) === at);
    };
    const written = (id: string) =>
      records.filter(({ invocationId }) => invocationId === id).flatMap(({ events }) => events);

    test('a run has its own events, the oldest first, also after a restart', async () => {
      await keep(0, 3);
      expect(await eventsOf('inv_1')).toEqual(written('inv_1').slice(0, 8));
      await keep(3);
      await held.reopen();
      expect(await eventsOf('inv_1')).toEqual(written('inv_1'));
      expect(await eventsOf('inv_2')).toEqual(written('inv_2'));
      expect(await held.now.events.histories.of('inv_3')).toEqual([]);
    });

    test('of an event that was written twice the first stands', async () => {
      await keep(0);
      const other = records.map((record) => ({
        ...record,
        events: record.events.map((event) => ({ ...event, at: '2030-01-01T00:00:00.000Z' })),
      }));
      await held.now.events.keep(asLogged([...records, ...other]).slice(records.length));
      expect(await eventsOf('inv_1')).toEqual(written('inv_1'));
    });

    test('who waits is told once there is more than is known, and not before', async () => {
      await keep(0, 2);
      expect(await grown({ inv_1: 3, inv_2: 3, inv_3: 0 })).toEqual([]);
      await keep(2, 3);
      expect(await grown({ inv_1: 3, inv_2: 3, inv_3: 0 })).toEqual(['inv_1']);
      await keep(3);
      expect(await grown({ inv_1: 8, inv_2: 3, inv_3: 0 })).toEqual(['inv_1', 'inv_2']);
    });

    test('who comes with less than there is already is told at once, though others wait since long', async () => {
      await keep(0, 2);
      expect(await grown({ inv_1: 0 })).toEqual(['inv_1']);
      expect(await grown({ inv_1: 3 })).toEqual([]);
      await keep(2);
      expect(await grown({ inv_1: 3 })).toEqual(['inv_1']);
      expect(await grown({ inv_1: 12, inv_2: 3 })).toEqual(['inv_2']);
      expect(await grown({ inv_1: 3, inv_2: 12 })).toEqual(['inv_1']);
    });

    test('who waited, left and comes back with old knowledge is told again', async () => {
      await keep(0, 2);
      expect(await grown({ inv_1: 3 })).toEqual([]);
      await keep(2, 3);
      expect(await grown({ inv_1: 3 })).toEqual(['inv_1']);
      expect(await grown({ inv_1: 3 })).toEqual(['inv_1']);
      expect(await grown({})).toEqual([]);
      expect(await grown({ inv_1: 3 })).toEqual(['inv_1']);
      expect(await grown({ inv_1: 8 })).toEqual([]);
    });
  });
}
