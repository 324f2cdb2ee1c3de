import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../support/otlp-collector';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { describeWithTemporal } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const INVOKE = 'POST /v1/workflows/{workflowId}/invocations';
const PHONE = '+393351234567';

describeWithTemporal('a run on Temporal', (temporal) => {
  const dataFolder = temporaryFolder();
  const start = serverProcesses();
  let collector: OtlpCollector;
  let server: ServerProcess;
  let id: string;

  async function post(key: string, path: string, body: object, headers = {}): Promise<{ id: string }> {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(202);
    return (await response.json()) as { id: string };
  }

  async function look() {
    const response = await fetch(`${server.url}/v1/invocations/${id}`, { headers: { 'api-key': server.ownerKey } });
    return (await response.json()) as { status: string; attempts: { step: string; status: string }[] };
  }

  const named = (name: string): CollectedSpan => {
    const [span] = collector.spans.filter((one) => one.name === name && one.attributes['onward.invocation_id'] === id);
    if (!span) throw new Error(`no ${name} among ${collector.spans.map((one) => one.name).join(', ')}`);
    return span;
  };

  beforeAll(async () => {
    collector = await startOtlpCollector();
    const env = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_TASK_QUEUE: `traced-${process.pid}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
    server = await (await start({ dataFolder, env })).ready();
    const sandbox = { whatsapp: 'reject:unreachable', sms: 'silent' };
    const body = { recipient: { phone: PHONE }, variables: { code: '493021' }, sandbox };
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    id = (await post(server.testKey, '/v1/workflows/wf_otp/invocations', body, { traceparent })).id;
    const smsTaken = async () =>
      (await look()).attempts.some(({ step, status }) => step === 'sms' && status === 'accepted');
    await until(smsTaken, 'the SMS to be taken');
    await post(server.ownerKey, '/v1/receipts', { invocationId: id, step: 'sms', status: 'delivered' });
    await until(async () => (await look()).status === 'succeeded', 'the run to succeed');
    expect(await server.stop()).toBe(0);
  }, 90_000);
  afterAll(() => collector.close());

  test('is one trace from the caller’s span through API, workflow and activities', () => {
    const ours = collector.spans.filter((span) => span.attributes['onward.invocation_id'] === id);
    expect(new Set(ours.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const request = named(INVOKE);
    const begun = named('StartWorkflow:invocation');
    const run = named('RunWorkflow:invocation');
    expect(request.parentSpanId).toBe(CALLER);
    expect(begun.parentSpanId).toBe(request.spanId);
    expect(run.parentSpanId).toBe(begun.spanId);
    expect(new Set(ours.map(({ service }) => service))).toEqual(new Set(['onward-api', 'onward-worker']));
  });

  test('has what was decided as events, the waits, and the receipt, linked to the request that brought it', () => {
    const run = named('RunWorkflow:invocation');
    expect(run.events).toEqual(expect.arrayContaining(['LadderAdvanced', 'ReceiptRecorded', 'InvocationSucceeded']));
    expect(named('wait sms')).toMatchObject({
      parentSpanId: run.spanId,
      attributes: { 'onward.outcome': 'receipt', 'onward.step': 'sms' },
    });
    const receipt = named('process onward.receipts');
    expect(receipt.parentSpanId).toBe(named(INVOKE).spanId);
    const bringer = collector.spans.find(({ name }) => name === 'POST /v1/receipts');
    expect(receipt.links).toEqual([bringer?.spanId]);
  });

  test('says of each send by which provider it went', () => {
    const sends = collector.spans.filter(({ name }) => name === 'RunActivity:send');
    expect(sends.map(({ attributes }) => [attributes['onward.provider'], attributes['onward.outcome']])).toEqual(
      expect.arrayContaining([
        ['sandbox', 'rejected'],
        ['sandbox', 'accepted'],
      ]),
    );
  });

  test('tells no address and no variable', () => {
    const posted = Buffer.concat(collector.posts.map(({ body }) => body)).toString();
    expect(posted).toContain(id);
    expect(posted).not.toContain(PHONE.slice(1));
    expect(posted).not.toContain('493021');
  });
});
