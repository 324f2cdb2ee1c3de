import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Runtime } from '@temporalio/worker';
import type { Logger } from '../api/deps';
import { coreLog } from './core-log';

const LOOPBACK = '127.0.0.1';
/** Another process may take the free port between our finding it and the core's. */
const TRIES = 5;
const SCRAPE_MS = 2_000;

export interface RuntimeTelemetry {
  /** The Temporal core's metrics as Prometheus text. @throws when the core does not answer within 2 s */
  coreMetrics(): Promise<string>;
}

/**
 * Sets up what all Temporal workers and connections of this process share; to be called once, before the first of them.
 * The core has one way out for its metrics. It is Prometheus here, whether or not traces go by OTLP: so `/metrics`
 * always has everything, and a collector that wants metrics scrapes it. No signal stops the workers: the process does.
 */
export async function installRuntime(logger: Logger): Promise<RuntimeTelemetry> {
  for (let tries = 1; ; tries++) {
    const bindAddress = `${LOOPBACK}:${await freePort()}`;
    try {
      install(logger, bindAddress);
      return { coreMetrics: () => scrape(`http://${bindAddress}/metrics`) };
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

function install(logger: Logger, bindAddress: string): void {
  Runtime.install({
    logger: coreLog(logger),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: {
        attachServiceName: false,
        // As Prometheus wants names to be, and as Temporal's own dashboards have them.
        prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
      },
    },
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(SCRAPE_MS) });
  if (!response.ok) throw new Error(`the Temporal core answered ${response.status} for its metrics`);
  return response.text();
}
