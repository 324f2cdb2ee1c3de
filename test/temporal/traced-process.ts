import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { joinMetrics } from '../../api/join-metrics';
import { installRuntime } from '../../temporal/telemetry';
import { traceTemporal } from '../../temporal/tracing-spans';
import { createWorkerMetrics } from '../../temporal/worker-metrics';
import { startTracing } from '../../tracing/start';
import type { SmallActivities, SmallInput, traced } from './traced-workflow';

/**
 * A process of its own that starts one run with tracing and one without, carries both out, and prints the metrics: what
 * sends traces cannot be used within Jest, which has no way for the import() in it. As API and worker at once it sends
 * as two services, the API's spans as protobuf and the worker's as JSON.
 */
async function main([workflowsPath = '', tracingModule = '', secret = '']: string[]): Promise<void> {
  const { TEMPORAL_ADDRESS: address } = process.env;
  const logger = { info() {}, warn: console.error, error: console.error };
  const runtime = await installRuntime(logger);
  const metrics = createWorkerMetrics();
  const api = await startTracing(process.env, { serviceName: 'onward-api', logger });
  const json = { ...process.env, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  const tracing = await startTracing(json, { serviceName: 'onward-worker', logger });
  if (!api || !tracing) throw new Error('tracing is set, and was not started');
  const { client: interceptors } = traceTemporal(api);
  const inWorker = traceTemporal(tracing);
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules: [tracingModule] });
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const activities: SmallActivities = {
    send: async () => ({ input: { type: 'SendAccepted' } }),
    note: async () => {},
    never: async () => {},
    fail: async () => {
      throw new TypeError(secret);
    },
  };

  /** The receipt is there before the worker is: both come in the first turn, and the send's answer after them. */
  async function run(client: Client, workflowId: string): Promise<void> {
    const input: SmallInput = { ladder: { workflowId: 'wf_otp' } };
    const options = { workflowId, taskQueue: 'small', args: [input] as [SmallInput] };
    const handle = await client.workflow.start<typeof traced>('traced', options);
    await handle.signal('receipt');
    const worker = await Worker.create({
      connection,
      taskQueue: 'small',
      workflowBundle,
      activities,
      sinks: inWorker.sinks,
      interceptors: { activity: [metrics.sends, ...(inWorker.interceptors.activity ?? [])] },
    });
    await worker.runUntil(handle.result());
  }
  await run(new Client({ connection: clientConnection, interceptors }), 'inv_traced');
  await run(new Client({ connection: clientConnection }), 'inv_plain');
  process.stdout.write(await joinMetrics({ onward: metrics.expose, temporal: runtime.coreMetrics }));
  await Promise.all([api.shutdown(), tracing.shutdown()]);
  await clientConnection.close();
  await connection.close();
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
