import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BUNDLE } from '../../cli/throwaway';
import { freePort } from '../../temporal/dev-server-port';
import { untilLeft } from '../leaving';
import { PACKAGE_ROOT } from '../package-root';
import { throwawayFolder } from '../throwaway-folder';
import type { Installation } from './installation';

export type Role = 'api' | 'receipts' | 'projector' | 'worker';

export interface RoleProcess {
  pid: number;
  /** Of its API, or of the side door of one that has none. */
  port: number;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
const LEAVES_WITHIN_MS = 12_000;

/** One role as one starts it on a machine of its own, its data folder empty; resolves once it is ready. */
export async function startRole(role: Role, { env }: Installation, dataParent: string): Promise<RoleProcess> {
  const folder = throwawayFolder(dataParent);
  const port = await freePort();
  const ports = { HOST: '127.0.0.1', PORT: String(port), ONWARD_WORKER_PORT: String(port) };
  const command = role === 'worker' ? [join(PACKAGE_ROOT, 'dist', 'worker.js')] : [BUNDLE, 'start', '--role', role];
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env, ...ports, ONWARD_DATA: folder.path },
    // By the channel a worker notices when we die.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-8_000);
    });
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = untilLeft(async () => {
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
    await ended;
    clearTimeout(patience);
    await folder.remove();
  });
  if (await isReady(port, () => child.exitCode !== null)) return { pid: child.pid ?? 0, port, stop };
  await stop();
  throw new Error(`the ${role} was not ready within ${READY_WITHIN_MS / 1000} s. It printed:\n${printed.trim()}`);
}

async function isReady(port: number, hasEnded: () => boolean): Promise<boolean> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && !hasEnded()) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return true;
    await pause(50);
  }
  return false;
}
