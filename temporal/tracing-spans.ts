import {
  type Context,
  createTraceState,
  context as currentContext,
  DiagLogLevel,
  diag,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { ClientInterceptors, WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks, WorkerInterceptors } from '@temporalio/worker';
import type { Logger } from '../api/deps';
import {
  attributesOfJob,
  attributesOfRun,
  errorType,
  readTrace,
  type TraceContext,
  withTrace,
  workflowIdOf,
} from '../workflows/trace-context';
import type { TraceSinks, WorkflowSpan } from '../workflows/tracing';
import { sendOutcomeOf } from './send-outcome';

const MS = {
  /** A collector that does not answer must not keep the process from leaving in time. */
  shutdown: 2_000,
  /** Between two lines of log on spans that could not be sent. */
  complaint: 60_000,
} as const;
const SCOPE = { name: 'onward' } as const;

export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc';

export interface TracingOptions {
  /** `service.name`, where OTEL_SERVICE_NAME does not say otherwise. */
  serviceName: 'onward-api' | 'onward-worker';
  logger: Logger;
}

/** OpenTelemetry as the client and the worker take it. */
export interface Tracing {
  client: ClientInterceptors;
  interceptors: WorkerInterceptors;
  sinks: InjectedSinks<TraceSinks>;
  /** Sends what has not been sent. */
  flush(): Promise<void>;
  /** The same for the last time, for 2 s at most. */
  shutdown(): Promise<void>;
}

/** Loaded when traces are wanted, and only then. Nothing is made global: who has OpenTelemetry of their own keeps it. */
export async function openTracing(protocol: OtlpProtocol, options: TracingOptions): Promise<Tracing> {
  const complain = complaintsTo(options.logger);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': options.serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(await exporterFor(protocol));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer(SCOPE.name);
  return {
    client: { workflow: [startingRuns(tracer)] },
    interceptors: { activity: [runningActivities(tracer)] },
    sinks: {
      trace: {
        ended: { fn: (_, span) => processor.onEnd(readable(span, resource)), callDuringReplay: false },
      },
    },
    flush: () => provider.forceFlush(),
    async shutdown() {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, MS.shutdown);
      });
      await Promise.race([provider.shutdown().catch(complain), patience]);
      clearTimeout(timer);
      diag.disable();
    },
  };
}

async function exporterFor(protocol: OtlpProtocol): Promise<SpanExporter> {
  if (protocol === 'grpc') return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter();
  if (protocol === 'http/json')
    return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter();
  return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
}

/** OpenTelemetry reports what it could not send to nobody, unless told to whom. */
function complaintsTo(logger: Logger): (cause: unknown) => void {
  let quietUntil = 0;
  const complain = (cause: unknown) => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + MS.complaint;
    // OpenTelemetry hands errors on as JSON, stack first.
    const text =
      cause instanceof Error ? cause.message : (/"message":"([^"]*)"/.exec(String(cause))?.[1] ?? String(cause));
    logger.warn({ cause: text.slice(0, 300) }, 'traces could not be sent to OTEL_EXPORTER_OTLP_ENDPOINT');
  };
  const silent = () => {};
  const to = { error: complain, warn: silent, info: silent, debug: silent, verbose: silent };
  diag.setLogger(to, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  return complain;
}

function startingRuns(tracer: Tracer): WorkflowClientInterceptor {
  return {
    startWithDetails(input, next) {
      const { workflowId: invocationId, args } = input.options;
      const workflowId = workflowIdOf(args);
      const attributes = attributesOfRun(invocationId, workflowId);
      const span = tracer.startSpan(`StartWorkflow:${input.workflowType}`, { kind: SpanKind.PRODUCER, attributes });
      const headers = withTrace(input.headers, contextOf(span, workflowId));
      return within(span, currentContext.active(), () => next({ ...input, headers }));
    },
  };
}

function runningActivities(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute(input, next) {
        const caller = readTrace(input.headers);
        if (!caller) return next(input);
        const attributes = {
          ...attributesOfRun(info.workflowExecution?.workflowId ?? info.activityId, caller.workflowId),
          ...attributesOfJob(input.args),
          // Of Temporal, which calls an activity again; the step's own attempt is another.
          'temporal.activity_attempt': info.attempt,
        };
        const parent = contextUnder(caller);
        const span = tracer.startSpan(
          `RunActivity:${info.activityType}`,
          { kind: SpanKind.CONSUMER, attributes },
          parent,
        );
        return within(span, parent, async () => {
          const answer = await next(input);
          const outcome = sendOutcomeOf(answer);
          if (outcome) span.setAttribute('onward.outcome', outcome);
          return answer;
        });
      },
    },
  });
}

async function within<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await currentContext.with(trace.setSpan(parent, span), work);
  } catch (error) {
    // Not what it says: that may hold what the provider was asked.
    span.setAttribute('error.type', errorType(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function contextOf(span: Span, workflowId: string | null): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return { traceId, spanId, flags: traceFlags, state: traceState?.serialize() ?? null, workflowId };
}

function spanContextOf({ traceId, spanId, flags, state }: TraceContext) {
  return { traceId, spanId, traceFlags: flags, traceState: state === null ? undefined : createTraceState(state) };
}

function contextUnder(caller: TraceContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...spanContextOf(caller), isRemote: true });
}

const KIND = { consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER, internal: SpanKind.INTERNAL } as const;

function readable(span: WorkflowSpan, resource: ReadableSpan['resource']): ReadableSpan {
  const { name, kind, context, parentSpanId, startedAt, endedAt, attributes, error } = span;
  const spanContext = spanContextOf(context);
  return {
    name,
    kind: KIND[kind],
    spanContext: () => spanContext,
    parentSpanContext: { ...spanContext, spanId: parentSpanId },
    startTime: hrTime(startedAt),
    endTime: hrTime(endedAt),
    duration: hrTime(endedAt - startedAt),
    status: { code: error === null ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: error === null ? attributes : { ...attributes, 'error.type': error },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds, as OpenTelemetry has it. */
function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}
