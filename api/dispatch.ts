import type { IncomingMessage, ServerResponse } from 'node:http';
import { EngineUnavailable } from '../core/engine';
import { LogUnavailable } from '../log/contract';
import { type Validator, validator } from '../schemas/validate';
import { type AuditStore, BadCursor, StoreUnavailable } from '../store/contract';
import type { RequestTrace, RequestTracing } from '../tracing/contract';
import { masksAddresses } from './access';
import { type AdmitDeps, admit } from './admit';
import { audited } from './audited';
import type { Logger } from './deps';
import { faultOf } from './fault';
import { ofEveryFlow, reachesEveryFlow } from './flow-scope';
import { maskedResponse, mayHoldAddresses } from './masked';
import type { Metrics } from './metrics';
import { invalid, problem, unavailable } from './problem';
import { queryReader } from './query';
import {
  BODY_LIMIT_BYTES,
  bodyText,
  ClientGone,
  isJson,
  mediaType,
  parseJson,
  readBody,
  tooLarge,
} from './request-body';
import { requestId } from './request-id';
import { respond } from './respond';
import type { ApiRequest, ApiResponse, Route } from './route';

/** Answers one request of one route. Never rejects. */
export type RouteHandler = (
  params: Readonly<Record<string, string>>,
  req: IncomingMessage,
  res: ServerResponse,
) => Promise<void>;

export interface DispatchDeps extends AdmitDeps {
  metrics: Metrics;
  logger: Logger;
  tracing: RequestTracing | null;
  audit: AuditStore;
  /** Milliseconds since 1970. */
  now(): number;
}

type Stage<T> = { ok: true; value: T } | { ok: false; response: ApiResponse };
type Body = { rawBody: Buffer; body: unknown };

const NO_BYTES = Buffer.alloc(0);
const NO_BODY: Stage<Body> = { ok: true, value: { rawBody: NO_BYTES, body: undefined } };

/**
 * The one way through which every request goes, whether Express routed it or the server itself: caller, role, body limit,
 * JSON, forbidden keys, schema, handler, answer.
 */
export function routeHandler(route: Route, deps: DispatchDeps): RouteHandler {
  const name = `${route.method} ${route.path}`;
  const judgeBody = route.body ? validator<unknown>(route.body, name) : null;
  const readQuery = route.query ? queryReader(route.query, `the query of ${name}`) : null;

  const known = route.access !== 'public';
  const everyFlow = reachesEveryFlow(route);
  const handle = handlerOf(route, deps);
  const took = deps.metrics.timed(route.method, route.path);
  // Whoever watches over the process asks every few seconds.
  const tracing = route.tag === 'running' ? null : deps.tracing;

  const answer = async (
    params: Readonly<Record<string, string>>,
    req: IncomingMessage,
    res: ServerResponse,
    trace: RequestTrace | undefined,
    id: string,
  ) => {
    const admitted = admit(route.access, deps, req);
    const caller = admitted instanceof Promise ? await admitted : admitted;
    if (!caller.ok) return caller.response;
    const turnedAway = (everyFlow && ofEveryFlow(caller.value)) || route.guard?.(params);
    if (turnedAway) return turnedAway;
    const body = route.body || route.raw ? await takeBody(route, judgeBody, req, params) : NO_BODY;
    if (!body.ok) {
      await route.turnedAway?.({ params, caller: caller.value });
      return body.response;
    }
    const url = req.url ?? '/';
    const search = searchOf(url);
    // What a hot route may be asked, it may be asked without.
    const query = readQuery && !(route.hot && search === NO_SEARCH) ? readQuery(search) : NO_QUERY;
    if (!query.ok) return invalid(query.errors, 'Mend the query and send the request again.');
    const request: ApiRequest = {
      params,
      query: query.value,
      search,
      headers: req.headers,
      rawBody: body.value.rawBody,
      body: body.value.body,
      caller: caller.value,
      url,
      method: req.method ?? route.method,
      peer: () => req.socket.remoteAddress ?? '',
      closed: () => closedSignal(res),
      trace,
    };
    return handle(request, id);
  };

  return async (params, req, res) => {
    const id = requestId(req.headers['x-request-id']);
    const { method, path } = route;
    const trace = tracing?.request({ method, route: path, headers: req.headers, known });
    const startedAt = performance.now();
    try {
      const response = await answer(params, req, res, trace, id);
      deps.metrics.request(method, path, response.status);
      // What was asked to be kept waiting says nothing of how fast we are.
      if (req.headers.prefer === undefined) took((performance.now() - startedAt) / 1000);
      trace?.ended(response.status);
      await respond(res, response, id);
    } catch (error) {
      const status = await respondFailure(error, { route, id, trace }, res, deps);
      trace?.ended(status);
    }
  };
}

