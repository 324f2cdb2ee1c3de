import type { Logger } from '../api/deps';
import type { OpenTracing, TracingOptions } from './open';

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
type OtlpProtocol = (typeof PROTOCOLS)[number];

/**
 * Traces over OTLP when `OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) is set; null, and nothing loaded, when
 * it is not. `env` says whether and by which protocol; the other OTEL_* variables (headers, timeout, compression,
 * certificates, sampler, batches, resource) OpenTelemetry reads from the process's environment itself.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export async function startTracing(env: NodeJS.ProcessEnv, options: TracingOptions): Promise<OpenTracing | null> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return null;
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return null;
  const protocol = protocolOf(env, options.logger);
  const { openTracing } = await import('./open');
  return openTracing(await exporterFor(protocol), options);
}

function protocolOf(env: NodeJS.ProcessEnv, logger: Logger): OtlpProtocol {
  const wanted = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || PROTOCOLS[0];
  const protocol = PROTOCOLS.find((known) => known === wanted);
  if (protocol) return protocol;
  const known = PROTOCOLS.join(', ');
  logger.warn({ known }, `OTEL_EXPORTER_OTLP_PROTOCOL “${wanted}” is not known; traces go by ${PROTOCOLS[0]}.`);
  return PROTOCOLS[0];
}

async function exporterFor(protocol: OtlpProtocol) {
  if (protocol === 'grpc') return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter();
  if (protocol === 'http/json')
    return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter();
  return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
}
