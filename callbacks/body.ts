import type { Event } from '../core/event';
import { isoTime } from '../core/iso-time';
import type { State } from '../core/state';
import { invocationView } from '../core/view';
import type { Callback, CallbackType, InvocationCallback, ProfileCallback } from '../schemas/callback';
import type { CallbackProfile, InvocationRecord } from '../store/contract';
import { kaleyraBody } from './kaleyra-body';
import { endToldBy, type Telling, tellingsOf } from './tellings';

/** What the run's record has to say; null once the person was erased. */
export type ToldRecord = Pick<InvocationRecord, 'externalId' | 'metadata' | 'recipient' | 'createdAt'>;

/** One event of a run, with the state before it and exactly after it. */
export interface ToldEvent {
  invocationId: string;
  event: Event;
  before: State;
  after: State;
}

/** What a profile is told of an event. */
export function toldTo(
  { types, format }: Pick<CallbackProfile, 'types' | 'format'>,
  { event, before, after }: ToldEvent,
): Telling[] {
  const wanted = (type: CallbackType) => types === null || types.includes(type);
  // One body, when the invocation has ended.
  if (format === 'kaleyra' && endToldBy(event) === null) return [];
  return tellingsOf(event, before, after).filter(({ type }) => wanted(type));
}

/** The bytes that are sent, in the profile's format. */
export function bodyOf(
  format: CallbackProfile['format'],
  telling: Telling,
  told: ToldEvent,
  record: ToldRecord | null,
): string {
  if (format === 'kaleyra') {
    const { invocationId, event, after } = told;
    return JSON.stringify(kaleyraBody(invocationId, after, record?.recipient ?? null, event.at));
  }
  return JSON.stringify(onwardBody(telling, told, record));
}

function onwardBody({ type, ...place }: Telling, told: ToldEvent, record: ToldRecord | null): Callback {
  const { invocationId, event, after } = told;
  const { externalId = null, metadata = null, createdAt = after.startedAt } = record ?? {};
  const view = invocationView(after, { id: invocationId, externalId, metadata, createdAt });
  const data: InvocationCallback = {
    invocationId,
    workflowId: view.workflowId,
    flowVersion: view.flowVersion,
    mode: view.mode,
    externalId,
    metadata,
    status: view.status,
    reachedChannel: view.reachedChannel ?? null,
    reachedStep: view.reachedStep ?? null,
    duplicate: after.duplicate,
    costMicros: after.costMicros,
    costTwiceMicros: after.costTwiceMicros,
    currency: after.ladder.currency,
    attempts: [...view.attempts],
    seq: event.seq,
    ...place,
  };
  return { type, timestamp: isoTime(event.at), data };
}

/** Told to the other profiles. `failingSince` and `at` in ms since 1970. */
export function profileDisabledBody(
  profile: Pick<CallbackProfile, 'id' | 'name'>,
  { reason, failingSince }: { reason: ProfileCallback['reason']; failingSince: number | null },
  at: number,
): string {
  const callback: Callback = {
    type: 'callback_profile.disabled',
    timestamp: isoTime(at),
    data: {
      callbackProfileId: profile.id,
      name: profile.name,
      reason,
      failingSince: failingSince === null ? null : isoTime(failingSince),
    },
  };
  return JSON.stringify(callback);
}
