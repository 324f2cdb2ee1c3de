import { defaultPayloadConverter } from '@temporalio/common';
import { readTrace, withTrace } from '../../workflows/trace-context';

const PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/resources',
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/exporter-trace-otlp-grpc',
];

describe('tracing is switched by the environment', () => {
  const loaded: string[] = [];
  const lines: string[] = [];
  const logger = { info() {}, warn: (_: object, message: string) => void lines.push(message), error() {} };

  beforeEach(() => {
    jest.resetModules();
    loaded.length = 0;
    lines.length = 0;
    for (const name of PACKAGES) {
      jest.doMock(name, () => {
        loaded.push(name);
        return jest.requireActual(name);
      });
    }
  });

  async function start(env: NodeJS.ProcessEnv) {
    const { startTracing } = await import('../../temporal/tracing');
    return startTracing(env, { serviceName: 'onward-api', logger });
  }

  test.each([
    ['without an endpoint', {}],
    ['with OTEL_SDK_DISABLED', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }],
    [
      'with OTEL_TRACES_EXPORTER=none',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' },
    ],
  ])('%s there is none, and nothing of OpenTelemetry is loaded', async (_, env) => {
    expect(await start(env)).toBeNull();
    expect(loaded).toEqual([]);
  });

  test.each([
    [undefined, 'proto'],
    ['http/protobuf', 'proto'],
    ['http/json', 'http'],
    ['grpc', 'grpc'],
  ])('an endpoint turns it on, and protocol %s loads one exporter', async (protocol, exporter) => {
    const tracing = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    const exporters = loaded.filter((name) => name.includes('exporter'));
    expect(exporters).toEqual([`@opentelemetry/exporter-trace-otlp-${exporter}`]);
    await tracing?.shutdown();
  });

  test('a protocol that nobody knows is said, and protobuf taken', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier/pigeon' };
    const tracing = await start(env);
    expect(lines).toEqual([expect.stringContaining('carrier/pigeon')]);
    expect(loaded).toContain('@opentelemetry/exporter-trace-otlp-proto');
    await tracing?.shutdown();
  });
});

describe('a trace context', () => {
  const context = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    flags: 1,
    state: 'vendor=1',
    workflowId: 'wf_otp',
  };

  test('comes out of the header as it went in, beside what else is there', () => {
    const other = defaultPayloadConverter.toPayload('x');
    const headers = withTrace({ other }, context);
    expect(headers.other).toBe(other);
    expect(readTrace(headers)).toEqual(context);
  });

  test('that nobody records counts as none', () => {
    expect(readTrace(withTrace({}, { ...context, flags: 0 }))).toBeNull();
  });

  test.each([
    ['is missing', {}],
    ['is no traceparent', { traceparent: 'hello' }],
    ['has no trace ID', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }],
    ['has no span ID', { traceparent: `00-${context.traceId}-${'0'.repeat(16)}-01` }],
    ['is no object', 'hello'],
    ['is null', null],
  ])('that %s harms nobody', (_, carrier) => {
    expect(readTrace({ '_tracer-data': defaultPayloadConverter.toPayload(carrier) })).toBeNull();
  });

  test('in a payload that cannot be read harms nobody', () => {
    expect(readTrace({ '_tracer-data': { data: new Uint8Array([1, 2]) } })).toBeNull();
  });
});
