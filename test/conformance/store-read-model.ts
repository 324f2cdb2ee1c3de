import type { Event, NewEvent } from '../../core/event';
import { evolve } from '../../core/evolve';
import type { Ladder } from '../../core/ladder';
import { compileLadder } from '../../core/ladder';
import { initialState, type State } from '../../core/state';
import { fromWire } from '../../core/wire';
import { createProjector } from '../../projection/project';
import type { EventRecord } from '../../schemas/event';
import { BadCursor, type InvocationQuery, type InvocationRecord } from '../../store/contract';
import { fallbackRun, recordsOf, sampleDefinition, sampleRecord } from '../support/sample-runs';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

function withoutNumber({ seq: _seq, at: _at, ...event }: Event): NewEvent {
  return event as NewEvent;
}

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
      const history = fallbackRun(id, ladder, over.createdAt ?? T0).slice(0, records);
      await project(id, ladder, over, history);
      return history
        .flatMap((record) => record.events)
        .map(fromWire)
        .reduce(evolve, initialState(ladder));
    }

    async function project(
      id: string,
      ladder: Ladder,
      over: Partial<InvocationRecord>,
      history: readonly EventRecord[],
    ): Promise<void> {
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
      await projector.project(
        history.map((value) => {
          position++;
          return { topic: 'onward.events', partition: 0, position, key: id, value: JSON.stringify(value) };
        }),
      );
    }

    const idsOf = async (query: Partial<InvocationQuery>, limit = 50) => {
      const search = held.now.store.invocations.search;
      const found = await everyPage((page) => search({ mode: 'test', ...query }, page), limit);
      return found.map(({ record }) => record.id);
    };

    beforeEach(() => {
      position = 0;
    });

    test('what runs is counted by flow, in its mode alone, and no more once it has ended', async () => {
      const otp = await publish('OTP', 'wf_otp');
      const alert = await publish('Alert', 'wf_alert');
      await run('inv_1', otp, {}, 1);
      await run('inv_2', otp, {}, 1);
      await run('inv_3', otp);
      await run('inv_4', alert, {}, 2);
      const { running } = held.now.store.invocations;
      const counts = (await running('test')).sort((a, b) => b.count - a.count);
      expect(counts).toEqual([
        { flowId: otp.flowId, workflowId: 'wf_otp', count: 2 },
        { flowId: alert.flowId, workflowId: 'wf_alert', count: 1 },
      ]);
      expect(await running('live')).toEqual([]);
    });

    test('a search held to flows finds runs of these alone', async () => {
      const otp = await publish('OTP', 'wf_otp');
      const alert = await publish('Alert', 'wf_alert');
      await run('inv_1', otp);
      await run('inv_2', alert);
      expect(await idsOf({ flowIds: [alert.flowId] })).toEqual(['inv_2']);
      expect((await idsOf({ flowIds: [alert.flowId, otp.flowId] })).sort()).toEqual(['inv_1', 'inv_2']);
      expect(await idsOf({ flowIds: ['flw_none'] })).toEqual([]);
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
      ['by recipient and external ID', { recipient: '+393351234567', externalId: 'same' }],
      ['by the channel that reached', { reachedChannel: 'sms' }],
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

    const late = (more: NewEvent[]): NewEvent[] => [
      { type: 'LateReceiptRecorded', step: 'whatsapp', attempt: 1, receiptStatus: 'delivered', receiptAt: T0 + 99_000 },
      ...more,
    ];
    const endings: Record<string, NewEvent[]> = {
      // The person was reached twice.
      inv_twice: late([{ type: 'DuplicateDetected', step: 'whatsapp', attempt: 1, costMicros: 35_500 }]),
      inv_once: [],
    };

    /** WhatsApp comes late after the SMS has come, or before it; and three that ended otherwise. */
    async function runsOfAllKinds(): Promise<void> {
      const ladder = await publish('a', 'wf_a');
      const b = await publish('b', 'wf_b');
      const put = (id: string, n: number, events: NewEvent[][], of = ladder, recipient = { phone: '+393351234567' }) =>
        project(id, of, { createdAt: T0 + n, recipient, externalId: 'same' }, recordsOf(id, of, T0 + n, events));
      const whole = fallbackRun('inv', ladder, T0).map((record) => record.events.map(fromWire).map(withoutNumber));
      for (const [n, [id, more]] of Object.entries(endings).entries()) {
        await put(id, n, more.length === 0 ? whole : [...whole, more]);
      }
      const [first = [], second = []] = whole;
      const failed: NewEvent[] = [{ type: 'InvocationFailed', step: 'sms', reason: 'unreachable' }];
      await put('inv_failed', 2, [first, second, failed], b);
      await put('inv_failed_late', 3, [first, second, failed, late([])], b, { phone: '+393357654321' });
      await put('inv_cancelled', 4, [first, [{ type: 'InvocationCancelled' }]]);
    }

    test('whom which step and channel reached, late or twice, and why a run failed can be searched for', async () => {
      await runsOfAllKinds();
      const all = ['inv_cancelled', 'inv_failed_late', 'inv_failed', 'inv_once', 'inv_twice'];
      expect(await idsOf({})).toEqual(all);
      expect(await idsOf({ late: true })).toEqual(['inv_failed_late', 'inv_twice']);
      expect(await idsOf({ late: false })).toEqual(['inv_cancelled', 'inv_failed', 'inv_once']);
      expect(await idsOf({ duplicate: true })).toEqual(['inv_twice']);
      expect(await idsOf({ duplicate: false, late: true })).toEqual(['inv_failed_late']);
      expect(await idsOf({ lateOrDuplicate: true })).toEqual(['inv_failed_late', 'inv_twice']);
      expect(await idsOf({ reachedStep: 'sms' })).toEqual(['inv_once', 'inv_twice']);
      expect(await idsOf({ reachedStep: 'whatsapp' })).toEqual(['inv_failed_late']);
      expect(await idsOf({ reachedStep: 'none' })).toEqual([]);
      expect(await idsOf({ reachedChannel: 'whatsapp' })).toEqual(['inv_failed_late']);
      expect(await idsOf({ reachedChannel: 'sms', reachedStep: 'sms' })).toEqual(['inv_once', 'inv_twice']);
      expect(await idsOf({ reachedChannel: 'email' })).toEqual([]);
      expect(await idsOf({ reason: 'unreachable' })).toEqual(['inv_failed_late', 'inv_failed']);
      expect(await idsOf({ reason: 'unreachable', late: true, status: 'failed' })).toEqual(['inv_failed_late']);
      expect(await idsOf({ reason: 'timeout' })).toEqual([]);
      expect(await idsOf({ late: true, recipient: '+393351234567' })).toEqual(['inv_twice']);
      expect(await idsOf({ late: true, externalId: 'same', workflowId: 'wf_b' })).toEqual(['inv_failed_late']);
      expect(await idsOf({ externalId: 'same', recipient: '+393357654321' })).toEqual(['inv_failed_late']);
      expect(await idsOf({ late: true, recipient: '+393351234567', createdFrom: T0 + 1 })).toEqual([]);
    });

    test('a run that something late comes for is found by it from then on, and by what it was no more', async () => {
      const ladder = await publish('a', 'wf_a');
      await run('inv_1', ladder, { externalId: 'order-1' });
      expect(await idsOf({ late: true })).toEqual([]);
      expect(await idsOf({ recipient: '+393351234567', late: false })).toEqual(['inv_1']);
      const whole = fallbackRun('inv_1', ladder, T0).map((record) => record.events.map(fromWire).map(withoutNumber));
      const history = recordsOf('inv_1', ladder, T0, [...whole, endings.inv_twice ?? []]);
      await project('inv_1', ladder, { externalId: 'order-1' }, history.slice(3));
      for (const also of [{}, { recipient: '+393351234567' }, { externalId: 'order-1' }, { workflowId: 'wf_a' }]) {
        expect(await idsOf({ late: true, duplicate: true, ...also })).toEqual(['inv_1']);
        expect(await idsOf({ late: false, ...also })).toEqual([]);
        expect(await idsOf(also)).toEqual(['inv_1']);
      }
    });

    test('pages go on where they were while runs come in and change', async () => {
      const ladder = await publish('a', 'wf_a');
      for (let n = 0; n < 6; n++) await run(`inv_${n}`, ladder, { createdAt: T0 + n }, n % 2 === 0 ? 2 : 3);
      const search = held.now.store.invocations.search;
      const first = await search({ mode: 'test' }, { limit: 2, cursor: null });
      await run('inv_new', ladder, { createdAt: T0 + 50 });
      await project('inv_2', ladder, { createdAt: T0 + 2 }, fallbackRun('inv_2', ladder, T0 + 2).slice(2));
      const rest = await everyPage((page) => {
        return search({ mode: 'test' }, { ...page, cursor: page.cursor ?? first.nextCursor });
      }, 2);
      const ids = [...first.items, ...rest].map(({ record }) => record.id);
      expect(ids).toEqual(['inv_5', 'inv_4', 'inv_3', 'inv_2', 'inv_1', 'inv_0']);
    });

    test('whoever needs no metadata is given none', async () => {
      const ladder = await publish('a', 'wf_a');
      await run('inv_1', ladder, { metadata: { cart: '9' } });
      const { search } = held.now.store.invocations;
      const [bare] = (await search({ mode: 'test' }, { limit: 1, cursor: null }, 'metadata')).items;
      expect(bare?.record.metadata).toBeNull();
      expect(bare?.record.id).toBe('inv_1');
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
