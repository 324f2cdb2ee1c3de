import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { ulid } from 'ulid';
import type { Activities } from '../../activities/contract';
import type { Input, ReceiptInput } from '../../core/input';
import type { AttemptJob } from '../../core/job';
import { compileLadder, type Ladder } from '../../core/ladder';
import { dumpLadder } from '../../core/ladder-json';
import type { Log } from '../../log/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { EventRecord } from '../../schemas/event';
import type { FlowDefinition } from '../../schemas/flow';
import { createRunActivities } from '../../temporal/run-activities';
import { createRunLog } from '../../temporal/run-log';
import { UNHEARD } from '../../temporal/tracing';
import { startWorkers, type Workers } from '../../temporal/workers';
import { type InvocationInput, TASK_QUEUE, WORKFLOW_TYPE } from '../../workflows/contract';
import { bundleWorkflow } from './workflow-bundle';

/** What one run meets, as far as a test has a say in it. */
export interface World {
  /** Default: accepted at once. */
  send?(job: AttemptJob): Promise<Input>;
  /** Called with a record before the log takes it; a rejection is a fault of the log. */
  beforeWrite?(record: EventRecord): Promise<void>;
  /** Called with a record that the log has; whoever wrote it waits. */
  afterWrite?(record: EventRecord): Promise<void>;
  /** Called with each payload of a turn that has been decided, before it is reported to Temporal. */
  beforeReport?(payload: unknown): Promise<void>;
}

export interface ScriptedRun {
  id: string;
  ladder: Ladder;
  handle: WorkflowHandle;
  /** What the log was given, in the order in which it took it. */
  records: EventRecord[];
  receive(receipt: Partial<ReceiptInput> & Pick<ReceiptInput, 'step' | 'status'>): Promise<void>;
}

export interface ScriptedWorkers {
  /** @param sendAt a scheduled start, in milliseconds since 1970 */
  begin(definition: FlowDefinition, world: World, sendAt?: number): Promise<ScriptedRun>;
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

interface Known {
  world: World;
  records: EventRecord[];
}

/** A turn that is lost is given out again after this. */
const TURN_TIMEOUT_MS = 1_000;

/** Workers in this process, on a log in memory: a test can step in between any two things that they do. */
export async function scriptedWorkers(address: string): Promise<ScriptedWorkers> {
  const folder = mkdtempSync(join(tmpdir(), 'onward-scripted-'));
  const bundle = join(folder, 'workflows.js');
  writeFileSync(bundle, await bundleWorkflow());
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const runs = new Map<string, Known>();
  const runLog = createRunLog({ log: logOf(runs), clock: Date.now, onTold: () => {}, onFault: () => {} });
  const activities = createRunActivities({ activities: activitiesOf(runs), tell: runLog.append, clock: Date.now });
  let workers: Workers | null = null;
  const stop = async () => {
    workers?.stop();
    await workers?.running;
    workers = null;
  };
  return {
    async start() {
      workers = await startWorkers({
        connection: native,
        namespace: 'default',
        taskQueue: TASK_QUEUE,
        bundle,
        codec: codecOf(runs),
        activities,
        more: { sinks: { ...runLog.sinks, ...UNHEARD } },
        rates: {},
        accounts: () => [],
        onFault: () => {},
        cachedRuns: null,
      });
    },
    stop,
    begin: (definition, world, sendAt) =>
      begin(new Client({ connection }), runs, definition, { world, records: [] }, sendAt ?? null),
    async close() {
      await stop();
      await native.close();
      await connection.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function begin(
  client: Client,
  runs: Map<string, Known>,
  definition: FlowDefinition,
  known: Known,
  sendAt: number | null,
): Promise<ScriptedRun> {
  const id = `inv_${ulid()}`;
  runs.set(id, known);
  const identity = { flowId: 'flow_1', workflowId: 'wf_scripted', version: 1, mode: 'test' } as const;
  const ladder = compileLadder(definition, identity, PROVIDER_CATALOG);
  const input = { type: 'Invoked', unaddressable: [], timezone: null, sendAt } as const;
  const invocation: InvocationInput = {
    ladder: dumpLadder(ladder),
    ladderHash: '',
    sendTimeoutMs: 1_000,
    begin: { type: 'invoked', at: Date.now(), input: { ...input, unaddressable: [] } },
  };
  const handle = await client.workflow.start(WORKFLOW_TYPE, {
    workflowId: id,
    taskQueue: TASK_QUEUE,
    args: [invocation],
    workflowTaskTimeout: TURN_TIMEOUT_MS,
  });
  const unsaid = { attempt: 1, reason: null, code: null, at: null, providerMessageId: null, costMicros: null };
  return {
    id,
    ladder,
    handle,
    records: known.records,
    receive: (receipt) =>
      handle.signal('receipt', { at: Date.now(), receipt: { type: 'ReceiptArrived', ...unsaid, ...receipt } }),
  };
}

function activitiesOf(runs: Map<string, Known>): Activities {
  const place = ({ rung, attempt }: AttemptJob) => ({ step: rung.name, attempt });
  return {
    async send(job) {
      const { send } = runs.get(job.invocationId)?.world ?? {};
      if (send) return send(job);
      return { type: 'SendAccepted', ...place(job), providerMessageId: null, costMicros: 1 };
    },
    lookup: async (job) => ({ type: 'LookupAnswered', ...place(job), outcome: { known: 'unknown' } }),
    recall: async (job) => ({ type: 'RecallConfirmed', ...place(job) }),
    async suppressAddress() {},
  };
}

function logOf(runs: Map<string, Known>): Log {
  const append: Log['append'] = async (topic, records) => {
    if (topic !== 'onward.events') return;
    for (const { key, value } of records) {
      const known = runs.get(key);
      const record: EventRecord = JSON.parse(value);
      await known?.world.beforeWrite?.(record);
      known?.records.push(record);
      await known?.world.afterWrite?.(record);
    }
  };
  // Nothing else of a log is asked for here.
  return { append } as unknown as Log;
}

/** Changes nothing: it is where a turn passes by on its way to Temporal. */
function codecOf(runs: Map<string, Known>): PayloadCodec {
  return {
    async encode(payloads, context) {
      const id = context && 'workflowId' in context ? context.workflowId : undefined;
      const { beforeReport } = runs.get(id ?? '')?.world ?? {};
      if (beforeReport) for (const { data } of payloads) await beforeReport(jsonIn(data));
      return payloads;
    },
    decode: async (payloads) => payloads,
  };
}

function jsonIn(data: Uint8Array | null | undefined): unknown {
  return data && data.length > 0 ? JSON.parse(Buffer.from(data).toString()) : null;
}