/** The route's handler, with what is written down of it and hidden in its answer, where it is one of those. */
function handlerOf(route: Route, deps: DispatchDeps): (request: ApiRequest, id: string) => Promise<ApiResponse> {
  const { audit } = route;
  const handle = audit
    ? (request: ApiRequest, id: string) => audited({ ...route, audit }, deps, request, id)
    : (request: ApiRequest) => route.handle(request);
  if (!mayHoldAddresses(route)) return handle;
  return (request, id) => {
    const answered = handle(request, id);
    return masksAddresses(request.caller) ? answered.then(maskedResponse) : answered;
  };
}

const NO_SEARCH = new URLSearchParams();
const NO_QUERY = { ok: true as const, value: {} };

function searchOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return start < 0 ? NO_SEARCH : new URLSearchParams(url.slice(start + 1));
}

async function takeBody(
  route: Route,
  judge: Validator<unknown> | null,
  req: IncomingMessage,
  params: Readonly<Record<string, string>>,
): Promise<Stage<Body>> {
  const limit = route.raw?.limitBytes ?? BODY_LIMIT_BYTES;
  const rawBody = await readBody(req, limit);
  if (rawBody === null) {
    route.raw?.tooLarge?.(params);
    return refuse(tooLarge(limit));
  }
  const type = mediaType(req.headers['content-type']);
  if (route.raw) return takeRaw(route.raw.types, type, rawBody);
  if (rawBody.length === 0) {
    if (route.bodyOptional) return judged(judge, {}, rawBody);
    return refuse(
      problem(400, 'The body is missing.', { hint: 'Send a JSON object with content-type application/json.' }),
    );
  }
  if (!isJson(type)) return refuse(unsupported(['application/json']));
  const text = bodyText(rawBody);
  if (!text.ok) return text;
  const parsed = parseJson(text.text);
  return parsed.ok ? judged(judge, parsed.value, rawBody) : parsed;
}

function takeRaw(types: readonly string[], type: string, rawBody: Buffer): Stage<Body> {
  if (types.length > 0 && !types.includes(type)) return refuse(unsupported(types));
  return { ok: true, value: { rawBody, body: undefined } };
}

function judged(judge: Validator<unknown> | null, value: unknown, rawBody: Buffer): Stage<Body> {
  const result = judge ? judge(value) : { ok: true as const, value };
  return result.ok ? { ok: true, value: { rawBody, body: result.value } } : refuse(invalid(result.errors));
}

function refuse(response: ApiResponse): { ok: false; response: ApiResponse } {
  return { ok: false, response };
}

function unsupported(types: readonly string[]): ApiResponse {
  const hint = `Send it with content-type ${types.join(' or ')}.`;
  return problem(415, 'This content type is not taken here.', { hint, headers: { accept: types.join(', ') } });
}

function closedSignal(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (res.destroyed || res.writableFinished) controller.abort();
  else res.once('close', () => controller.abort());
  return controller.signal;
}

/**
 * An exception is a bug or a fault of ours: told to the log by its name, to the client not at all.
 * @returns the status that was answered; null: there was nobody to answer
 */
async function respondFailure(
  error: unknown,
  failed: FailedRequest,
  res: ServerResponse,
  deps: DispatchDeps,
): Promise<number | null> {
  if (error instanceof ClientGone || res.destroyed) return null;
  const response = expected(error) ?? unexpected(error, failed, deps.logger);
  const { method, path } = failed.route;
  deps.metrics.request(method, path, response.status);
  // A stream that has begun can only be cut off: a clean end would pass for all there is.
  // Reset, since to a client of HTTP/1.0, as proxies are, the end of the connection is the end of the body.
  if (res.headersSent) cutOff(res);
  else await respond(res, response, failed.id);
  return response.status;
}

interface FailedRequest {
  route: Route;
  id: string;
  trace: RequestTrace | undefined;
}

function cutOff(res: ServerResponse): void {
  res.socket?.resetAndDestroy();
  res.destroy();
}

/** What the contracts below throw for what is no fault of theirs. */
function expected(error: unknown): ApiResponse | null {
  if (error instanceof EngineUnavailable) {
    return unavailable(`The engine takes no work: ${error.message}.`, error.retryAfterSeconds);
  }
  if (error instanceof StoreUnavailable) return unavailable(`The store takes no work: ${error.message}.`);
  if (error instanceof LogUnavailable) return unavailable(`The log takes no work: ${error.message}.`);
  if (error instanceof BadCursor) {
    const message = 'This “cursor” is not one that this list gave.';
    return invalid([{ pointer: '/query/cursor', message }], 'Send the “nextCursor” of the page before, as it is.');
  }
  return null;
}

function unexpected(error: unknown, { route, id, trace }: FailedRequest, logger: Logger): ApiResponse {
  const name = `${route.method} ${route.path}`;
  logger.error({ requestId: id, route: name, error: faultOf(error), ...trace?.ids }, 'a request failed');
  const hint = `Send it again; if it fails again, report it with the request ID ${id}.`;
  return problem(500, 'Something failed on our side.', { hint });
}
