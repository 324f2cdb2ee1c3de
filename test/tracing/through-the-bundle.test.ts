import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCallbackReceiver } from '../stand-ins/callback-receiver';
import { newProfile } from '../support/callback-profile';
import { reopenCallbackStore } from '../support/callback-store';
import { publishFlow } from '../support/load';
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../support/otlp-collector';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const PHONE = '+393351234567';
const INVOKE = 'POST /v1/workflows/{workflowId}/invocations';

const folder = temporaryFolder();
const start = serverProcesses();
let collector: OtlpCollector;
beforeAll(async () => {
  collector = await startOtlpCollector();
});
afterAll(() => collector.close());

async function started(name: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await start({ dataFolder: join(folder, name), env });
  return server.ready();
}

async function post(server: ServerProcess, key: string, path: string, body: object, headers = {}) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'api-key': key, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { id: string } };
}

async function invokeFallback(server: ServerProcess, headers = {}): Promise<string> {
  const sandbox = { whatsapp: 'reject:unreachable', sms: 'silent' };
  const body = { recipient: { phone: PHONE }, variables: { code: '493021' }, sandbox };
  const answer = await post(server, server.testKey, '/v1/workflows/wf_otp/invocations', body, headers);
  expect(answer.status).toBe(202);
  return answer.body.id;
}

async function deliver(server: ServerProcess, invocationId: string): Promise<void> {
  const receipt = { invocationId, step: 'sms', status: 'delivered' };
  expect((await post(server, server.ownerKey, '/v1/receipts', receipt)).status).toBe(202);
}

async function statusOf(server: ServerProcess, id: string) {
  const response = await fetch(`${server.url}/v1/invocations/${id}`, { headers: { 'api-key': server.ownerKey } });
  return (await response.json()) as { status: string; attempts: { step: string; status: string }[] };
}

async function smsTaken(server: ServerProcess, id: string): Promise<void> {
  const taken = async () =>
    (await statusOf(server, id)).attempts.some(({ step, status }) => step === 'sms' && status === 'accepted');
  await until(taken, 'the SMS to be taken', 15_000);
}

async function succeeded(server: ServerProcess, id: string): Promise<void> {
  await until(async () => (await statusOf(server, id)).status === 'succeeded', 'the run to succeed', 15_000);
}

const collected = () => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
});

const spansOf = (id: string) => collector.spans.filter((span) => span.attributes['onward.invocation_id'] === id);

function named(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const [span] = spans.filter((one) => one.name === name);
  if (!span) throw new Error(`no ${name} among ${spans.map((one) => one.name).join(', ')}`);
  return span;
}

test('a trace goes on after the process was killed in the middle of the run', async () => {
  const first = await started('killed', collected());
  const id = await invokeFallback(first, { traceparent: `00-${TRACE}-${CALLER}-01` });
  await smsTaken(first, id);
  await until(() => spansOf(id).length >= 3, 'the spans until then');
  await first.kill();

  const second = await started('killed', collected());
  await deliver(second, id);
  await succeeded(second, id);
  expect(await second.stop()).toBe(0);

  const spans = spansOf(id);
  const run = named(spans, 'invocation');
  const request = named(spans, INVOKE);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(request).toMatchObject({ parentSpanId: CALLER, kind: 2, service: 'onward-api' });
  expect(run.parentSpanId).toBe(request.spanId);
  for (const name of ['send whatsapp', 'send sms', 'wait sms', 'process onward.receipts']) {
    expect({ name, parent: named(spans, name).parentSpanId }).toEqual({ name, parent: run.spanId });
  }
  expect(run.events).toEqual(expect.arrayContaining(['LadderAdvanced', 'ReceiptRecorded', 'InvocationSucceeded']));
  expect(run.startedAt).toBeLessThanOrEqual(named(spans, 'send whatsapp').startedAt);
  expect(run.endedAt).toBeGreaterThanOrEqual(named(spans, 'wait sms').endedAt);
  const posted = Buffer.concat(collector.posts.map(({ body }) => body)).toString();
  expect(posted).not.toContain(PHONE.slice(1));
  expect(posted).not.toContain('493021');
}, 60_000);

test('the callbacks of a run join its trace, and each endpoint is told where it stands in it', async () => {
  const secret = 'a-secret-of-the-tests-of-traces';
  const receiver = await openCallbackReceiver();
  const server = await started('told', {
    ...collected(),
    ONWARD_SECRET: secret,
    ONWARD_CALLBACK_ALLOW: '127.0.0.0/8',
  });
  const files = reopenCallbackStore(join(folder, 'told'), secret);
  await files.store.callbackProfiles.create(newProfile(receiver.url, { types: ['invocation.succeeded'] }), Date.now());
  await files.close();
  const workflowId = await publishFlow(server, {
    name: 'told of',
    purpose: 'otp',
    callbackProfile: 'cbp_main',
    variables: { type: 'object', properties: { code: { type: 'string' } } },
    steps: [{ name: 'sms', channel: 'sms', template: 'tpl_otp_sms', timeoutSeconds: 60 }],
  });
  const body = { recipient: { phone: PHONE }, variables: { code: '493021' }, sandbox: { sms: 'delivered' } };
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  const path = `/v1/workflows/${workflowId}/invocations`;
  const { id } = (await post(server, server.testKey, path, body, { traceparent })).body;
  await until(() => receiver.received.length > 0, 'the callback', 20_000);
  await succeeded(server, id);
  expect(await server.stop()).toBe(0);
  await receiver.close();

  const callback = named(spansOf(id), 'callback invocation.succeeded');
  expect(callback).toMatchObject({ traceId: TRACE, kind: 3, parentSpanId: named(spansOf(id), 'invocation').spanId });
  expect(callback.attributes).toMatchObject({ 'http.response.status_code': 204, 'onward.callback_attempt': 1 });
  expect(receiver.received[0]?.headers.traceparent).toBe(`00-${TRACE}-${callback.spanId}-01`);
}, 60_000);

test('a collector that is away delays neither the run nor the stop', async () => {
  const server = await started('away', {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  const id = await invokeFallback(server);
  await smsTaken(server, id);
  await deliver(server, id);
  await succeeded(server, id);
  await until(() => server.stderr().includes('traces could not be sent'), 'the line that says so', 20_000);
  expect(await server.stop()).toBe(0);
}, 60_000);

test('without an endpoint nothing of OpenTelemetry is loaded; with one it is', async () => {
  const watcher = join(folder, 'watcher.js');
  const log = join(folder, 'loaded.txt');
  mkdirSync(folder, { recursive: true });
  // What the process asks its module loader for; prom-client wants the API's types of its own accord.
  writeFileSync(
    watcher,
    `const { Module } = require('module'); const { appendFileSync } = require('fs'); const load = Module._load;
     Module._load = function (name, parent) {
       const byUs = !/prom-client/.test(parent?.filename);
       if (name.startsWith('@opentelemetry/') && byUs) appendFileSync(process.env.LOADED, name + '\\n');
       return load.apply(this, arguments);
     };`,
  );
  const watched = { NODE_OPTIONS: `--require ${watcher}`, LOADED: log };
  writeFileSync(log, '');
  const without = await started('plain', watched);
  const id = await invokeFallback(without, { traceparent: `00-${TRACE}-${CALLER}-01` });
  await smsTaken(without, id);
  await without.stop();
  expect(readFileSync(log, 'utf8')).toBe('');
  const traced = await started('traced', { ...watched, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  await traced.stop();
  expect(readFileSync(log, 'utf8')).toContain('@opentelemetry/sdk-trace-base');
}, 60_000);
