import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { isSampled, readTraceparent, writeTraceparent } from '../schemas/traceparent';
import type { IncomingRequest, RequestTrace, RequestTracing } from './contract';
import { contextOf } from './finished-span';

/** No header that we would carry on is longer; W3C asks for at least 512 characters. */
const TRACESTATE_MAX = 512;
const SERVER_FAULT = 500;

/**
 * Spans of requests, as the semantic conventions for HTTP servers have them. The path as it came is not told: it may
 * hold the secret end of a webhook's.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function traceRequests(tracer: Tracer): RequestTracing {
  return {
    request(incoming) {
      const { method, route } = incoming;
      const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': 'http' };
      const options = { kind: SpanKind.SERVER, attributes };
      return requestTrace(tracer, tracer.startSpan(`${method} ${route}`, options, callerOf(incoming)));
    },
  };
}

function callerOf({ headers, known }: IncomingRequest): Context {
  const { traceparent, tracestate } = headers;
  const place = known && typeof traceparent === 'string' ? readTraceparent(traceparent) : null;
  if (!place) return ROOT_CONTEXT;
  const state = typeof tracestate === 'string' && tracestate.length <= TRACESTATE_MAX ? tracestate : null;
  return trace.setSpanContext(ROOT_CONTEXT, { ...contextOf(place, state), isRemote: true });
}

function requestTrace(tracer: Tracer, span: Span): RequestTrace {
  const context = span.spanContext();
  const place = { traceId: context.traceId, spanId: context.spanId, flags: context.traceFlags };
  const recorded = isSampled(place);
  let over = false;
  return {
    traceparent: recorded ? writeTraceparent(place) : null,
    ids: recorded ? { trace_id: place.traceId, span_id: place.spanId } : null,
    about(invocationId, workflowId) {
      span.setAttributes({ 'onward.invocation_id': invocationId, 'onward.workflow_id': workflowId });
    },
    part() {
      const options = { kind: SpanKind.INTERNAL, root: true, links: recorded ? [{ context }] : [] };
      return requestTrace(tracer, tracer.startSpan('invoke', options, ROOT_CONTEXT));
    },
    ended(status) {
      if (over) return;
      over = true;
      if (status !== null) span.setAttribute('http.response.status_code', status);
      if (status === null || status >= SERVER_FAULT) {
        span.setAttribute('error.type', status === null ? 'no_answer' : String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}
