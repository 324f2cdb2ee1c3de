import { createFollower, type Follower } from '../../callbacks/follow';
import { HistoryBehind } from '../../callbacks/run-states';
import type { NewEvent } from '../../core/event';
import { compileLadder, type Ladder } from '../../core/ladder';
import type { LogRecord } from '../../log/contract';
import type { Callback, CallbackType, InvocationCallback } from '../../schemas/callback';
import type { EventRecord } from '../../schemas/event';
import type { FlowDefinition } from '../../schemas/flow';
import type { CallbackProfile, NewDelivery } from '../../store/contract';
import { profileAt } from '../support/callback-profile';
import { asLogged } from '../support/projected-runs';
import { fallbackRun, recordsOf, sampleDefinition, sampleRecord } from '../support/sample-runs';

const T0 = 1_700_000_000_000;
const flowId = 'flw_sample';

interface World {
  profile: CallbackProfile | null;
  definition: FlowDefinition;
  /** What the histories hold. */
  history: LogRecord[];
  heldTo: number;
  reported: string[];
  histories: number;
}

let world: World;
beforeEach(() => {
  world = {
    profile: profileAt('https://example.com/in', { createdAt: T0 }),
    definition: { ...sampleDefinition, callbackProfile: 'cbp_main' },
    history: [],
    heldTo: Number.POSITIVE_INFINITY,
    reported: [],
    histories: 0,
  };
});

const ladderOf = (): Ladder =>
  compileLadder(world.definition, { flowId, workflowId: 'wf_sample', version: 1, mode: 'test' }, {});

/** A process that begins: it remembers nothing. */
function follower(): Follower {
  const versionOf = async (id: string, version: number) => {
    const { definition } = world;
    if (id !== flowId || version !== 1) return null;
    return { flowId, workflowId: 'wf_sample', version, definition, publishedAt: T0, rollbackOf: null };
  };
  return createFollower({
    flows: { version: versionOf },
    ladders: async () => ladderOf(),
    profiles: { get: async () => world.profile },
    records: {
      async getMany(ids) {
        const over = { externalId: 'order-77', metadata: { cart: '9' } };
        return new Map(ids.filter((id) => id !== 'inv_erased').map((id) => [id, sampleRecord(id, ladderOf(), over)]));
      },
    },
    histories: {
      async of(id) {
        world.histories++;
        return world.history.filter(({ key }) => key === id).map(({ value }) => value);
      },
    },
    heldTo: async (_, position) => position <= world.heldTo,
    now: () => T0 + 3_600_000,
    report: ({ position }, cause) => world.reported.push(`${position}: ${cause.message}`),
  });
}

async function follow(one: Follower, records: readonly LogRecord[]): Promise<NewDelivery[]> {
  const followed = await one.follow(records);
  followed.kept();
  return followed.deliveries;
}

const told = (deliveries: readonly NewDelivery[]) => deliveries.map(({ seq, type }) => `${seq} ${type}`);
const dataOf = ({ body }: NewDelivery) => (JSON.parse(body) as Callback).data as InvocationCallback;

/** WhatsApp is skipped, taken back, refused: whatever else a customer sees of an attempt. */
function oddRun(id: string): EventRecord[] {
  const events: NewEvent[] = [
    { type: 'InvocationStarted' },
    { type: 'StepSkipped', step: 'whatsapp', reason: 'no_address' },
    { type: 'LadderAdvanced', step: 'whatsapp', nextStep: 'sms', reason: 'no_address' },
    { type: 'StepStarted', step: 'sms' },
    { type: 'AttemptRequested', step: 'sms', attempt: 1, provider: 'sandbox' },
    { type: 'AttemptUncertain', step: 'sms', attempt: 1 },
    { type: 'AttemptRequested', step: 'sms', attempt: 2, provider: 'sandbox' },
    { type: 'AttemptRejected', step: 'sms', attempt: 2, reason: 'unreachable', code: '30003' },
    { type: 'StepFailed', step: 'sms', attempt: 2, reason: 'unreachable', action: 'advance' },
    { type: 'InvocationFailed', step: 'sms', reason: 'unreachable' },
  ];
  return recordsOf(id, ladderOf(), T0, [events]);
}

