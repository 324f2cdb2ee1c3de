import type { NewEvent } from '../core/event';
import { evolve } from '../core/evolve';
import { compileLadder } from '../core/ladder';
import { initialState } from '../core/state';
import type { CallbackType } from '../schemas/callback';
import type { FlowDefinition } from '../schemas/flow';
import type { CallbackProfile } from '../store/contract';
import { bodyOf, profileDisabledBody, type ToldEvent, type ToldRecord } from './body';
import { endToldBy, tellingsOf } from './tellings';

/** WhatsApp stays silent, the SMS arrives, and WhatsApp after all. Nobody is anybody: the number is the examples' own. */
const DEFINITION: FlowDefinition = {
  name: 'A flow that does not exist',
  purpose: 'otp',
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_sample', timeoutSeconds: 30 },
    { name: 'sms', channel: 'sms', template: 'tpl_sample', timeoutSeconds: 120 },
  ],
};
const IDENTITY = { flowId: 'flw_sample', workflowId: 'wf_sample', version: 1, mode: 'test' } as const;
const INVOCATION_ID = 'inv_00000000000000000000000000';
const RECORD: Omit<ToldRecord, 'createdAt'> = {
  externalId: 'order-77',
  metadata: { cart: '9' },
  recipient: { phone: '+393351234567' },
};
const COST_MICROS = 35_500;

/** The story up to its end, and the ends that it can have; each event with its seconds since the beginning. */
function storyUntil(end: NewEvent): [number, NewEvent][] {
  const arrives: [number, NewEvent][] = [
    [32, receipt('ReceiptRecorded', 'sms')],
    [32, { type: 'StepSucceeded', step: 'sms', attempt: 1, receiptStatus: 'delivered' }],
  ];
  const fails: [number, NewEvent][] = [
    [32, { ...receipt('ReceiptRecorded', 'sms'), receiptStatus: 'undelivered', reason: 'unreachable' } as NewEvent],
    [32, { type: 'StepFailed', step: 'sms', attempt: 1, reason: 'unreachable', action: 'advance' }],
  ];
  return [
    [0, { type: 'InvocationStarted' }],
    [0, { type: 'StepStarted', step: 'whatsapp' }],
    [0, requested('whatsapp')],
    [0, accepted('whatsapp')],
    [30, { type: 'StepTimedOut', step: 'whatsapp', deadlineAt: 0 }],
    [30, { type: 'LadderAdvanced', step: 'whatsapp', nextStep: 'sms', reason: 'timeout' }],
    [30, { type: 'StepStarted', step: 'sms' }],
    [30, requested('sms')],
    [30, accepted('sms')],
    ...(end.type === 'InvocationSucceeded' ? arrives : end.type === 'InvocationFailed' ? fails : []),
    [32, end],
    [130, receipt('LateReceiptRecorded', 'whatsapp')],
  ];
}

function requested(step: string): NewEvent {
  return { type: 'AttemptRequested', step, attempt: 1, provider: 'sandbox' };
}

function accepted(step: string): NewEvent {
  return { type: 'AttemptAccepted', step, attempt: 1, providerMessageId: `sample-${step}`, costMicros: COST_MICROS };
}

function receipt(type: 'ReceiptRecorded' | 'LateReceiptRecorded', step: string): NewEvent {
  return { type, step, attempt: 1, receiptStatus: 'delivered', receiptAt: 0 };
}

const ENDINGS: Partial<Record<CallbackType, NewEvent>> = {
  'invocation.failed': { type: 'InvocationFailed', step: 'sms', reason: 'unreachable' },
  'invocation.cancelled': { type: 'InvocationCancelled' },
  'invocation.expired': { type: 'InvocationExpired' },
};

/** What a callback of that type looks like, of a run that never was. @param now ms since 1970 */
export function sampleBody({ format }: Pick<CallbackProfile, 'format'>, type: CallbackType, now: number): string {
  if (type === 'callback_profile.disabled') {
    const profile = { id: 'cbp_sample', name: 'A profile that does not exist' };
    return profileDisabledBody(profile, { reason: 'gone', failingSince: now }, now);
  }
  const startedAt = now - 130_000;
  const record = { ...RECORD, createdAt: startedAt };
  const ending = ENDINGS[type] ?? { type: 'InvocationSucceeded', step: 'sms' };
  for (const told of toldStory(storyUntil(ending), startedAt)) {
    const telling = tellingsOf(told.event, told.before, told.after).find((one) => one.type === type);
    // Kaleyra's one body tells of the end, whatever is asked for.
    const atEnd = endToldBy(told.event);
    if (format === 'kaleyra' && atEnd) return bodyOf('kaleyra', { type: atEnd }, told, record);
    if (format === 'onward' && telling) return bodyOf('onward', telling, told, record);
  }
  throw new Error(`the sample tells nothing of ${type}`);
}

function* toldStory(story: readonly [number, NewEvent][], startedAt: number): Generator<ToldEvent> {
  let before = initialState(compileLadder(DEFINITION, IDENTITY, {}));
  let seq = 0;
  for (const [seconds, happened] of story) {
    const at = startedAt + seconds * 1000;
    const event = { ...happened, ...timesOf(happened, at), seq: ++seq, at } as ToldEvent['event'];
    const after = evolve(before, event);
    yield { invocationId: INVOCATION_ID, event, before, after };
    before = after;
  }
}

function timesOf(happened: NewEvent, at: number): { receiptAt?: number; deadlineAt?: number } {
  if ('receiptAt' in happened) return { receiptAt: at };
  if (happened.type !== 'AttemptAccepted') return {};
  const step = DEFINITION.steps.find(({ name }) => name === happened.step);
  return { deadlineAt: at + (step?.timeoutSeconds ?? 0) * 1000 };
}
