import type { Server, ServerResponse } from 'node:http';
import { type Settings, StartError } from './settings';

/** How long a request in hand may take to end during a stop; one that is not even sent whole by then is cut off. */
const SHUT_PATIENCE_MS = 7_000;
const LOOK_EVERY_MS = 50;

/** Where requests come in. */
export interface Door {
  port: number;
  /** Takes nothing new; resolves once everything in hand is answered. */
  shut(): Promise<void>;
}

/** @throws StartError when nobody can be listened to at that host and port */
export async function openDoor(server: Server, settings: Pick<Settings, 'host' | 'port'>): Promise<Door> {
  const port = await listen(server, settings);
  return { port, shut: () => shut(server) };
}

function listen(server: Server, { host, port }: Pick<Settings, 'host' | 'port'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(whyNot(error, host, port))));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function whyNot({ code }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `PORT ${port} is in use on ${host}. Set PORT to a free one.`;
  if (code === 'EACCES') return `PORT ${port} may not be used by you. Set PORT to 1024 or above.`;
  return `HOST “${host}” cannot be listened on (${code}). Set HOST to an address of this machine.`;
}

function shut(server: Server): Promise<void> {
  // On a connection that is kept open a request may still come: it is answered, and is the last one there.
  server.prependListener('request', (_, res: ServerResponse) => {
    res.shouldKeepAlive = false;
  });
  // A connection whose last answer has just gone out is idle, but Node keeps it for the client.
  const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
  const patience = setTimeout(() => server.closeAllConnections(), SHUT_PATIENCE_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(looking);
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