const late = (step: string, receiptStatus: 'delivered' | 'read' | 'undelivered'): NewEvent => ({
  type: 'LateReceiptRecorded',
  step,
  attempt: 1,
  receiptStatus,
  receiptAt: T0 + 60_000,
});

function withLate(id: string, ...more: NewEvent[]): EventRecord[] {
  const base = fallbackRun(id, ladderOf(), T0);
  const seq = base.flatMap(({ events }) => events).length;
  const added = recordsOf(id, ladderOf(), T0, [more]).map((record) => ({
    ...record,
    events: record.events.map((event) => ({ ...event, seq: event.seq + seq, at: new Date(T0 + 60_000).toISOString() })),
  }));
  return [...base, ...added];
}

test('each event that a customer is told of becomes a callback, in order', async () => {
  const run = withLate(
    'inv_1',
    late('whatsapp', 'undelivered'),
    late('whatsapp', 'delivered'),
    late('whatsapp', 'read'),
  );
  expect(told(await follow(follower(), asLogged(run)))).toEqual([
    '1 invocation.started',
    '4 attempt.updated',
    '5 attempt.updated',
    '6 step.advanced',
    '9 attempt.updated',
    '10 attempt.updated',
    '12 invocation.succeeded',
    '13 attempt.updated',
    '14 attempt.updated',
    '14 invocation.late_delivered',
    '15 attempt.updated',
  ]);
  expect(told(await follow(follower(), asLogged(oddRun('inv_2'))))).toEqual([
    '1 invocation.started',
    '2 attempt.updated',
    '3 step.advanced',
    '6 attempt.updated',
    '8 attempt.updated',
    '10 invocation.failed',
  ]);
});

test('a body is the run as it stood exactly then, and not as it is by now', async () => {
  const deliveries = await follow(follower(), asLogged(fallbackRun('inv_1', ladderOf(), T0)));
  const [started, accepted, timedOut, advanced] = deliveries.map(dataOf);
  expect(started).toMatchObject({ status: 'running', attempts: [], costMicros: 0, seq: 1, reachedStep: null });
  expect(accepted).toMatchObject({ step: 'whatsapp', attempt: 1, costMicros: 35_500 });
  expect(accepted?.attempts).toMatchObject([{ step: 'whatsapp', status: 'accepted', providerMessageId: 'inv_1-wa' }]);
  expect(timedOut).toMatchObject({ step: 'whatsapp', attempt: 1, reason: 'timeout' });
  expect(advanced).toMatchObject({ step: 'whatsapp', nextStep: 'sms', reason: 'timeout', status: 'running' });
  const last = deliveries[deliveries.length - 1] as NewDelivery;
  expect(JSON.parse(last.body)).toMatchObject({
    type: 'invocation.succeeded',
    timestamp: new Date(T0 + 1_200).toISOString(),
    data: {
      invocationId: 'inv_1',
      workflowId: 'wf_sample',
      flowVersion: 1,
      mode: 'test',
      externalId: 'order-77',
      metadata: { cart: '9' },
      status: 'succeeded',
      reachedChannel: 'sms',
      reachedStep: 'sms',
      costMicros: 71_000,
      currency: 'EUR',
      attempts: [{ step: 'whatsapp' }, { step: 'sms', status: 'delivered' }],
    },
  });
  for (const { body } of deliveries) expect(body).not.toContain('39335');
});

test('a profile is told of the types that it takes alone', async () => {
  world.profile = profileAt('https://example.com', { types: ['step.advanced', 'invocation.succeeded'] });
  expect(told(await follow(follower(), asLogged(fallbackRun('inv_1', ladderOf(), T0))))).toEqual([
    '6 step.advanced',
    '12 invocation.succeeded',
  ]);
});

test('the same events give the same deliveries, however they are cut and whoever reads them', async () => {
  const records = asLogged(withLate('inv_1', late('whatsapp', 'delivered')));
  world.history = records;
  const whole = await follow(follower(), records);
  const cut: NewDelivery[] = [];
  // Each record by a process that has just begun.
  for (const record of records) cut.push(...(await follow(follower(), [record])));
  expect(cut).toEqual(whole);
  expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
});

