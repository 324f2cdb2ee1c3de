import { type ChildProcess, fork, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../cli/throwaway';
import { untilLeft } from '../leaving';
import { RESTATE_FOLDER } from '../package-root';
import { throwawayFolder } from '../throwaway-folder';

export interface RestateServer {
  ingressPort: number;
  /** What the hand-written service sent: run and the awakeable that its receipt resolves. */
  onSent(listener: (run: number, awakeable: string) => void): void;
  stop(): Promise<void>;
}

export interface RestateOptions {
  binary: string;
  /** Where its throwaway data folder is made. */
  dataParent: string;
  /** Null: as it comes. */
  partitions: number | null;
}

const READY_WITHIN_MS = 60_000;
const LEAVES_WITHIN_MS = 5_000;

/** A Restate server and the service that it calls, both on free ports with a data folder that is removed afterwards. */
export async function startRestate(options: RestateOptions): Promise<RestateServer> {
  const folder = throwawayFolder(options.dataParent);
  const ports = { ingress: await freePort(), admin: await freePort(), fabric: await freePort() };
  const server = spawnServer(options, folder.path, ports);
  const service = fork(join(RESTATE_FOLDER, 'service.mjs'), [], {
    cwd: RESTATE_FOLDER,
    env: { ...process.env, NODE_ENV: 'production', RESTATE_LOGGING: 'ERROR' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = untilLeft(async () => {
    await Promise.all([endChild(server.child), endChild(service)]);
    await folder.remove();
  });
  try {
    const servicePort = await portOf(service);
    await ready(`http://127.0.0.1:${ports.admin}/health`, server);
    await register(ports.admin, servicePort);
    await ready(`http://127.0.0.1:${ports.ingress}/restate/health`, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ingressPort: ports.ingress,
    onSent(listener) {
      service.on('message', (message: { sent?: [number, string][] }) => {
        for (const [run, awakeable] of message.sent ?? []) listener(run, awakeable);
      });
    },
    stop,
  };
}

interface Server {
  child: ChildProcess;
  /** The end of what it printed. */
  output(): string;
}

function spawnServer(
  { binary, partitions }: RestateOptions,
  folder: string,
  ports: Record<'ingress' | 'admin' | 'fabric', number>,
): Server {
  const args = ['--no-logo', '--listen-mode', 'tcp', '--bind-ip', '127.0.0.1', '--advertised-host', '127.0.0.1'];
  args.push('--bind-port', String(ports.fabric), '--base-dir', folder, '--log-filter', 'warn');
  if (partitions !== null) args.push('--default-num-partitions', String(partitions));
  const env = {
    ...process.env,
    RESTATE_INGRESS__BIND_PORT: String(ports.ingress),
    RESTATE_ADMIN__BIND_PORT: String(ports.admin),
    RESTATE_DISABLE_TELEMETRY: 'true',
  };
  const child = spawn(binary, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-4000);
    });
  }
  child.on('error', (error) => {
    output += error.message;
  });
  return { child, output: () => output.trim() };
}

function portOf(service: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    service.once('message', (message: { port: number }) => resolve(message.port));
    service.once('exit', (status) => reject(new Error(`the service for Restate ended with status ${status}`)));
  });
}

async function ready(url: string, { child, output }: Server): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return;
    await pause(50);
  }
  throw new Error(`Restate did not start. ${output()}`);
}

async function register(adminPort: number, servicePort: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${servicePort}` }),
  });
  if (!response.ok) throw new Error(`Restate did not take the service: ${response.status} ${await response.text()}`);
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
  await ended;
  clearTimeout(patience);
}
