import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { joinMetrics } from '../../api/join-metrics';
import { coreLog } from '../../temporal/core-log';
import { installRuntime } from '../../temporal/telemetry';
import { UNHEARD } from '../../temporal/tracing';
import { createWorkerMetrics } from '../../temporal/worker-metrics';
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../support/otlp-collector';
import { describeWithTemporal } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';

const SECRET = 'what only the provider may read';
const ROOT = join(__dirname, '..', '..');
const workflowsPath = require.resolve('./traced-workflow');
const tracingModule = require.resolve('../../workflows/tracing');
const run = promisify(execFile);

describeWithTemporal('what one sees of a worker', (server) => {
  const folder = temporaryFolder();
  let collector: OtlpCollector;
  let printed: { stdout: string; stderr: string };

  beforeAll(async () => {
    await installRuntime({ info() {}, warn() {}, error() {} });
    collector = await startOtlpCollector();
    const program = join(folder, 'traced-process.js');
    const bundling = ['--bundle', '--platform=node', '--packages=external', '--supported:dynamic-import=false'];
    await run(join(ROOT, 'node_modules', '.bin', 'esbuild'), [
      require.resolve('./traced-process'),
      ...bundling,
      `--outfile=${program}`,
    ]);
    const env = {
      ...process.env,
      NODE_PATH: join(ROOT, 'node_modules'),
      TEMPORAL_ADDRESS: server.address,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t',
    };
    printed = await run(process.execPath, [program, workflowsPath, tracingModule, SECRET], { env });
  }, 90_000);

  afterAll(() => collector?.close());

  const traceOf = (invocationId: string) =>
    collector.spans.filter((span) => span.attributes['onward.invocation_id'] === invocationId);

  test('a trace goes from the start through the workflow into its activities', () => {
    const spans = traceOf('inv_traced');
    const workflow = named(spans, 'RunWorkflow:traced');
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([workflow.traceId]));
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(spans.length);
    expect(named(spans, 'HandleSignal:receipt').parentSpanId).toBe(workflow.spanId);
    for (const activity of ['send', 'note', 'fail']) {
      const scheduled = named(spans, `StartActivity:${activity}`);
      expect(scheduled.parentSpanId).toBe(workflow.spanId);
      expect(named(spans, `RunActivity:${activity}`).parentSpanId).toBe(scheduled.spanId);
    }
    const start = collector.posts.find(({ body }) => body.includes('StartWorkflow:traced'));
    expect(start).toMatchObject({ path: '/v1/traces', type: 'application/x-protobuf' });
    expect(start?.body.includes('onward-api')).toBe(true);
    expect(start?.body.includes(Buffer.from(workflow.traceId, 'hex'))).toBe(true);
    expect(start?.body.includes(Buffer.from(workflow.parentSpanId ?? '', 'hex'))).toBe(true);
  });

  test('a span of a send says of which run, step and attempt it is, by what it went, and what came of it', () => {
    const send = named(traceOf('inv_traced'), 'RunActivity:send');
    expect(send.service).toBe('onward-worker');
    expect(send.attributes).toEqual({
      'onward.invocation_id': 'inv_traced',
      'onward.workflow_id': 'wf_otp',
      'onward.step': 'first',
      'onward.attempt': 1,
      'onward.channel': 'sms',
      'onward.provider': 'sandbox',
      'onward.outcome': 'accepted',
      'temporal.activity_attempt': 1,
    });
  });

  test('a span that failed says of what kind the error was', () => {
    const spans = traceOf('inv_traced');
    expect(named(spans, 'RunActivity:fail')).toMatchObject({ status: 2, attributes: { 'error.type': 'TypeError' } });
    expect(named(spans, 'RunWorkflow:traced').status).toBe(0);
  });

  test('traces hold neither an address nor what an error said, and are sent with the headers that were set', () => {
    const posted = Buffer.concat(collector.posts.map(({ body }) => body)).toString();
    expect(posted).toContain('inv_traced');
    expect(posted).not.toContain(SECRET);
    expect(posted).not.toContain('393351234567');
    expect(new Set(collector.posts.map(({ header }) => header.authorization))).toEqual(new Set(['Bearer t']));
  });

  test('a run that was started without a trace tells none', () => {
    expect(traceOf('inv_plain')).toEqual([]);
  });

  test.each(['inv_traced', 'inv_plain'])(
    'the history of %s replays with tracing and without it',
    async (workflowId) => {
      const connection = await Connection.connect({ address: server.address });
      const history = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
      await connection.close();
      for (const workflowModules of [[], [tracingModule]]) {
        const replayed = Worker.runReplayHistories(
          { workflowsPath, interceptors: { workflowModules }, sinks: UNHEARD },
          [{ workflowId, history }],
        );
        const errors: unknown[] = [];
        for await (const { error } of replayed) errors.push(error);
        expect(errors).toEqual([undefined]);
      }
    },
    60_000,
  );

  test('the metrics hold the Temporal core’s and our own', () => {
    const { stdout: text } = printed;
    expect(text).toMatch(/^temporal_workflow_completed_total\{.*\} 2$/m);
    expect(text).toMatch(/^temporal_activity_execution_latency_seconds_bucket\{/m);
    expect(text).toMatch(/^onward_sends_total\{provider="sandbox",outcome="accepted"\} 2$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    // A family that stood in both would make the whole answer unreadable.
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
  });

  test('the log has a line of what failed, and nothing of what it was about', () => {
    expect(printed.stderr).toContain('Temporal: Activity failed');
    expect(printed.stderr).toContain('TypeError');
    expect(printed.stderr).not.toContain(SECRET);
  });
});

function named(spans: CollectedSpan[], name: string): CollectedSpan {
  const [span, ...others] = spans.filter((one) => one.name === name);
  if (!span || others.length > 0) throw new Error(`${spans.length} spans, and not one ${name}`);
  return span;
}

test('events told to the log are counted, and among them the invocations that ended', async () => {
  const metrics = createWorkerMetrics();
  const at = '2026-11-21T10:00:00.000Z';
  const record = {
    invocationId: 'inv_1',
    workflowId: 'wf_otp',
    flowId: 'flw_1',
    flowVersion: 1,
    mode: 'test',
  } as const;
  metrics.told({ ...record, events: [{ seq: 1, type: 'InvocationStarted', at }] });
  metrics.told({
    ...record,
    events: [
      { seq: 2, type: 'StepTimedOut', at },
      { seq: 3, type: 'InvocationFailed', at },
    ],
  });
  const text = await metrics.expose();
  expect(text).toMatch(/^onward_events_told_total 3$/m);
  expect(text).toMatch(/^onward_invocations_ended_total\{status="failed",mode="test"\} 1$/m);
});

test('a source of metrics that fails is left out, and the others are still read', async () => {
  const text = await joinMetrics({
    onward: async () => 'a 1',
    temporal: () => Promise.reject(new Error('away')),
    others: async () => 'b 2\n\n',
  });
  expect(text).toBe('a 1\n# the metrics of temporal could not be read\nb 2\n');
});

test('of what the core would log, only warnings and errors come through, with names and no contents', () => {
  const lines: unknown[] = [];
  const note = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  const log = coreLog({ info: note('info'), warn: note('warn'), error: note('error') });
  log.info('began', { workflowId: 'inv_1' });
  log.log('DEBUG', 'began', {});
  log.warn('gRPC call failed', { target: 'core', error: 'connection refused', request: { payload: SECRET } });
  log.log('ERROR', 'Activity failed', { workflowId: 'inv_1', error: new RangeError(SECRET), input: SECRET });
  expect(lines).toEqual([
    {
      level: 'warn',
      fields: { target: 'core', cause: 'connection refused' },
      message: 'Temporal: gRPC call failed',
    },
    {
      level: 'error',
      fields: { workflowId: 'inv_1', cause: expect.stringMatching(/^RangeError at /) },
      message: 'Temporal: Activity failed',
    },
  ]);
});
