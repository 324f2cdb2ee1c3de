import { fork } from 'node:child_process';
import { join } from 'node:path';
import { untilLeft } from '../leaving';
import { PACKAGE_ROOT } from '../package-root';

export interface ChildServer {
  port: number;
  stop(): Promise<void>;
}

/** One of the small servers of this folder, in a process of its own: the bundle itself, told to serve. */
export async function startChild(which: 'express' | 'invoke-route' | 'callback-receiver'): Promise<ChildServer> {
  const child = fork(join(PACKAGE_ROOT, 'dist', 'bench.js'), ['serve', which], { stdio: 'inherit' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = untilLeft(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (status) => reject(new Error(`the server “${which}” ended with status ${status}`)));
  });
  return { port, stop };
}
