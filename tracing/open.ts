import { DiagLogLevel, diag, type Tracer } from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../api/deps';
import type { RequestTracing, RunTracing } from './contract';
import { type FinishedSpan, SCOPE, tell } from './finished-span';
import { traceRequests } from './requests';
import { type RunTracingDeps, traceRuns } from './runs';

const MS = {
  /** A collector that does not answer must not keep the process from leaving in time. */
  shutdown: 2_000,
  /** Between two lines of log on spans that could not be sent. */
  complaint: 60_000,
} as const;

export interface TracingOptions {
  /** `service.name`, where OTEL_SERVICE_NAME does not say otherwise. */
  serviceName: string;
  logger: Logger;
}

/** OpenTelemetry as a process has it. */
export interface OpenTracing extends RequestTracing {
  tracer: Tracer;
  /** A span that is over, under an ID of its own. */
  tell(span: FinishedSpan): void;
  runs(deps: Omit<RunTracingDeps, 'tell'>): RunTracing;
  /** Sends what has not been sent. */
  flush(): Promise<void>;
  /** The same for the last time, for 2 s at most. */
  shutdown(): Promise<void>;
}

/**
 * Loaded when traces are wanted, and only then. Nothing is made global: who has OpenTelemetry of their own keeps it.
 * What waits to be sent is bounded (OTEL_BSP_MAX_QUEUE_SIZE, 2,048 spans); beyond that spans are dropped.
 */
export function openTracing(exporter: SpanExporter, options: TracingOptions): OpenTracing {
  const complain = complaintsTo(options.logger);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': options.serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(exporter);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer(SCOPE.name);
  const runs: RunTracing[] = [];
  const settled = () => Promise.all(runs.map((one) => one.settled()));
  const tellSpan = (span: FinishedSpan) => tell(processor, resource, span);
  return {
    ...traceRequests(tracer),
    tracer,
    tell: tellSpan,
    runs(deps) {
      const tracing = traceRuns({ ...deps, tell: tellSpan });
      runs.push(tracing);
      return tracing;
    },
    async flush() {
      await settled();
      await provider.forceFlush();
    },
    async shutdown() {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, MS.shutdown);
      });
      const sent = settled().then(() => provider.shutdown());
      await Promise.race([sent.catch(complain), patience]);
      clearTimeout(timer);
      diag.disable();
    },
  };
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
