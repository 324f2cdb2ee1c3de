import { isDeepStrictEqual } from 'node:util';
import type { PayloadCodec } from '@temporalio/common';
import { type InjectedSinks, Worker } from '@temporalio/worker';
import { DeterminismViolationError, type Sinks } from '@temporalio/workflow';
import { loadExamples } from '../../examples/load';
import type { EventRecord } from '../../schemas/event';
import { createPayloadCodec } from '../../temporal/codec';
import { UNHEARD } from '../../temporal/tracing';
import type { RunLog } from '../../workflows/contract';
import { historyFromJson } from '../histories/proto-json';
import { type Fact, factOf, readHistories, type SavedHistory } from '../histories/saved-history';
import { HOUSE_SECRET } from '../support/house';
import { quietTemporal } from '../support/quiet-temporal';
import { bundleWorkflow, type Change } from '../support/workflow-bundle';

const HISTORIES = readHistories();
const BUNDLE_MS = 60_000;

/** Of Temporal's events, those that few histories have. */
const HAPPENINGS = [
  'ACTIVITY_TASK_CANCELED',
  'ACTIVITY_TASK_TIMED_OUT',
  'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
  'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  'WORKFLOW_TASK_TIMED_OUT',
];

/** What came of one history. */
interface Replay {
  error: Error | undefined;
  /** The events that the log would have been told of, by number. */
  told: Map<number, Fact>;
}

beforeAll(quietTemporal);

describe('the workflow of today goes on with what the workflow of before has begun', () => {
  let replays: Map<string, Replay>;
  beforeAll(async () => {
    replays = await replay(HISTORIES, await bundleWorkflow());
  }, BUNDLE_MS);

  test.each(HISTORIES.map((history) => [history.title, history] as const))('%s', (_, { name, told }) => {
    const outcome = replays.get(name);
    expect(outcome?.error).toBeUndefined();
    expect(inOrder(outcome?.told ?? new Map())).toEqual(told);
  });

  test('there are histories of every example, of every kind of ending, and of what may happen to a workflow', () => {
    const events = HISTORIES.flatMap(({ told }) => told.map(({ type }) => type));
    for (const type of ['Succeeded', 'Failed', 'Cancelled', 'Expired']) expect(events).toContain(`Invocation${type}`);
    const titles = HISTORIES.map(({ title }) => title.split(' ')[0]);
    for (const { flow } of loadExamples()) expect(titles).toContain(flow.workflowId);
    const temporals = JSON.stringify(HISTORIES.map((history) => history.events));
    for (const type of HAPPENINGS) expect(temporals).toContain(`"EVENT_TYPE_${type}"`);
  });
});

describe('a rule that is changed without a thought for the runs under way is caught', () => {
  /** The histories that are caught: by Temporal, as the commands differ, or only by what the log would be told. */
  async function caughtBy(change: Change): Promise<{ temporal: string[]; told: string[] }> {
    const replays = await replay(HISTORIES, await bundleWorkflow(change));
    const caught = { temporal: [] as string[], told: [] as string[] };
    for (const { name, told } of HISTORIES) {
      const { error, told: retold } = replays.get(name) ?? { error: undefined, told: new Map() };
      if (error instanceof DeterminismViolationError) caught.temporal.push(name);
      else if (error || !isDeepStrictEqual(inOrder(retold), told)) caught.told.push(name);
    }
    return caught;
  }
  const namesWhere = (holds: (event: Fact) => boolean) =>
    HISTORIES.filter(({ told }) => told.some(holds)).map(({ name }) => name);

  test(
    'a cancelled run that goes on',
    async () => {
      const { temporal, told } = await caughtBy({
        file: 'core/decide/end-by-customer.ts',
        from: "if (t.state.status !== 'running') return;",
        to: "if (t.state.status !== 'running' || input.type === 'CancelRequested') return;",
      });
      expect(temporal).toEqual(namesWhere(({ type }) => type === 'InvocationCancelled'));
      expect(told).toEqual([]);
    },
    BUNDLE_MS,
  );

  test(
    'a ladder that ends where a step’s time is over',
    async () => {
      const { temporal, told } = await caughtBy({
        file: 'core/climb.ts',
        from: "advanceFrom(t, rung, attempt?.send === 'uncertain' ? 'uncertain' : 'timeout');",
        to: "emit(t, { type: 'InvocationFailed', step: rung.name, reason: 'timeout' });",
      });
      const recalled = namesWhere(({ type }) => type === 'RecallRequested');
      const climbed = namesWhere(
        ({ type, reason }) => type === 'LadderAdvanced' && /timeout|uncertain/.test(reason ?? ''),
      );
      expect([...temporal, ...told].sort()).toEqual(climbed.filter((name) => !recalled.includes(name)));
      expect(temporal).toContain('silence-moves-on-at-the-deadline');
    },
    BUNDLE_MS,
  );

  test(
    'more time for a step, which Temporal sees only where the time was over',
    async () => {
      const { temporal, told } = await caughtBy({
        file: 'core/decide/send-answered.ts',
        from: 'accepted.deadlineAt = t.now + rung.timeoutMs;',
        to: 'accepted.deadlineAt = t.now + 2 * rung.timeoutMs;',
      });
      const timed = namesWhere(({ type, deadlineAt }) => type === 'AttemptAccepted' && deadlineAt !== undefined);
      expect([...temporal, ...told].sort()).toEqual(timed);
      expect(temporal).toContain('silence-moves-on-at-the-deadline');
      expect(told).toContain('wf-otp-reaches-the-person-by-its-first-step');
    },
    BUNDLE_MS,
  );
});

async function replay(histories: readonly SavedHistory[], bundle: string): Promise<Map<string, Replay>> {
  const replays = new Map<string, Replay>();
  for (const { name } of histories) replays.set(name, { error: undefined, told: new Map() });
  let current: Replay | undefined;
  const hear = ({ events }: EventRecord) => {
    for (const event of events) current?.told.set(event.seq, factOf(event));
  };
  const sinks = { ...UNHEARD, log: logOf(hear) };
  const options = { workflowBundle: { code: bundle }, dataConverter: { payloadCodecs: [codecOf(hear)] }, sinks };
  const given = function* () {
    for (const { name, invocationId, events } of histories) {
      current = replays.get(name);
      yield { workflowId: invocationId, history: historyFromJson(events) };
    }
  };
  for await (const { error } of Worker.runReplayHistories(options, given())) if (current) current.error = error;
  return replays;
}

function inOrder(told: Map<number, Fact>): Fact[] {
  return [...told.values()].sort((a, b) => a.seq - b.seq);
}

/** Hears what the worker would write by itself. */
function logOf(hear: (record: EventRecord) => void): InjectedSinks<Sinks & { log: RunLog }>['log'] {
  return {
    tell: { fn: (_, record) => hear(record), callDuringReplay: true },
    bury: { fn() {}, callDuringReplay: false },
  };
}

/** Hears what activities are to tell the log. */
function codecOf(hear: (record: EventRecord) => void): PayloadCodec {
  const codec = createPayloadCodec(HOUSE_SECRET);
  return {
    decode: codec.decode,
    async encode(payloads) {
      for (const { data } of payloads) {
        const value = data && data.length > 0 ? JSON.parse(Buffer.from(data).toString()) : null;
        if (Array.isArray(value?.events)) hear(value);
      }
      return payloads;
    },
  };
}
