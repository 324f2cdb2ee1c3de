import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Registry } from 'prom-client';
import type { Logger } from '../api/deps';
import { createProjectionMetrics } from '../projection/metrics';
import { startTracing } from '../tracing/start';
import { startCallbacks } from './house/callbacks';
import { closeLinks, openLinks } from './house/links';
import { startProjection } from './house/projection';
import type { FromThread, ThreadData, ToThread } from './house/thread-messages';

/**
 * Whoever follows the events, in a thread of their own, so that requests do not wait for them: the projection and the
 * callbacks. Started by cli/house/start-events-thread.ts.
 */
async function main(): Promise<void> {
  giveWay();
  const port = parentPort;
  if (!port) throw new Error('this file is a worker thread, started by the process that writes the log');
  const tell = (message: FromThread) => port.postMessage(message);
  const onFault = (message: string, error: unknown) => {
    const cause = error instanceof Error ? error : new Error(String(error));
    tell({ kind: 'fault', message, cause: { name: cause.name, message: cause.message } });
  };
  const { callbacks: callbackOptions, ...data } = workerData as ThreadData;
  const onWarning = (message: string, fields: Record<string, string>) => tell({ kind: 'warning', message, fields });
  const links = await openLinks(process.env, onFault);
  const registry = new Registry();
  const metrics = createProjectionMetrics(registry, Date.now);
  const projection = await startProjection({ ...data, links, metrics, onFault });
  const tracing = await startTracing(process.env, { serviceName: 'onward-callbacks', logger: warningsTo(onWarning) });
  const callbacks = await startCallbacks({
    ...data,
    ...callbackOptions,
    links,
    registry,
    tracing: tracing && { opened: tracing, elsewhere: data.engine === 'temporal' },
    onFault,
    onWarning,
  });
  const telling = tellFollowed(registry, tell);
  const stopped = new Promise<void>((resolve) => {
    port.on('message', (message: ToThread) => {
      if (message === 'wake') projection.wake();
      else if (message === 'deliver') callbacks.wake();
      else if (message === 'metrics') void registry.metrics().then((text) => tell({ kind: 'metrics', text }));
      else resolve();
    });
  });
  await stopped;
  clearInterval(telling);
  // libsql aborts the process when a thread ends with an open database.
  await Promise.all([projection.stop(), callbacks.stop()]);
  await tracing?.shutdown();
  await closeLinks(links);
  port.close();
}

const TELL_MS = 1000;

/** For the live view: what is counted here anyway, where it is not what was told before. */
function tellFollowed(registry: Registry, tell: (message: FromThread) => void): NodeJS.Timeout {
  let told = { callbacks: 0, lagSeconds: -1 };
  const sumOf = async (name: string) => {
    const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
    return values.reduce((sum, { value }) => sum + value, 0);
  };
  const look = async () => {
    const [callbacks, lagSeconds] = await Promise.all([
      sumOf('onward_callbacks_total'),
      sumOf('onward_projection_lag_seconds'),
    ]);
    const before = told;
    told = { callbacks, lagSeconds };
    if (callbacks === before.callbacks && lagSeconds === before.lagSeconds) return;
    tell({ kind: 'followed', callbacks: callbacks - before.callbacks, lagSeconds });
  };
  return setInterval(() => void look(), TELL_MS);
}

/** What is logged of tracing is what could not be sent. */
function warningsTo(onWarning: (message: string, fields: Record<string, string>) => void): Logger {
  const warn = (fields: object, message: string) => onWarning(message, fields as Record<string, string>);
  return { info() {}, warn, error: warn };
}

/** Where cores are scarce, requests come first: the read model may follow a moment later, they may not. */
function giveWay(): void {
  // On Linux 0 is the calling thread; elsewhere it is the whole process, which is to keep its priority.
  if (process.platform === 'linux') setPriority(0, 5);
}

void main();
