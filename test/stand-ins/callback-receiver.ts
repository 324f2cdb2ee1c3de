import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Callback } from '../../schemas/callback';

/** A callback as a customer's server received it. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** By the clock of the test. */
  at: number;
}

/** How a request is met; `well` (204) where nothing else is said. */
export type Reply = 'well' | 'hangs' | 'resets' | ((response: ServerResponse, received: Received) => void);

export interface CallbackReceiver {
  url: string;
  port: number;
  /** Everything that ever came, in order. */
  received: readonly Received[];
  /** How the next requests to a path are met, one each. */
  meets(path: string, ...replies: Reply[]): void;
  /** How all others to that path are met. */
  always(path: string, reply: Reply): void;
  /** How many connections were ever opened. */
  connections(): number;
  close(): Promise<void>;
}

/** A customer's server on this machine. */
export async function openCallbackReceiver(now: () => number = Date.now): Promise<CallbackReceiver> {
  const received: Received[] = [];
  const queues = new Map<string, Reply[]>();
  const usual = new Map<string, Reply>();
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url: path = '/', headers } = request;
    const one = { path, headers, body: Buffer.concat(chunks).toString('utf8'), at: now() };
    received.push(one);
    const reply = queues.get(path)?.shift() ?? usual.get(path) ?? 'well';
    if (reply === 'well') response.writeHead(204).end();
    else if (reply === 'resets') request.socket.resetAndDestroy();
    else if (reply !== 'hangs') reply(response, one);
  });
  server.on('connection', () => connections++);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    meets: (path, ...replies) => void queues.set(path, [...(queues.get(path) ?? []), ...replies]),
    always: (path, reply) => void usual.set(path, reply),
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function status(code: number, headers: Record<string, string> = {}, body = ''): Reply {
  return (response) => void response.writeHead(code, headers).end(body);
}

/** As a customer's code verifies it. @throws where the signature is none */
export function verified({ headers, body }: Received, secret: string): Callback {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as Callback;
}
