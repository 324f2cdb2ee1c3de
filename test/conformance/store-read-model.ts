import { evolve } from '../../core/evolve';
import type { Ladder } from '../../core/ladder';
import { compileLadder } from '../../core/ladder';
import { initialState, type State } from '../../core/state';
import { fromWire } from '../../core/wire';
import { createProjector } from '../../projection/project';
import { BadCursor, type InvocationQuery, type InvocationRecord } from '../../store/contract';
import { fallbackRun, sampleDefinition, sampleRecord } from '../support/sample-runs';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

export function describeInvocations(open: OpenStore): void {
  describe('the read model of runs', () => {
    const held = storeForEachTest(open);
    let position = 0;

    async function publish(name: string, workflowId: string): Promise<Ladder> {
      const { flows } = held.now.store;
      const flow = await flows.create({ ...sampleDefinition, name }, workflowId, T0);
      if (typeof flow === 'string') throw new Error(flow);
      const version = await flows.publish(flow.id, sampleDefinition, null, T0);
      return compileLadder(
        sampleDefinition,
        { flowId: flow.id, workflowId, version: version?.version ?? 0, mode: 'test' },
        {},
      );
    }

    /** Puts the record and projects the first `records` of its fallback's three. */
    async function run(id: string, ladder: Ladder, over: Partial<InvocationRecord> = {}, records = 3): Promise<State> {
      const { store, views } = held.now;
      await store.records.put(sampleRecord(id, ladder, over));
      const projector = createProjector({
        views,
        records: store.records,
        ladders: async () => ladder,
        hash: (address) => held.now.hash(address),
        report: (_record, cause) => {
          throw cause;
        },
      });
      const history = fallbackRun(id, ladder, over.createdAt ?? T0).slice(0, records);
      await projector.project(
        history.map((value) => {
          position++;
          return { topic: 'onward.events', partition: 0, position, key: id, value: JSON.stringify(value) };
        }),
      );
      return history
        .flatMap((record) => record.events)
        .map(fromWire)
        .reduce(evolve, initialState(ladder));
    }

    const idsOf = async (query: Partial<InvocationQuery>, limit = 50) => {
      const search = held.now.store.invocations.search;
      const found = await everyPage((page) => search({ mode: 'test', ...query }, page), limit);
      return found.map(({ record }) => record.id);
    };

    beforeEach(() => {
      position = 0;
    });

    test('a run is given with its record and the state that its events fold to', async () => {
      const ladder = await publish('a', 'wf_a');
      const given = { externalId: 'order-1', metadata: { cart: '9' }, createdAt: T0 + 5 };
      const state = await run('inv_1', ladder, given);
      const [found] = (await held.now.store.invocations.search({ mode: 'test' }, { limit: 1, cursor: null })).items;
      const { recipient: _r, variables: _v, sandbox: _s, costs: _c, ...record } = sampleRecord('inv_1', ladder, given);
      expect(found?.record).toEqual(record);
      expect({ ...found?.state, ladder: null }).toEqual({ ...state, ladder: null });
      expect(state.status).toBe('succeeded');
    });

    test('each filter finds its runs and no others, alone and together', async () => {
      const a = await publish('a', 'wf_a');
      const b = await publish('b', 'wf_b');
      const ann = { phone: '+393351234567', email: 'ann@example.com' };
      await run('inv_1', a, { createdAt: T0 + 1, recipient: ann, externalId: 'order-1' });
      await run('inv_2', b, { createdAt: T0 + 2, recipient: { id: 'ann' }, keyId: 'key_2' }, 1);
      await run('inv_3', a, { createdAt: T0 + 3, recipient: ann, keyId: 'key_2' }, 2);
      await run('inv_4', b, { createdAt: T0 + 4, recipient: { id: 'bob', email: 'bob@example.com' } });

      expect(await idsOf({})).toEqual(['inv_4', 'inv_3', 'inv_2', 'inv_1']);
      expect(await idsOf({ mode: 'live' })).toEqual([]);
      expect(await idsOf({ status: 'running' })).toEqual(['inv_3', 'inv_2']);
      expect(await idsOf({ status: 'succeeded', workflowId: 'wf_b' })).toEqual(['inv_4']);
      expect(await idsOf({ workflowId: 'wf_a' })).toEqual(['inv_3', 'inv_1']);
      expect(await idsOf({ workflowId: 'wf_a', flowVersion: 2 })).toEqual([]);
      expect(await idsOf({ workflowId: 'wf_none' })).toEqual([]);
      expect(await idsOf({ keyId: 'key_2' })).toEqual(['inv_3', 'inv_2']);
      expect(await idsOf({ keyId: 'key_none' })).toEqual([]);
      expect(await idsOf({ recipient: '+39 335 1234567' })).toEqual(['inv_3', 'inv_1']);
      expect(await idsOf({ recipient: 'ANN@example.com', keyId: 'key_2' })).toEqual(['inv_3']);
      expect(await idsOf({ recipient: 'ann' })).toEqual(['inv_2']);
      expect(await idsOf({ externalId: 'order-1' })).toEqual(['inv_1']);
      expect(await idsOf({ externalId: 'order-1', recipient: 'ann' })).toEqual([]);
      expect(await idsOf({ providerMessageId: 'inv_3-wa' })).toEqual(['inv_3']);
      expect(await idsOf({ providerMessageId: 'inv_3-wa', recipient: 'bob' })).toEqual([]);
      expect(await idsOf({ providerMessageId: 'inv_3-sms' })).toEqual([]);
      expect(await idsOf({ createdFrom: T0 + 2, createdTo: T0 + 3 })).toEqual(['inv_3', 'inv_2']);
      expect(await idsOf({ createdTo: T0 + 3, workflowId: 'wf_b' })).toEqual(['inv_2']);
    });

    test.each<[string, Partial<InvocationQuery>]>([
      ['all', {}],
      ['by status', { status: 'succeeded' }],
      ['by workflow', { workflowId: 'wf_a' }],
      ['by recipient', { recipient: '+393351234567' }],
      ['by external ID', { externalId: 'same' }],
    ])('pages give every run once, newest first, also those of one millisecond: %s', async (_name, query) => {
      const ladder = await publish('a', 'wf_a');
      for (const [n, at] of [1, 2, 2, 2, 3, 4, 4].entries()) {
        await run(`inv_${n}`, ladder, { createdAt: T0 + at, externalId: 'same' });
      }
      const ids = await idsOf(query, 2);
      expect(new Set(ids).size).toBe(7);
      expect([ids.slice(0, 2).sort(), ids[2], ids.slice(3, 6).sort(), ids[6]]).toEqual([
        ['inv_5', 'inv_6'],
        'inv_4',
        ['inv_1', 'inv_2', 'inv_3'],
        'inv_0',
      ]);
    });

    test('a message is found by its provider and its ID there', async () => {
      const ladder = await publish('a', 'wf_a');
      await run('inv_1', ladder);
      const { findMessage } = held.now.store.invocations;
      expect(await findMessage('sandbox', 'inv_1-sms')).toEqual({ invocationId: 'inv_1', step: 'sms', attempt: 1 });
      expect(await findMessage('twilio', 'inv_1-sms')).toBeNull();
      expect(await findMessage('sandbox', 'inv_9-sms')).toBeNull();
    });

    test('the writer tells its position and what states it has', async () => {
      const ladder = await publish('a', 'wf_a');
      expect(await held.now.views.position(0)).toBeNull();
      expect(await held.now.store.invocations.foldedTo(0)).toBeNull();
      await run('inv_1', ladder);
      await held.reopen();
      expect(await held.now.views.position(0)).toBe(3);
      expect(await held.now.store.invocations.foldedTo(0)).toBe(3);
      expect(await held.now.views.position(1)).toBeNull();
      expect(await held.now.store.invocations.foldedTo(1)).toBeNull();
      expect([...(await held.now.views.states(['inv_1', 'inv_2'])).keys()]).toEqual(['inv_1']);
    });

    test('a cursor of another list is refused', async () => {
      await publish('a', 'wf_a');
      await publish('b', 'wf_b');
      const { store } = held.now;
      const { nextCursor } = await store.flows.list({ limit: 1, cursor: null });
      expect(nextCursor).not.toBeNull();
      await expect(store.invocations.search({ mode: 'test' }, { limit: 1, cursor: nextCursor })).rejects.toThrow(
        BadCursor,
      );
    });
  });
}
