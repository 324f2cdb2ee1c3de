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
    const { startTracing } = await import('../../tracing/start');
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
