import type { Event } from '../core/event';
import type { AttemptJob } from '../core/job';
import { NONE, rungAt, sendRungOf } from '../core/ladder';
import type { State } from '../core/state';
import { type SpanPlace, writeTraceparent } from '../schemas/traceparent';
import type { ArrivedReceipt, CallbackAnswer, TracedCallback } from './contract';
import type { FinishedSpan, SpanAttributes } from './finished-span';
import { freshSpanId, type RunPlace, spanIdOf } from './run-places';
import { decisionsOf, type Wait, waitsOf } from './run-spans';

/**
 * The spans of a run. Attributes are those of OpenTelemetry's conventions for HTTP and messaging where they fit, and
 * `onward.*` where they do not. None is an address, a variable, a text, or an ID that a provider gave: some have the
 * number in it.
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */

export interface Took {
  startedAt: number;
  endedAt: number;
}

export interface SendOutcome extends Took {
  /** In one word (core/send-outcome.ts); null where the send could not be made. */
  outcome: string | null;
  reason: string | null;
  error: string | null;
}

export function sendSpan(place: RunPlace, { rung, route, attempt }: AttemptJob, of: SendOutcome): FinishedSpan {
  const { outcome, reason, error, startedAt, endedAt } = of;
  return {
    name: `send ${rung.channel}`,
    kind: 'client',
    place: { ...place.run, spanId: spanIdOf(sendName(place.invocationId, rung.index, attempt)) },
    parentSpanId: place.run.spanId,
    startedAt,
    endedAt,
    attributes: {
      ...place.attributes,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.system': route.provider,
      'messaging.destination.name': rung.channel,
      'onward.step': rung.name,
      'onward.step_index': rung.index,
      'onward.channel': rung.channel,
      'onward.provider': route.provider,
      ...(route.account !== null && { 'onward.account': route.account }),
      'onward.attempt': attempt,
      ...(outcome !== null && { 'onward.outcome': outcome }),
      ...(reason !== null && { 'onward.reason': reason }),
    },
    error: error ?? (outcome === 'rejected' ? reason : null),
  };
}

function sendName(invocationId: string, step: number, attempt: number): string {
  return `${invocationId}/send/${step}/${attempt}`;
}

/** @param linked whether the spans of sends are ours, so that the one it speaks of can be linked */
export function receiptSpan(place: RunPlace, arrived: ArrivedReceipt, took: Took, linked: boolean): FinishedSpan {
  const { step, attempt, status, reason } = arrived.input;
  const links = arrived.traceparent === undefined ? [] : [arrived.traceparent];
  if (linked && typeof step === 'number' && attempt !== null) {
    const spanId = spanIdOf(sendName(place.invocationId, step, attempt));
    links.push(writeTraceparent({ ...place.run, spanId }));
  }
  return {
    name: 'process onward.receipts',
    kind: 'consumer',
    place: { ...place.run, spanId: freshSpanId() },
    parentSpanId: place.run.spanId,
    ...took,
    attributes: {
      ...place.attributes,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.system': 'onward',
      'messaging.destination.name': 'onward.receipts',
      // References and foreign receipts may name it by its number.
      ...(typeof step === 'number' ? { 'onward.step_index': step } : { 'onward.step': step }),
      ...(attempt !== null && { 'onward.attempt': attempt }),
      'onward.receipt_status': status,
      ...(reason !== null && { 'onward.reason': reason }),
    },
    error: null,
    links,
  };
}

/** The run from its beginning to its end with all that was decided, and the waits in it. */
export function runSpans(place: RunPlace, state: State, events: readonly Event[]): FinishedSpan[] {
  const waits = waitsOf(events, state.ladder).map((wait) => {
    const spanId = spanIdOf(`${place.invocationId}/wait/${wait.step}/${wait.attempt}`);
    return waitSpan(wait, { ...place.run, spanId }, place.run.spanId, place.attributes);
  });
  return [...waits, runSpan(place, state, events)];
}

function runSpan(place: RunPlace, state: State, events: readonly Event[]): FinishedSpan {
  const { ladder, status, startedAt, endedAt, endReason, reachedStep, duplicate } = state;
  const attributes: SpanAttributes = {
    ...place.attributes,
    'onward.flow_version': ladder.version,
    'onward.mode': ladder.mode,
    'onward.status': status,
    'onward.duplicate': duplicate,
  };
  if (reachedStep !== NONE) {
    const { name } = rungAt(ladder, reachedStep);
    attributes['onward.reached_step'] = name;
    const channel = sendRungOf(ladder, name)?.channel;
    if (channel) attributes['onward.reached_channel'] = channel;
  }
  return {
    name: 'invocation',
    kind: 'internal',
    place: place.run,
    parentSpanId: place.root.spanId,
    startedAt,
    endedAt: endedAt ?? startedAt,
    attributes,
    error: status === 'failed' ? (endReason ?? 'failed') : status === 'expired' ? status : null,
    events: decisionsOf(events),
  };
}

export function waitSpan(
  { step, attempt, channel, from, until, outcome }: Wait,
  place: SpanPlace,
  parentSpanId: string,
  ofRun: SpanAttributes,
): FinishedSpan {
  return {
    name: channel === null ? 'wait' : `wait ${channel}`,
    kind: 'internal',
    place,
    parentSpanId,
    startedAt: from,
    endedAt: until,
    attributes: {
      ...ofRun,
      'onward.step': step,
      'onward.attempt': attempt,
      ...(channel !== null && { 'onward.channel': channel }),
      'onward.outcome': outcome,
    },
    error: null,
  };
}

export function callbackSpan(
  { run, attributes }: RunPlace,
  spanId: string,
  { type, profileId, deliveryId, attempt }: TracedCallback,
  { responseCode, error }: CallbackAnswer,
  took: Took,
): FinishedSpan {
  return {
    name: `callback ${type}`,
    kind: 'client',
    place: { ...run, spanId },
    parentSpanId: run.spanId,
    ...took,
    attributes: {
      ...attributes,
      'http.request.method': 'POST',
      ...(responseCode !== null && { 'http.response.status_code': responseCode }),
      'onward.callback_type': type,
      'onward.callback_profile_id': profileId,
      'onward.callback_id': deliveryId,
      'onward.callback_attempt': attempt,
    },
    // What the error says may quote the endpoint's address.
    error: error === null && responseCode !== null ? null : String(responseCode ?? 'no_answer'),
  };
}
