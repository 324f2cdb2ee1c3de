import { invocationView } from '../core/view';
import { toWire } from '../core/wire';
import { eventSchema } from '../schemas/event';
import { type Invoke, invocationAcceptedSchema, invocationSchema, invokeSchema } from '../schemas/invocation';
import { listOf } from '../schemas/list';
import type { InvocationRecord } from '../store/contract';
import { maySee } from './access';
import { outOfScope } from './flow-scope';
import { idempotencyKey } from './idempotency-key';
import type { InvokeService } from './invoke';
import { inMode, type ModeQuery, modeQuerySchema } from './mode';
import { preferenceApplied, waitForEnd, waitSeconds } from './prefer';
import { notFound, problem } from './problem';
import type { Rejections } from './rejections';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import { searchRoute } from './search';
import type { Services } from './services';
import { bodyRefused, type Door, turnAway } from './turn-away';

const PREFER = {
  name: 'Prefer',
  description: '`wait=N`: answer when the invocation has ended or N seconds (at most 60) are over.',
};
const IDEMPOTENCY = {
  name: 'Idempotency-Key',
  description: 'At most 255 printable characters, kept 24 h: the same body replays the answer.',
};
const TRACEPARENT = {
  name: 'traceparent',
  description: 'W3C Trace Context: where traces are recorded, the invocation’s goes on with the caller’s.',
};
const VIEW = { resource: 'invocations', level: 'VIEW' } as const;
const EDIT = { resource: 'invoke', level: 'EDIT' } as const;
const ID = '/v1/invocations/{id}';

const eventsQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    after: { type: 'integer', minimum: 0, maximum: 1_000_000_000, description: 'Only events with a higher `seq`.' },
    cursor: { type: 'string', pattern: '^[0-9]{1,9}$', description: 'The `nextCursor` of the page before.' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, description: 'Default 1000.' },
  },
} as const;
interface EventsQuery {
  after?: number;
  cursor?: string;
  limit?: number;
}

export function invocationRoutes(services: Services, invoke: InvokeService, rejections: Rejections): Route[] {
  return [
    route<Invoke, ModeQuery>({
      method: 'POST',
      path: '/v1/workflows/{workflowId}/invocations',
      summary: 'Take one message to one person',
      tag: 'invocations',
      access: EDIT,
      body: invokeSchema,
      query: modeQuerySchema,
      headers: [IDEMPOTENCY, PREFER, TRACEPARENT],
      responses: { 202: invocationAcceptedSchema, 200: invocationSchema },
      hot: true,
      turnedAway: bodyRefused(rejections),
      handle: (request) => start(services, { invoke, rejections }, request),
    }),
    searchRoute(services),
    route({
      method: 'GET',
      path: ID,
      summary: 'One invocation as it stands',
      tag: 'invocations',
      access: VIEW,
      headers: [PREFER],
      responses: { 200: invocationSchema },
      handle: (request) => show(services, request),
    }),
    route<unknown, EventsQuery>({
      method: 'GET',
      path: `${ID}/events`,
      summary: 'Its history, oldest first',
      tag: 'invocations',
      access: VIEW,
      query: eventsQuerySchema,
      responses: { 200: listOf(eventSchema) },
      handle: (request) => events(services, request),
    }),
    controlRoute(services, 'cancel', 'cancelled', 'Stop what has not been sent'),
    controlRoute(services, 'complete', 'succeeded', 'The business outcome happened: end the ladder as succeeded'),
  ];
}

