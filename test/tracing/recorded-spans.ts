import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../../api/deps';
import { type OpenTracing, openTracing } from '../../tracing/open';

const QUIET: Logger = { info() {}, warn() {}, error() {} };

export interface RecordedTracing {
  tracing: OpenTracing;
  /** All that was told until now. */
  spans(): Promise<ReadableSpan[]>;
}

/** Tracing whose spans stay in this process. */
export function recordTracing(): RecordedTracing {
  const exporter = new InMemorySpanExporter();
  const tracing = openTracing(exporter, { serviceName: 'onward-api', logger: QUIET });
  return {
    tracing,
    async spans() {
      await tracing.flush();
      return exporter.getFinishedSpans();
    },
  };
}

/** The one span of that name. */
export function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const [span, ...others] = spans.filter((one) => one.name === name);
  if (!span || others.length > 0) {
    throw new Error(`not one ${name} among ${spans.map((one) => one.name).join(', ')}`);
  }
  return span;
}

export function idOf(span: ReadableSpan): string {
  return span.spanContext().spanId;
}

export function traceOf(span: ReadableSpan): string {
  return span.spanContext().traceId;
}

export function parentOf(span: ReadableSpan): string | undefined {
  return span.parentSpanContext?.spanId;
}

/** All that a span says, as text. */
export function textOf(spans: readonly ReadableSpan[]): string {
  return JSON.stringify(
    spans.map(({ name, attributes, events, status, links }) => ({ name, attributes, events, status, links })),
  );
}
