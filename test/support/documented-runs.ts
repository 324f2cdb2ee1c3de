import { decide } from '../../core/decide';
import type { Input } from '../../core/input';
import { compileLadder, type Ladder } from '../../core/ladder';
import { initialState } from '../../core/state';
import { toRecord } from '../../core/wire';
import type { EventRecord } from '../../schemas/event';
import type { FlowDefinition } from '../../schemas/flow';
import type { Reason, ReceiptStatus } from '../../schemas/vocabulary';
import type { Store } from '../../store/contract';
import { sampleRecord } from './sample-runs';

/** The five runs of wf_otp that docs/mongodb-schema.md asks about, all of 1 November 2026. */

const definition: FlowDefinition = {
  name: 'OTP: WhatsApp, then SMS',
  purpose: 'otp',
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', provider: 'twilio', template: 'tpl_wa', timeoutSeconds: 30 },
    { name: 'sms', channel: 'sms', provider: 'twilio', template: 'tpl_sms', timeoutSeconds: 60 },
  ],
};
const MINUTE_MS = 60_000;
const TEN = Date.parse('2026-11-01T10:00:00Z');

interface Known {
  id: string;
  at: number;
  /** Each with the milliseconds since the run began. */
  inputs: [number, Input][];
}

const invoked: [number, Input] = [0, { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null }];
const accepted = (ms: number, id: string, step: string): [number, Input] => [
  ms,
  { type: 'SendAccepted', step, attempt: 1, providerMessageId: `SM-${id}-${step}`, costMicros: 35_500 },
];
const timer = (ms: number): [number, Input] => [ms, { type: 'TimerFired' }];
const receipt = (ms: number, step: string, status: ReceiptStatus, reason: Reason | null = null): [number, Input] => [
  ms,
  {
    ...{ type: 'ReceiptArrived', step, attempt: 1, status, reason, code: null },
    ...{ at: null, providerMessageId: null, costMicros: null },
  },
];
const fallback = (id: string) => [
  invoked,
  accepted(100, id, 'whatsapp'),
  timer(30_100),
  accepted(30_200, id, 'sms'),
  receipt(31_000, 'sms', 'delivered'),
];

const RUNS: readonly Known[] = [
  { id: 'inv_1', at: TEN, inputs: fallback('inv_1') },
  { id: 'inv_2', at: TEN + MINUTE_MS, inputs: [...fallback('inv_2'), receipt(90_000, 'whatsapp', 'delivered')] },
  {
    id: 'inv_3',
    at: TEN + 60 * MINUTE_MS,
    inputs: [invoked, accepted(100, 'inv_3', 'whatsapp'), receipt(900, 'whatsapp', 'delivered')],
  },
  {
    id: 'inv_4',
    at: TEN + 61 * MINUTE_MS,
    inputs: [
      invoked,
      accepted(100, 'inv_4', 'whatsapp'),
      receipt(900, 'whatsapp', 'undelivered', 'unreachable'),
      accepted(1_000, 'inv_4', 'sms'),
      receipt(2_000, 'sms', 'undelivered', 'unreachable'),
    ],
  },
  { id: 'inv_5', at: TEN + 80 * MINUTE_MS, inputs: [invoked, accepted(100, 'inv_5', 'whatsapp')] },
];

export interface DocumentedRuns {
  ladder: Ladder;
  records: EventRecord[];
}

/** Publishes the flow in that store, puts the runs' records there, and gives their events. */
export async function documentedRuns(store: Store): Promise<DocumentedRuns> {
  const flow = await store.flows.create(definition, 'wf_otp', TEN);
  if (typeof flow === 'string') throw new Error(flow);
  await store.flows.publish(flow.id, definition, null, TEN);
  const ladder = compileLadder(definition, { flowId: flow.id, workflowId: 'wf_otp', version: 1, mode: 'live' }, {});
  const records: EventRecord[] = [];
  for (const { id, at, inputs } of RUNS) {
    const externalId = id.replace('inv_', 'order-');
    await store.records.put(sampleRecord(id, ladder, { createdAt: at, externalId }));
    let state = initialState(ladder);
    for (const [ms, input] of inputs) {
      const decision = decide(state, input, at + ms);
      state = decision.state;
      records.push(toRecord(id, ladder, decision.events));
    }
  }
  return { ladder, records };
}
