import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../api/deps';

/** OpenTelemetry's usual port for Prometheus. */
const DEFAULT_PORT = 9464;
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const TIMEOUTS = { headersMs: 5_000, requestMs: 10_000 } as const;

export interface SideDoorOptions {
  who: 'worker' | 'projector' | 'callbacks';
  host: string;
  /** `ONWARD_WORKER_PORT`; null when unset: 9464, or any free one where another process of this machine has that already. */
  port: number | null;
  /** Null when it can work, else a sentence without its full stop. */
  ready(): string | null | Promise<string | null>;
  /** Prometheus text. */
  expose(): Promise<string>;
  logger: Logger;
}

export interface SideDoor {
  port: number;
  shut(): Promise<void>;
}

/**
 * `/healthz`, `/readyz` and `/metrics` of a process that has no API.
 * @throws Error with a sentence that names the variable and the mend, when nobody can be listened to there
 */
export async function openSideDoor(options: SideDoorOptions): Promise<SideDoor> {
  const { host, logger } = options;
  const server = createServer((request, response) => void answer(options, request, response));
  server.headersTimeout = TIMEOUTS.headersMs;
  server.requestTimeout = TIMEOUTS.requestMs;
  const wanted = options.port ?? DEFAULT_PORT;
  try {
    await listen(server, host, wanted);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (options.port !== null || code !== 'EADDRINUSE') throw new Error(whyNot(code, host, wanted), { cause: error });
    await listen(server, host, 0);
  }
  const { port } = server.address() as AddressInfo;
  const moved = options.port === null && port !== DEFAULT_PORT;
  if (moved) logger.warn({ port }, `port ${DEFAULT_PORT} is in use; the metrics are on ${port}`);
  return { port, shut: () => shut(server) };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

function whyNot(code: string | undefined, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `ONWARD_WORKER_PORT ${port} is in use on ${host}. Set it to a free one.`;
  if (code === 'EACCES') return `ONWARD_WORKER_PORT ${port} may not be used by you. Set it to 1024 or above.`;
  return `HOST “${host}” cannot be listened on (${code}). Set HOST to an address of this machine.`;
}

async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Whoever reads metrics asks again; nothing here is worth waiting for.
  server.closeAllConnections();
  await closed;
}

async function answer(options: SideDoorOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { status, type, body, headers } = await answerTo(options, request);
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  } catch (error) {
    options.logger.error({ name: error instanceof Error ? error.name : null }, `${request.url} could not be answered`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
}

interface Answer {
  status: number;
  type: string;
  body: string;
  headers?: Record<string, string>;
}

async function answerTo({ who, ready, expose }: SideDoorOptions, { method, url }: IncomingMessage): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return problem(405, 'Method Not Allowed', 'Only GET and HEAD are answered here.', { allow: 'GET, HEAD' });
  }
  switch (url?.split('?', 1)[0]) {
    case '/healthz':
      return json(200, { status: 'ok' });
    case '/readyz': {
      const reason = await ready();
      if (reason === null) return json(200, { status: 'ready' });
      const detail = `The ${who} takes no work: ${reason}.`;
      return problem(503, 'Service Unavailable', detail, { 'retry-after': '5' });
    }
    case '/metrics':
      return { status: 200, type: PROMETHEUS_TEXT, body: await expose() };
    default:
      return problem(404, 'Not Found', `A ${who} answers /healthz, /readyz and /metrics.`);
  }
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function problem(status: number, title: string, detail: string, headers?: Record<string, string>): Answer {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  return { status, type: 'application/problem+json', body, headers };
}
