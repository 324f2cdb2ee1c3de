import { ulid } from 'ulid';
import type { NewRun } from '../../core/engine';
import { compileLadder, type Ladder } from '../../core/ladder';
import type { State } from '../../core/state';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import type { Recipient } from '../../schemas/invocation';
import type { Channel, Purpose } from '../../schemas/vocabulary';
import { EVERYWHERE, step } from '../scenarios/scenario';
import type { TestHouse } from './house';

interface FlowInHouse {
  /** Each a step named after its channel. */
  steps: Channel[];
  timeoutSeconds: number;
  purpose?: Purpose;
  /** Added to the definition. */
  more?: Partial<FlowDefinition>;
}

/** Publishes a flow in the house and resolves with what a run of it climbs. */
export async function publishInHouse(house: TestHouse, flow: FlowInHouse): Promise<Ladder> {
  const steps = flow.steps.map((channel) => step(channel, { timeoutSeconds: flow.timeoutSeconds }));
  const definition: FlowDefinition = { name: `flow ${ulid()}`, purpose: flow.purpose ?? 'otp', steps, ...flow.more };
  const { flows } = house.api.store;
  const created = await flows.create(definition, null, Date.now());
  if (typeof created === 'string') throw new Error(created);
  await flows.publish(created.id, definition, null, Date.now());
  const identity = { flowId: created.id, workflowId: created.workflowId, version: 1, mode: 'test' } as const;
  return compileLadder(definition, identity, PROVIDER_CATALOG);
}

interface RunInHouse {
  id?: string;
  recipient?: Recipient;
  /** Scripts by step name. */
  sandbox?: Record<string, string>;
  /** Makes the record as large as that. */
  filler?: string;
}

/** Starts a run as the API does: its record and its first events in one group. Resolves with its ID once durable. */
export async function startInHouse(house: TestHouse, ladder: Ladder, run: RunInHouse = {}): Promise<string> {
  const id = run.id ?? `inv_${ulid()}`;
  const { flowId, workflowId, version: flowVersion, mode } = ladder;
  const stored = house.api.store.records.put({
    id,
    flowId,
    workflowId,
    flowVersion,
    mode,
    keyId: 'key_test',
    externalId: null,
    metadata: run.filler === undefined ? null : { filler: run.filler },
    createdAt: Date.now(),
    recipient: run.recipient ?? EVERYWHERE,
    variables: { code: '493021' },
    sandbox: run.sandbox ?? null,
    costs: null,
  });
  const input: NewRun['input'] = { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null };
  const outcomes = await Promise.allSettled([house.engine.start({ invocationId: id, ladder, input }, stored), stored]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return id;
}

/** The state once the run has ended; rejects after 10 s. */
export async function untilEnded(house: TestHouse, id: string): Promise<State> {
  return untilState(house, id, (state) => state.endedAt !== null);
}

/** The first state that `holds`; rejects after 10 s. */
export async function untilState(house: TestHouse, id: string, holds: (state: State) => boolean): Promise<State> {
  const until = Date.now() + 10_000;
  for (;;) {
    const state = await house.engine.describe(id);
    if (!state) throw new Error(`${id} is not known`);
    if (holds(state)) return state;
    if (Date.now() > until) throw new Error(`${id} did not come to that: ${JSON.stringify(state.steps)}`);
    await house.engine.changed(id, state.seq, 200);
  }
}
