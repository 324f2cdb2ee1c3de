import type { TFunction } from 'i18next';
import type { WireEvent } from '../../../schemas/event';
import { duration, money } from '../../parts/amounts';
import { isolated } from '../../parts/isolated';

type Words = TFunction<['trial', 'vocabulary']>;

/** Events of one name that happen for two different causes, which are told apart. */
const OTHERWISE = {
  StepSkipped: ({ reason }: WireEvent) => (reason === undefined ? 'StepSkipped.unwaited' : null),
  StepDeferred: ({ reason }: WireEvent) => (reason === undefined ? 'StepDeferred.scheduled' : null),
  StepFailed: ({ attempt }: WireEvent) => (attempt === undefined ? 'StepFailed.branches' : null),
  LadderAdvanced: ({ reason }: WireEvent) => (reason === undefined ? 'LadderAdvanced.plain' : null),
  ReceiptRecorded: ({ reason }: WireEvent) => (reason === undefined ? null : 'ReceiptRecorded.reason'),
  InvocationSucceeded: ({ step }: WireEvent) => (step === undefined ? 'InvocationSucceeded.completed' : null),
} as const;

/** What happened and why, in a sentence of the viewer's language. `start` is the run's first moment in ms since 1970. */
export function eventWords(t: Words, event: WireEvent, start: number, currency: string): string {
  const until = event.deadlineAt ?? event.until;
  const other = Object.hasOwn(OTHERWISE, event.type) ? OTHERWISE[event.type as keyof typeof OTHERWISE](event) : null;
  return t(`event.${other ?? event.type}`, {
    step: isolated(event.step ?? ''),
    next: isolated(event.nextStep ?? ''),
    reason: event.reason ? t(`vocabulary:reason.${event.reason}`) : '',
    action: event.action ? t(`vocabulary:action.${event.action}`) : '',
    status: event.receiptStatus ? t(`vocabulary:status.${event.receiptStatus}`) : '',
    cost: money(event.costMicros ?? 0, currency),
    until: until === undefined ? '' : duration(Date.parse(until) - start),
  });
}
