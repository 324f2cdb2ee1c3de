import type { NewEvent } from '../../core/event';
import { compileLadder, type Ladder } from '../../core/ladder';
import type { ProviderCatalog } from '../../core/provider-facts';
import { toWire } from '../../core/wire';
import type { EventRecord } from '../../schemas/event';
import type { FlowDefinition } from '../../schemas/flow';
import type { InvocationRecord } from '../../store/contract';

/** WhatsApp, then SMS. */
export const sampleDefinition: FlowDefinition = {
  name: 'OTP: WhatsApp, then SMS',
  purpose: 'otp',
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_wa', timeoutSeconds: 30 },
    { name: 'sms', channel: 'sms', template: 'tpl_sms', timeoutSeconds: 60 },
  ],
};

export function sampleLadder(flowId = 'flw_sample', workflowId = 'wf_sample', catalog: ProviderCatalog = {}): Ladder {
  return compileLadder(sampleDefinition, { flowId, workflowId, version: 1, mode: 'test' }, catalog);
}

export function sampleRecord(id: string, ladder: Ladder, over: Partial<InvocationRecord> = {}): InvocationRecord {
  return {
    id,
    flowId: ladder.flowId,
    workflowId: ladder.workflowId,
    flowVersion: ladder.version,
    mode: ladder.mode,
    keyId: 'key_1',
    externalId: null,
    metadata: null,
    createdAt: 1_700_000_000_000,
    recipient: { phone: '+393351234567' },
    variables: { code: '493021' },
    sandbox: null,
    costs: null,
    ...over,
  };
}

/** The history of a run whose WhatsApp message timed out and whose SMS arrived, as three records: ten events and two. */
export function fallbackRun(id: string, ladder: Ladder, at: number): EventRecord[] {
  return recordsOf(id, ladder, at, [
    [
      { type: 'InvocationStarted' },
      { type: 'StepStarted', step: 'whatsapp' },
      { type: 'AttemptRequested', step: 'whatsapp', attempt: 1, provider: 'sandbox' },
    ],
    [
      {
        type: 'AttemptAccepted',
        step: 'whatsapp',
        attempt: 1,
        providerMessageId: `${id}-wa`,
        costMicros: 35_500,
        deadlineAt: at + 30_000,
      },
      { type: 'StepTimedOut', step: 'whatsapp', deadlineAt: at + 30_000 },
      { type: 'LadderAdvanced', step: 'whatsapp', nextStep: 'sms', reason: 'timeout' },
      { type: 'StepStarted', step: 'sms' },
      { type: 'AttemptRequested', step: 'sms', attempt: 1, provider: 'sandbox' },
    ],
    [
      { type: 'AttemptAccepted', step: 'sms', attempt: 1, providerMessageId: `${id}-sms`, costMicros: 35_500 },
      { type: 'ReceiptRecorded', step: 'sms', attempt: 1, receiptStatus: 'delivered', receiptAt: at + 30_400 },
      { type: 'StepSucceeded', step: 'sms', attempt: 1, receiptStatus: 'delivered' },
      { type: 'InvocationSucceeded', step: 'sms' },
    ],
  ]);
}

/** Numbers and times the events, a record for each list. */
export function recordsOf(id: string, ladder: Ladder, at: number, records: NewEvent[][]): EventRecord[] {
  let seq = 0;
  return records.map((events) => ({
    invocationId: id,
    workflowId: ladder.workflowId,
    flowId: ladder.flowId,
    flowVersion: ladder.version,
    mode: ladder.mode,
    events: events.map((event) => {
      seq++;
      return toWire({ ...event, seq, at: at + seq * 100 }, ladder);
    }),
  }));
}