async function start(services: Services, door: Door, given: ApiRequest<Invoke, ModeQuery>): Promise<ApiResponse> {
  const chosen = inMode(given);
  if (!chosen.ok) return chosen.response;
  const { request } = chosen;
  const { body, caller, rawBody, headers, trace } = request;
  const guard = idempotencyKey(headers['idempotency-key']);
  const workflowId = request.params.workflowId ?? '';
  if (!guard.ok) return turnAway(door.rejections, request, { ...guard, reason: 'body_invalid' });
  const invoked = await door.invoke({ caller, workflowId, body, idempotencyKey: guard.key, bodyBytes: rawBody, trace });
  if (!invoked.ok) return turnAway(door.rejections, request, invoked);
  const location = `/v1/invocations/${invoked.id}`;
  const responseHeaders: Record<string, string> = invoked.replay
    ? { location, 'idempotency-replay': 'true' }
    : { location };
  const accepted = { status: 202, headers: responseHeaders, body: invoked.answer };
  const seconds = headers.prefer === undefined ? null : waitSeconds(headers);
  if (seconds === null) return accepted;
  Object.assign(responseHeaders, preferenceApplied(seconds));
  const state = await waitForEnd(services.engine, invoked.id, seconds, request.closed());
  const record = await services.store.records.get(invoked.id);
  if (!record || !state || state.endedAt === null) return accepted;
  return { status: 200, headers: responseHeaders, body: invocationView(state, record) };
}

/**
 * The record of an invocation that the key may see, or the 404: what is another's is not even said to exist. Of a flow
 * that the key is not held to it is the 403.
 */
export async function visibleRecord(
  services: Services,
  request: Pick<ApiRequest, 'params' | 'caller'>,
): Promise<{ ok: true; record: InvocationRecord } | { ok: false; response: ApiResponse }> {
  const id = request.params.id ?? '';
  const record = /^inv_[0-9A-Z]{26}$/.test(id) ? await services.store.records.get(id) : null;
  if (record && maySee(request.caller, record)) {
    const response = outOfScope(request.caller, record.flowId);
    return response ? { ok: false, response } : { ok: true, record };
  }
  return { ok: false, response: notFound('This invocation') };
}

async function show(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const found = await visibleRecord(services, request);
  if (!found.ok) return found.response;
  const { record } = found;
  const seconds = waitSeconds(request.headers);
  const state =
    seconds === null
      ? await services.engine.describe(record.id)
      : await waitForEnd(services.engine, record.id, seconds, request.closed());
  if (!state) return notFound('This invocation');
  const headers = seconds === null ? {} : preferenceApplied(seconds);
  return { status: 200, headers, body: invocationView(state, record) };
}

async function events(services: Services, request: ApiRequest<unknown, EventsQuery>): Promise<ApiResponse> {
  const found = await visibleRecord(services, request);
  if (!found.ok) return found.response;
  const { query } = request;
  const after = query.cursor === undefined ? (query.after ?? 0) : Number(query.cursor);
  const limit = query.limit ?? 1000;
  const state = await services.engine.describe(found.record.id);
  const history = await services.engine.history(found.record.id, after);
  const items = history.slice(0, limit).map((event) => toWire(event, state?.ladder));
  const last = items[items.length - 1];
  return { status: 200, body: { items, nextCursor: history.length > limit && last ? String(last.seq) : null } };
}

/** For the audit: of a run, what cancel and complete change. */
function statusOf({ engine }: Services): RouteAudit['read'] {
  return async ({ id = '' }) => {
    const state = await engine.describe(id);
    return state && { id, status: state.status };
  };
}

function controlRoute(
  services: Services,
  verb: 'cancel' | 'complete',
  wanted: 'cancelled' | 'succeeded',
  summary: string,
): Route {
  return route({
    method: 'POST',
    path: `${ID}/${verb}`,
    summary,
    tag: 'invocations',
    access: EDIT,
    audit: {
      action: `invocation.${verb === 'cancel' ? 'cancelled' : 'completed'}`,
      resource: 'invocation',
      read: statusOf(services),
    },
    body: { type: 'object', additionalProperties: false },
    bodyOptional: true,
    responses: { 200: invocationSchema },
    async handle(request) {
      const found = await visibleRecord(services, request);
      if (!found.ok) return found.response;
      const { record } = found;
      const outcome = await services.engine[verb](record.id);
      const state = await services.engine.describe(record.id);
      if (outcome === 'unknown' || !state) return notFound('This invocation');
      if (outcome === 'already_ended' && state.status !== wanted) {
        return problem(409, `The invocation had already ended: it ${state.status}.`, {
          hint: `GET /v1/invocations/${record.id} shows how it ended.`,
        });
      }
      return { status: 200, body: invocationView(state, record) };
    },
  });
}
