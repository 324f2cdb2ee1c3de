import { type FlowCreate, type FlowDefinition, flowCreateSchema, flowDefinitionSchema } from '../schemas/flow';
import { flowSchema } from '../schemas/flow-requests';
import { listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import type { Flow } from '../store/contract';
import { ofEveryFlow, outOfScope } from './flow-scope';
import { flowTag, flowView, tagMatches } from './flow-view';
import { judgeDefinition } from './judge-definition';
import { pageOf, pageRequest } from './page';
import { invalid, notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

export const FLOW_VIEW = { resource: 'flows', level: 'VIEW' } as const;
export const FLOW_EDIT = { resource: 'flows', level: 'EDIT' } as const;

/** The flow that the path names by either of its IDs, or the 404; the 403 where the key is held to others. */
export async function flowOf(
  services: Services,
  { params, caller }: Pick<ApiRequest, 'params' | 'caller'>,
): Promise<{ ok: true; flow: Flow } | { ok: false; response: ApiResponse }> {
  const flow = await services.store.flows.get(params.id ?? '');
  if (!flow) return { ok: false, response: notFound('This flow', 'GET /v1/flows lists the flows.') };
  const refusal = outOfScope(caller, flow.id);
  return refusal ? { ok: false, response: refusal } : { ok: true, flow };
}

/** For the audit. */
export function flowState({ store }: Services): RouteAudit['read'] {
  return async ({ id = '' }) => {
    const flow = await store.flows.get(id);
    return flow && flowView(flow);
  };
}

export function flowRoutes(services: Services): Route[] {
  const { store } = services;
  return [
    route<FlowCreate>({
      method: 'POST',
      path: '/v1/flows',
      summary: 'Make a flow; its definition is the first draft',
      tag: 'flows',
      access: FLOW_EDIT,
      audit: { action: 'flow.created', resource: 'flow', read: flowState(services) },
      body: flowCreateSchema,
      responses: { 201: flowSchema },
      handle: async (request) => ofEveryFlow(request.caller) ?? create(services, request.body),
    }),
    route<unknown, PageQuery>({
      method: 'GET',
      path: '/v1/flows',
      summary: 'All flows, newest first',
      tag: 'flows',
      access: FLOW_VIEW,
      query: pageQuerySchema,
      responses: { 200: listOf(flowSchema) },
      async handle({ query, caller }) {
        if (caller.flows !== null) return { status: 200, body: await flowsOf(services, caller.flows) };
        return { status: 200, body: pageOf(await store.flows.list(pageRequest(query)), flowView) };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/flows/{id}',
      summary: 'One flow with its draft',
      tag: 'flows',
      access: FLOW_VIEW,
      responses: { 200: flowSchema },
      async handle(request) {
        const found = await flowOf(services, request);
        if (!found.ok) return found.response;
        return { status: 200, headers: flowTag(found.flow), body: flowView(found.flow) };
      },
    }),
    route<FlowDefinition>({
      method: 'PUT',
      path: '/v1/flows/{id}/draft',
      summary: 'Write the draft',
      tag: 'flows',
      access: FLOW_EDIT,
      audit: { action: 'flow.draft_saved', resource: 'flow', read: flowState(services) },
      body: flowDefinitionSchema,
      headers: [{ name: 'If-Match', description: 'The ETag of the draft that was read: 428 without, 412 when stale.' }],
      responses: { 200: flowSchema },
      handle: (request) => saveDraft(services, request),
    }),
  ];
}

/** Those that a key is held to are few: they make one page. */
async function flowsOf({ store }: Services, ids: readonly string[]) {
  const found = await Promise.all(ids.map((id) => store.flows.get(id)));
  const flows = found.filter((flow) => flow !== null).sort((a, b) => b.createdAt - a.createdAt);
  return { items: flows.map(flowView), nextCursor: null };
}

async function create({ store, now }: Services, body: FlowCreate): Promise<ApiResponse> {
  const { workflowId, ...definition } = body;
  const errors = judgeDefinition(definition);
  if (errors.length > 0) return invalid(errors);
  const flow = await store.flows.create(definition, workflowId ?? null, now());
  if (flow === 'name_taken') return nameTaken();
  if (flow === 'workflow_id_taken') {
    const error = { pointer: '/workflowId', message: 'Another flow has this workflow ID.' };
    const hint = 'Choose another, or write the draft of the flow that has it: PUT /v1/flows/{id}/draft.';
    return problem(409, error.message, { hint, errors: [error] });
  }
  return { status: 201, headers: { location: `/v1/flows/${flow.id}`, ...flowTag(flow) }, body: flowView(flow) };
}

function nameTaken(): ApiResponse {
  const error = { pointer: '/name', message: 'Another flow has this name.' };
  return problem(409, error.message, { hint: 'Names are unique: choose another.', errors: [error] });
}

async function saveDraft(services: Services, request: ApiRequest<FlowDefinition>): Promise<ApiResponse> {
  const found = await flowOf(services, request);
  if (!found.ok) return found.response;
  const { flow } = found;
  const tag = request.headers['if-match'];
  if (tag === undefined) {
    const hint = 'Read the flow, and send its ETag as If-Match: then nobody’s change is lost.';
    return problem(428, 'The header If-Match is missing.', { hint });
  }
  if (!tagMatches(tag, flow)) return stale();
  const errors = judgeDefinition(request.body);
  if (errors.length > 0) return invalid(errors);
  const saved = await services.store.flows.saveDraft(flow.id, request.body, flow.draftRevision, services.now());
  if (saved === 'stale') return stale();
  if (saved === 'name_taken') return nameTaken();
  if (saved === null) return notFound('This flow');
  return { status: 200, headers: flowTag(saved), body: flowView(saved) };
}

/** Whoever read the draft has not seen what it is now. */
export function stale(): ApiResponse {
  return problem(412, 'The draft was changed after you had read it.', {
    hint: 'Read the flow again, bring in the change, and send the new ETag.',
  });
}
