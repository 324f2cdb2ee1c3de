import { decide } from '../../core/decide';
import type { Input } from '../../core/input';
import { compileLadder, type Ladder } from '../../core/ladder';
import { initialState, type State } from '../../core/state';
import { toRecord } from '../../core/wire';
import type { NewRecord } from '../../log/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { Store } from '../../store/contract';
import { FLOWS } from '../onward/flows';

/** Runs that are under way at once in the log that is made. */
const SIDE_BY_SIDE = 250;
const INPUTS: Input[] = [
  { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null },
  { type: 'SendAccepted', step: 'first', attempt: 1, providerMessageId: null, costMicros: 35_500 },
  {
    type: 'ReceiptArrived',
    step: 'first',
    attempt: 1,
    status: 'delivered',
    reason: null,
    code: null,
    at: null,
    providerMessageId: null,
    costMicros: null,
  },
];

/** Some runs side by side, with all that was written of them. */
export interface Portion {
  ids: string[];
  records: NewRecord[];
  events: number;
}

/** The flow that the runs are of, published in that store. @param told the callback profile that it names, if any */
export async function publishSampleFlow(
  { flows }: Pick<Store, 'flows'>,
  told: { workflowId: string; callbackProfile: string } | null = null,
): Promise<Ladder> {
  const { workflowId: usual, ...rest } = FLOWS.wf_bench;
  const workflowId = told?.workflowId ?? 'wf_bench';
  const definition = told ? { ...rest, name: workflowId, callbackProfile: told.callbackProfile } : rest;
  const flow = await flows.create(definition, workflowId, Date.now());
  if (typeof flow === 'string') throw new Error(flow);
  await flows.publish(flow.id, definition, null, Date.now());
  const identity = { flowId: flow.id, workflowId, version: 1, mode: 'test' as const };
  return compileLadder(definition, identity, PROVIDER_CATALOG);
}

/** Runs of one step, delivered, as an engine that decides them side by side writes them: a record a decision. */
export function* sampleRuns(ladder: Ladder, runs: number, firstRun = 0): Generator<Portion> {
  for (let first = 0; first < runs; first += SIDE_BY_SIDE) {
    const ids = Array.from({ length: Math.min(SIDE_BY_SIDE, runs - first) }, (_, n) => idOf(firstRun + first + n));
    yield { ids, ...written(ladder, ids) };
  }
}

function written(ladder: Ladder, ids: readonly string[]): Pick<Portion, 'records' | 'events'> {
  const states = new Map<string, State>();
  const records: NewRecord[] = [];
  let events = 0;
  for (const input of INPUTS) {
    for (const id of ids) {
      const decision = decide(states.get(id) ?? initialState(ladder), accepted(input, id), Date.now());
      states.set(id, decision.state);
      records.push({ key: id, value: JSON.stringify(toRecord(id, ladder, decision.events)) });
      events += decision.events.length;
    }
  }
  return { records, events };
}

/** Each message has a name of its provider’s own, which the read model is searched by. */
function accepted(input: Input, id: string): Input {
  return input.type === 'SendAccepted' ? { ...input, providerMessageId: `sbx_${id}` } : input;
}

function idOf(n: number): string {
  return `inv_${String(n).padStart(26, '0')}`;
}

/** What the store has of a run besides its events. */
export function sampleRecord(id: string, { flowId }: Pick<Ladder, 'flowId'>) {
  return {
    id,
    flowId,
    workflowId: 'wf_bench',
    flowVersion: 1,
    mode: 'test' as const,
    keyId: 'key_test',
    externalId: null,
    metadata: null,
    createdAt: Date.now(),
    recipient: { phone: '+393351234567' },
    variables: { code: '493021' },
    sandbox: { first: 'silent' },
    costs: null,
  };
}
