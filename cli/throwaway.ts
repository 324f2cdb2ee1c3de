import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Complaint } from './complaint';

/** A server of its own: a child process with its own data folder, port and keys. */
export interface Throwaway {
  url: string;
  ownerKey: string;
  testKey: string;
  dataFolder: string;
  pid: number;
  /** All it has printed so far. */
  output(): string;
  /** SIGTERM, and SIGKILL where that does not end it within 12 s. Resolves with its exit status, null if killed. */
  stop(): Promise<number | null>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
}

export interface ThrowawayOptions {
  /** Added to the environment of this process; undefined takes a variable out. */
  env?: Record<string, string | undefined>;
  /** Kept when it ends. Left out: a temporary one, removed with it. */
  dataFolder?: string;
  ownerKey?: string;
  testKey?: string;
  /** For Node itself, such as --cpu-prof. */
  nodeArgs?: readonly string[];
}

/** The bundle: this file stands one level below the package, as the bundle itself does. */
export const BUNDLE = join(__dirname, '..', 'dist', 'onward.js');
const READY_WITHIN_MS = 30_000;
const LEAVES_WITHIN_MS = 12_000;
/** A throwaway is on this machine alone, whatever the one who starts it is connected to. */
const ELSEWHERE = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'KAFKA_BROKERS', 'MONGODB_URL', 'ONWARD_PUBLIC_URL'];

/**
 * Starts `onward start` and resolves once it says that it is ready.
 * @throws Complaint with what it printed, when it ends before that or is not ready within 30 s
 */
export async function startThrowaway(options: ThrowawayOptions = {}): Promise<Throwaway> {
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'onward-'));
  const ownerKey = options.ownerKey ?? `live_${randomBytes(24).toString('base64url')}`;
  const testKey = options.testKey ?? `test_${randomBytes(24).toString('base64url')}`;
  const port = await freePort();
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ELSEWHERE) delete env[name];
  Object.assign(env, { HOST: '127.0.0.1', PORT: String(port), ONWARD_DATA: folder });
  Object.assign(env, { ONWARD_OWNER_KEY: ownerKey, ONWARD_TEST_KEY: testKey }, options.env);
  const args = [...(options.nodeArgs ?? []), BUNDLE, 'start'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(child);
  const output = outputOf(child);
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    const status = await endChild(child, ended, signal);
    if (!options.dataFolder) rmSync(folder, { recursive: true, force: true });
    return status;
  };
  const url = `http://127.0.0.1:${port}`;
  if (!(await isReady(url, child))) {
    await stop('SIGKILL');
    throw new Complaint('The server did not start.', 1, [output().trimEnd()]);
  }
  return {
    url,
    ownerKey,
    testKey,
    dataFolder: folder,
    pid: child.pid ?? 0,
    output,
    stop: () => stop('SIGTERM'),
    kill: async () => void (await stop('SIGKILL')),
  };
}

/** One that the system just gave out and nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a listening socket without a port');
  return address.port;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (status) => resolve(status));
  });
}

function outputOf(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

async function isReady(url: string, child: ChildProcess): Promise<boolean> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    const response = await fetch(`${url}/readyz`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return true;
    await pause(25);
  }
  return false;
}

async function endChild(
  child: ChildProcess,
  ended: Promise<number | null>,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<number | null> {
  child.kill(signal);
  const patience = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
  const status = await ended;
  clearTimeout(patience);
  return status;
}
