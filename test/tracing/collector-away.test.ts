import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { FinishedSpan } from '../../tracing/finished-span';
import { openTracing } from '../../tracing/open';
import { traceRuns } from '../../tracing/runs';
import { INVOKE, publishOtp, startApi } from '../api/api-under-test';
import { until } from '../support/until';

const QUIET = { info() {}, warn() {}, error() {} };
const OPTIONS = { serviceName: 'onward-api', logger: QUIET };
/** OpenTelemetry's own bounds: what waits, and what is being sent. */
const QUEUE_MAX = 2_048;
const IN_HAND_MAX = 512;

/** A collector that takes what it is sent and never answers, until it is let go. */
function silentCollector() {
  const batches: ReadableSpan[][] = [];
  let answer: () => void = () => {};
  let silent = true;
  const exporter: SpanExporter = {
    export(spans, done) {
      batches.push(spans);
      if (silent) answer = () => done({ code: 0 });
      else done({ code: 0 });
    },
    shutdown: async () => {},
  };
  const letGo = () => {
    silent = false;
    answer();
  };
  return { exporter, letGo, taken: () => batches.reduce((sum, batch) => sum + batch.length, 0) };
}

const SPAN: FinishedSpan = {
  name: 'one of many',
  kind: 'internal',
  place: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags: 1 },
  parentSpanId: 'b7ad6b7169203332',
  startedAt: 0,
  endedAt: 1,
  attributes: {},
  error: null,
};

test('a run ends as ever while the collector does not answer', async () => {
  const { exporter, letGo } = silentCollector();
  const tracing = openTracing(exporter, OPTIONS);
  const api = await startApi(undefined, { tracing });
  await publishOtp(api);
  const sandbox = { whatsapp: 'reject:unreachable', sms: 'delivered' };
  const body = { recipient: { phone: '+393351234567' }, variables: { code: '493021' }, sandbox };
  const invoked = await api.call('POST', INVOKE, { key: api.keys.test, body });
  const ended = async () => (await api.house.engine.describe(invoked.body.id))?.status === 'succeeded';
  await until(ended, 'the run to succeed', 10_000);
  expect(api.errors).toEqual([]);
  letGo();
  await tracing.shutdown();
  await api.close();
});

test('what waits for a collector that does not answer is bounded, and the rest is dropped', async () => {
  const { exporter, letGo, taken } = silentCollector();
  const tracing = openTracing(exporter, OPTIONS);
  for (let n = 0; n < IN_HAND_MAX; n++) tracing.tell(SPAN);
  await until(() => taken() > 0, 'the first batch to be on its way', 10_000);
  for (let n = 0; n < 10_000; n++) tracing.tell(SPAN);
  letGo();
  await tracing.shutdown();
  expect(taken()).toBeGreaterThanOrEqual(QUEUE_MAX);
  expect(taken()).toBeLessThanOrEqual(QUEUE_MAX + IN_HAND_MAX);
});

test('a record that cannot be read costs the span, and not the send', async () => {
  const faults: string[] = [];
  const told: FinishedSpan[] = [];
  const tracing = traceRuns({
    recordOf: () => Promise.reject(new Error('the store is away')),
    elsewhere: false,
    clock: () => 0,
    onFault: (message) => void faults.push(message),
    tell: (span) => void told.push(span),
  });
  const receipt = {
    type: 'ReceiptArrived',
    step: 'sms',
    attempt: null,
    status: 'delivered',
    reason: null,
    code: null,
    at: null,
    providerMessageId: null,
    costMicros: null,
  } as const;
  const arrived = { invocationId: 'inv_1', input: receipt, traceparent: undefined };
  expect(await tracing.receipt(arrived, async () => 'taken')).toBe('taken');
  const of = { invocationId: 'inv_1', type: 'invocation.succeeded', profileId: 'cbp_1', deliveryId: 'd', attempt: 1 };
  const answer = { responseCode: 204, error: null };
  expect(await tracing.callback(of, async () => answer)).toBe(answer);
  await tracing.settled();
  expect(faults).toEqual(['a span could not be told']);
  expect(told).toEqual([]);
});

test('what the engine throws reaches whoever handed the receipt over', async () => {
  const tracing = traceRuns({
    recordOf: async () => null,
    elsewhere: false,
    clock: () => 0,
    onFault: () => {},
    tell: () => {},
  });
  const arrived = { invocationId: 'inv_1', input: {} as never, traceparent: undefined };
  await expect(tracing.receipt(arrived, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
});
