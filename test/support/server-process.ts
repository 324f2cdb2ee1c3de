import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { BUNDLE, freePort } from '../../cli/throwaway';
import type { Instance } from './instance';

export interface ServerProcess extends Instance {
  stdout(): string;
  stderr(): string;
  /** Its exit status once it has ended; null when a signal ended it. */
  ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Resolves once /readyz says 200; throws with what it printed when that is not so within 15 s. */
  ready(): Promise<this>;
}

export interface ServerOptions {
  dataFolder: string;
  /** After `start`, such as `--role api`. */
  args?: readonly string[];
  /** Added to an environment that holds none of the server's own variables; undefined takes one out. */
  env?: Record<string, string | undefined>;
  /** The largest file that the process may write: to it the disk is full then (SIGXFSZ is ignored by Node). */
  fileLimitKiB?: number;
}

const KEYS = { ONWARD_OWNER_KEY: 'live_owner_key_of_the_tests', ONWARD_TEST_KEY: 'test_key_of_the_tests' };
const OURS = /^(ONWARD_|TEMPORAL_|KAFKA_|MONGODB_|PORT$|HOST$)/;

/**
 * Starts `onward start` as often as a test file asks, without waiting for anything; what still lives when its tests are
 * over is killed.
 */
export function serverProcesses(): (options: ServerOptions) => Promise<ServerProcess> {
  const children: { child: ChildProcess; ended: Promise<unknown> }[] = [];
  afterAll(async () => {
    for (const { child } of children) child.kill('SIGKILL');
    await Promise.all(children.map(({ ended }) => ended));
  });
  return async (options) => {
    if (!existsSync(BUNDLE)) throw new Error('dist/onward.js is missing: run `npm run build` (`npm test` does).');
    const env = await environment(options);
    const child = spawnServer(options, env);
    const ended = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)));
    children.push({ child, ended });
    return describeProcess(child, ended, env, options.dataFolder);
  };
}

async function environment({ dataFolder, env }: ServerOptions): Promise<NodeJS.ProcessEnv> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));
  const own = { HOST: '127.0.0.1', PORT: String(await freePort()), ONWARD_DATA: dataFolder, ...KEYS };
  return { ...clean, ...own, ...env };
}

function spawnServer({ args = [], fileLimitKiB }: ServerOptions, env: NodeJS.ProcessEnv): ChildProcess {
  const command = [process.execPath, BUNDLE, 'start', ...args];
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  if (fileLimitKiB === undefined) return spawn(command[0] ?? '', command.slice(1), { env, stdio });
  return spawn('bash', ['-c', `ulimit -f ${fileLimitKiB}; exec "$@"`, 'bash', ...command], { env, stdio });
}

function describeProcess(
  child: ChildProcess,
  ended: Promise<number | null>,
  env: NodeJS.ProcessEnv,
  dataFolder: string,
): ServerProcess {
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const url = `http://${env.HOST}:${env.PORT}`;
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const server: ServerProcess = {
    url,
    ownerKey: env.ONWARD_OWNER_KEY ?? '',
    testKey: env.ONWARD_TEST_KEY ?? '',
    dataFolder,
    pid: child.pid ?? 0,
    stdout,
    stderr,
    output: () => stdout() + stderr(),
    ended,
    signal: (name) => void child.kill(name),
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    async ready() {
      for (let tries = 0; tries < 600 && child.exitCode === null && child.signalCode === null; tries++) {
        const response = await fetch(`${url}/readyz`).catch(() => null);
        await response?.body?.cancel();
        if (response?.ok) return server;
        await pause(25);
      }
      throw new Error(`the server did not become ready: ${server.output()}`);
    },
  };
  return server;
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
