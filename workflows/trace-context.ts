import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { isSampled, readTraceparent, type SpanPlace, writeTraceparent } from '../schemas/traceparent';

/** Where a span stands: what its children have to know. */
export interface TraceContext extends SpanPlace {
  /** What tracing systems add for themselves, carried on as it is. */
  state: string | null;
  /** The flow's workflow ID: an activity is not told it otherwise. */
  workflowId: string | null;
}

/** Temporal's own interceptors use this header: a run that a client in another language starts joins its trace. */
const TRACE_HEADER = '_tracer-data';
const WORKFLOW_KEY = 'onward-workflow';

/** Null where there is none that is recorded, or what there is cannot be read: a header never fails a run. */
export function readTrace(headers: Headers): TraceContext | null {
  const payload = headers[TRACE_HEADER];
  if (!payload) return null;
  try {
    const carrier = defaultPayloadConverter.fromPayload<unknown>(payload);
    const place = readTraceparent(text(carrier, 'traceparent') ?? '');
    if (!place || !isSampled(place)) return null;
    return { ...place, state: text(carrier, 'tracestate'), workflowId: text(carrier, WORKFLOW_KEY) };
  } catch {
    return null;
  }
}

export function withTrace(headers: Headers, { state, workflowId, ...place }: TraceContext): Headers {
  const carrier: Record<string, string> = { traceparent: writeTraceparent(place) };
  if (state) carrier.tracestate = state;
  if (workflowId) carrier[WORKFLOW_KEY] = workflowId;
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
}

export type SpanAttributes = Record<string, string | number>;

/** What a span says of the run that it belongs to. */
export function attributesOfRun(invocationId: string, workflowId: string | null): SpanAttributes {
  return {
    'onward.invocation_id': invocationId,
    ...(workflowId !== null && { 'onward.workflow_id': workflowId }),
  };
}

/** What a span says of an activity: taken one by one from its job (core/job.ts), so that nothing else gets out. */
export function attributesOfJob([job]: readonly unknown[]): SpanAttributes {
  const rung = field(job, 'rung');
  const route = field(job, 'route');
  const attempt = field(job, 'attempt');
  const found = {
    'onward.step': text(rung, 'name'),
    'onward.channel': text(rung, 'channel'),
    'onward.provider': text(route, 'provider'),
    'onward.attempt': typeof attempt === 'number' ? attempt : null,
  };
  const attributes: SpanAttributes = {};
  for (const [name, value] of Object.entries(found)) if (value !== null) attributes[name] = value;
  return attributes;
}

/** The flow's workflow ID in the input of a run (InvocationInput), or null where the input is of another kind. */
export function workflowIdOf([input]: readonly unknown[]): string | null {
  return text(field(input, 'ladder'), 'workflowId');
}

/** An error by its kind: what it says may hold what is nobody's business. */
export function errorType(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown, name: string): string | null {
  const found = field(value, name);
  return typeof found === 'string' ? found : null;
}