test('what comes again tells nothing new, and of two events of one number the first stands', async () => {
  const records = asLogged(fallbackRun('inv_1', ladderOf(), T0));
  const other = recordsOf('inv_1', ladderOf(), T0, [[{ type: 'InvocationStarted' }, { type: 'InvocationCancelled' }]]);
  const again = asLogged([...fallbackRun('inv_1', ladderOf(), T0), ...other]).map((record, n) => ({
    ...record,
    position: 10 + n,
  }));
  world.history = [...records, ...again];
  const one = follower();
  await follow(one, records);
  expect(await follow(one, again)).toEqual([]);
  // A process that has just begun and reads an event whose number another had before.
  const late12 = { ...other[0], events: [{ seq: 12, type: 'InvocationCancelled', at: new Date(T0).toISOString() }] };
  const [shadowed] = asLogged([late12 as EventRecord]);
  expect(told(await follow(follower(), [{ ...shadowed, position: 20 } as LogRecord]))).toEqual([
    '12 invocation.succeeded',
  ]);
});

test('a batch whose deliveries were not kept comes again whole', async () => {
  const records = asLogged(fallbackRun('inv_1', ladderOf(), T0));
  const one = follower();
  const first = await one.follow(records);
  const second = await one.follow(records);
  expect(second.deliveries).toEqual(first.deliveries);
});

test('where the history is not as far yet the batch is given back, and nothing of it is skipped', async () => {
  const records = asLogged(fallbackRun('inv_1', ladderOf(), T0));
  world.history = records.slice(0, 1);
  world.heldTo = 1;
  const one = follower();
  await expect(one.follow(records.slice(2))).rejects.toThrow(HistoryBehind);
  world.history = records;
  world.heldTo = 3;
  expect(told(await follow(one, records.slice(2)))).toEqual([
    '9 attempt.updated',
    '10 attempt.updated',
    '12 invocation.succeeded',
  ]);
  expect(world.reported).toEqual([]);
});

test('records that nobody can read are reported and passed, and those around them are told', async () => {
  const good = asLogged(fallbackRun('inv_1', ladderOf(), T0));
  const head = { invocationId: 'inv_2', workflowId: 'wf_sample', flowId, flowVersion: 1, mode: 'test' };
  const at = new Date(T0).toISOString();
  const bad = [
    'no JSON',
    '{"invocationId":7}',
    '[]',
    'null',
    JSON.stringify({ ...head, events: [null] }),
    JSON.stringify({ ...head, events: [{ seq: 1, type: 'InvocationStarted', at: 'never' }] }),
    JSON.stringify({ ...head, flowVersion: 9, events: [] }),
    JSON.stringify({
      ...head,
      events: [
        { seq: 1, type: 'InvocationStarted', at },
        { seq: 2, type: 'Nonsense', at },
      ],
    }),
    // Its beginning never stood in the log.
    JSON.stringify({ ...head, events: [{ seq: 5, type: 'InvocationCancelled', at }] }),
  ].map((value, n) => ({ topic: 'onward.events', partition: 0, position: 100 + n, key: 'k', value }) as const);
  const deliveries = await follow(follower(), [...bad, ...good]);
  expect(told(deliveries)).toHaveLength(7);
  expect(world.reported.map((line) => Number(line.slice(0, 3)))).toEqual(bad.map(({ position }) => position));
});

test('a record of a flow without a profile is not even parsed', async () => {
  world.definition = sampleDefinition;
  const head =
    '{"invocationId":"inv_1","workflowId":"wf_sample","flowId":"flw_sample","flowVersion":1,"mode":"test","events":[';
  const record = { topic: 'onward.events', partition: 0, position: 1, key: 'inv_1', value: `${head}broken` } as const;
  expect(await follow(follower(), [record])).toEqual([]);
  expect(world.reported).toEqual([]);
});

