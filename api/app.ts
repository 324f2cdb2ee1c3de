import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { RouteHandler } from './dispatch';
import type { Metrics } from './metrics';
import { problem } from './problem';
import { requestId } from './request-id';
import { respond } from './respond';
import type { ApiResponse, Method, Route } from './route';

export interface MountedRoute {
  route: Route;
  handle: RouteHandler;
}

/** The table on Express: it only finds the route; the rest of the way is dispatch.ts. */
export function createApp(table: readonly MountedRoute[], metrics: Metrics): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  const answer = (req: Request, res: Response, response: ApiResponse): Promise<void> => {
    metrics.request(knownMethod(req.method), 'none', response.status);
    return respond(res, response, requestId(req.headers['x-request-id']));
  };
  for (const { route, handle } of table) {
    const verb = route.method.toLowerCase() as Lowercase<Method>;
    app[verb](expressPath(route), (req, res) => handle(req.params as Record<string, string>, req, res));
  }
  for (const [path, methods] of methodsByPath(table)) {
    app.all(path, (req, res) => answer(req, res, wrongMethod(req.method, methods)));
  }
  app.use((req, res) => answer(req, res, unknownRoute()));
  const failed: ErrorRequestHandler = (_error, req, res, _next) => answer(req, res, unreadablePath());
  app.use(failed);
  return app;
}

function expressPath({ path, wild = false }: Route): string {
  const named = path.replaceAll('{', ':').replaceAll('}', '');
  return wild ? named.replace(/:(\w+)$/, '*$1') : named;
}

function methodsByPath(table: readonly MountedRoute[]): Map<string, Method[]> {
  const methods = new Map<string, Method[]>();
  for (const { route } of table) {
    const path = expressPath(route);
    methods.set(path, [...(methods.get(path) ?? []), route.method]);
  }
  return methods;
}

/** A client may invent methods; a label may not. */
function knownMethod(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].includes(method) ? method : 'other';
}

function wrongMethod(method: string, methods: readonly Method[]): ApiResponse {
  const allow = methods.flatMap((known) => (known === 'GET' ? ['GET', 'HEAD'] : [known])).join(', ');
  return problem(405, `${knownMethod(method)} is not known on this path.`, {
    hint: `It takes ${allow}.`,
    headers: { allow },
  });
}

function unknownRoute(): ApiResponse {
  return problem(404, 'There is nothing at this path.', { hint: 'See /docs for every route.' });
}

/** The router itself throws only for a path that does not decode. */
function unreadablePath(): ApiResponse {
  return problem(400, 'The path cannot be decoded.', { hint: 'Percent-encode it as UTF-8.' });
}
