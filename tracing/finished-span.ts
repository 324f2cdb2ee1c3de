import { createTraceState, type HrTime, type Link, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { readTraceparent, type SpanPlace } from '../schemas/traceparent';

export const SCOPE = { name: 'onward' } as const;

export type SpanAttributes = Record<string, string | number | boolean>;

/** A span told once it is over, under an ID that was known before: its children may have been told by other processes. */
export interface FinishedSpan {
  name: string;
  kind: keyof typeof KIND;
  place: SpanPlace;
  /** What tracing systems add for themselves. */
  traceState?: string | null;
  parentSpanId: string;
  /** Milliseconds since 1970, as all times here. */
  startedAt: number;
  endedAt: number;
  attributes: SpanAttributes;
  /** What kind of error it ended with; null: with none. */
  error: string | null;
  events?: readonly SpanEvent[];
  /** `traceparent`s of what else led to it; what is none is left out. */
  links?: readonly string[];
}

export interface SpanEvent {
  name: string;
  at: number;
  attributes: SpanAttributes;
}

const KIND = {
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
} as const;

/** Puts it into the queue of what is sent, or drops it where that is full. */
export function tell(processor: SpanProcessor, resource: ReadableSpan['resource'], span: FinishedSpan): void {
  const { name, kind, startedAt, endedAt, attributes, error, events = [], links = [] } = span;
  const context = contextOf(span.place, span.traceState ?? null);
  processor.onEnd({
    name,
    kind: KIND[kind],
    spanContext: () => context,
    parentSpanContext: { ...context, spanId: span.parentSpanId },
    startTime: hrTime(startedAt),
    endTime: hrTime(endedAt),
    duration: hrTime(Math.max(endedAt - startedAt, 0)),
    status: { code: error === null ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: error === null ? attributes : { ...attributes, 'error.type': error },
    links: links.flatMap(linkTo),
    events: events.map(({ at, ...event }) => ({ ...event, time: hrTime(at) })),
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });
}

export function contextOf({ traceId, spanId, flags }: SpanPlace, state: string | null) {
  return { traceId, spanId, traceFlags: flags, traceState: state === null ? undefined : createTraceState(state) };
}

function linkTo(traceparent: string): Link[] {
  const place = readTraceparent(traceparent);
  return place ? [{ context: { ...contextOf(place, null), isRemote: true } }] : [];
}

/** Seconds and nanoseconds, as OpenTelemetry has it. */
function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}