test('a record that a foreign producer wrote in another order is told as ours are', async () => {
  const records = asLogged(fallbackRun('inv_1', ladderOf(), T0)).map((record) => {
    const { events, ...rest } = JSON.parse(record.value) as EventRecord;
    return { ...record, value: JSON.stringify({ events, ...rest }, null, 1) };
  });
  expect(await follow(follower(), records)).toHaveLength(7);
});

test('what happened before the profile was made is not told, and what happens after is', async () => {
  world.profile = profileAt('https://example.com', { createdAt: T0 + 950 });
  expect(told(await follow(follower(), asLogged(fallbackRun('inv_1', ladderOf(), T0))))).toEqual([
    '10 attempt.updated',
    '12 invocation.succeeded',
  ]);
  world.profile = null;
  expect(await follow(follower(), asLogged(fallbackRun('inv_2', ladderOf(), T0)))).toEqual([]);
});

test('for a disabled profile the deliveries are held', async () => {
  world.profile = profileAt('https://example.com', { enabled: false, disabledReason: 'by_hand' });
  const deliveries = await follow(follower(), asLogged(fallbackRun('inv_1', ladderOf(), T0)));
  expect(deliveries.map(({ held }) => held)).toEqual(new Array(7).fill(true));
});

test('a person who was erased is told of without what only their record had', async () => {
  const [started] = await follow(follower(), asLogged(fallbackRun('inv_erased', ladderOf(), T0)));
  expect(started && dataOf(started)).toMatchObject({ externalId: null, metadata: null });
});

test('a run that stays in memory is not read from its history', async () => {
  const one = follower();
  for (const record of asLogged(fallbackRun('inv_1', ladderOf(), T0))) await follow(one, [record]);
  expect(world.histories).toBe(0);
});

describe('in Kaleyra’s format', () => {
  beforeEach(() => {
    world.profile = profileAt('https://example.com', { format: 'kaleyra' });
  });

  test('there is one body, when the flow is completed', async () => {
    const run = withLate('inv_1', late('whatsapp', 'delivered'));
    const deliveries = await follow(follower(), asLogged(run));
    expect(told(deliveries)).toEqual(['12 invocation.succeeded']);
    expect(JSON.parse(deliveries[0]?.body ?? '')).toEqual({
      workflowInvocationId: 'inv_1',
      executionStatus: 'COMPLETED',
      timestamp: new Date(T0 + 1_200).toISOString(),
      result: {
        channel1: {
          createdAt: new Date(T0 + 300).toISOString(),
          from: null,
          to: '393351234567',
          messageId: 'inv_1-wa',
          clientMessageId: 'inv_1/whatsapp/1',
          channel: 'whatsapp',
          statusCode: 'TIMEOUT',
          timeout: 'PT30S',
        },
        channel2: {
          createdAt: new Date(T0 + 800).toISOString(),
          from: null,
          to: '393351234567',
          messageId: 'inv_1-sms',
          clientMessageId: 'inv_1/sms/1',
          channel: 'sms',
          statusCode: 'DELIVERED',
          timeout: 'PT60S',
        },
      },
    });
  });

  test('a step whose turn never came is left out, and one that was skipped says so', async () => {
    const cancelled = recordsOf('inv_2', ladderOf(), T0, [
      [
        { type: 'InvocationStarted' },
        { type: 'StepSkipped', step: 'whatsapp', reason: 'no_address' },
        { type: 'InvocationCancelled' },
      ],
    ]);
    const [one] = await follow(follower(), asLogged(cancelled));
    expect(Object.entries(JSON.parse(one?.body ?? '').result)).toEqual([
      ['channel1', expect.objectContaining({ statusCode: 'SKIPPED', messageId: null })],
    ]);
  });

  test('only the ends that the profile takes are told', async () => {
    const types: CallbackType[] = ['invocation.failed', 'invocation.started'];
    world.profile = profileAt('https://example.com', { format: 'kaleyra', types });
    expect(told(await follow(follower(), asLogged(fallbackRun('inv_1', ladderOf(), T0))))).toEqual([]);
    expect(told(await follow(follower(), asLogged(oddRun('inv_2'))))).toEqual(['10 invocation.failed']);
  });
});
