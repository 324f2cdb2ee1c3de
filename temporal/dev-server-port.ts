import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
const TRIES = 100;

/**
 * A port of this machine that nobody listens on: the wanted one where that is so. Never one of those that the system
 * gives out by itself (Linux from 32,768, others from 49,152): a server that is killed and started again on its port
 * would find that somebody else got it, and a client that keeps knocking on such a port can end up connected to itself.
 */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await isFree(wanted))) return wanted;
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port on ${HOST} in ${TRIES} tries`);
}

export function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
