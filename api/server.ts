import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createApp, type MountedRoute } from './app';
import { authenticator } from './auth';
import type { ApiDeps } from './deps';
import { routeHandler } from './dispatch';
import { createMetrics } from './metrics';
import { PROBLEM_TYPE, problem } from './problem';
import { apiRoutes } from './routes';
import { createSessions } from './sessions';

/** A sender slower than this is not served: head, whole request, and an idle connection, in ms. */
const TIMEOUTS = { headersMs: 10_000, requestMs: 60_000, keepAliveMs: 65_000 } as const;

/** The whole API as a server that does not listen yet. Closing it is the caller's. */
export function createServer(deps: ApiDeps): Server {
  const metrics = deps.metrics ?? createMetrics();
  const now = deps.now ?? Date.now;
  const auth = authenticator(deps.store.keys, now);
  const sessions = createSessions({ ...deps, now });
  const table = apiRoutes({ ...deps, metrics, now, auth, sessions }).map((route) => ({
    route,
    handle: routeHandler(route, {
      auth,
      sessions,
      metrics,
      logger: deps.logger,
      tracing: deps.tracing ?? null,
      audit: deps.store.audit,
      now,
    }),
  }));
  const app = createApp(table, metrics);
  const hot = hotRoutes(table);
  const server = createHttpServer((req, res) => {
    if (!hot(req, res)) app(req, res);
  });
  server.headersTimeout = TIMEOUTS.headersMs;
  server.requestTimeout = TIMEOUTS.requestMs;
  server.keepAliveTimeout = TIMEOUTS.keepAliveMs;
  server.on('clientError', refuseUnreadable);
  return server;
}

/**
 * The routes marked `hot` are found by comparing strings, before Express has a look at the request: measured, this
 * nearly doubles what one process carries. The way after that is the same for all routes.
 */
function hotRoutes(table: readonly MountedRoute[]): (req: IncomingMessage, res: ServerResponse) => boolean {
  const found = table.filter(({ route }) => route.hot).map((mounted) => ({ ...mounted, ...split(mounted.route.path) }));
  return (req, res) => {
    const { method, url } = req;
    if (url === undefined) return false;
    for (const { route, handle, before, parameter, after } of found) {
      if (method !== route.method) continue;
      if (parameter === null) {
        if (url !== before) continue;
        void handle({}, req, res);
        return true;
      }
      if (!url.startsWith(before) || !url.endsWith(after)) continue;
      const value = url.slice(before.length, url.length - after.length);
      // Anything but a plain word is left to Express, which decodes.
      if (!/^[A-Za-z0-9_-]+$/.test(value)) continue;
      void handle({ [parameter]: value }, req, res);
      return true;
    }
    return false;
  };
}

function split(path: string): { before: string; parameter: string | null; after: string } {
  const match = /^([^{]*)\{(\w+)\}([^{]*)$/.exec(path);
  return match
    ? { before: match[1] ?? '', parameter: match[2] ?? '', after: match[3] ?? '' }
    : { before: path, parameter: null, after: '' };
}

/** What is no HTTP at all still gets a problem for an answer. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = UNREADABLE[error.code ?? ''] ?? 400;
  const response = problem(status, 'The request could not be read as HTTP.', {
    hint: 'Check the client or a proxy between.',
  });
  const body = JSON.stringify(response.body);
  const { title } = response.body as { title: string };
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const UNREADABLE: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };
