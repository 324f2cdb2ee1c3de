import { diffFlows } from '../core/flow-diff';
import type { FlowDefinition } from '../schemas/flow';
import {
  type DiffQuery,
  diffQuerySchema,
  diffSchema,
  flowSchema,
  flowVersionSchema,
  type Publish,
  publishedSchema,
  publishSchema,
} from '../schemas/flow-requests';
import { listOf } from '../schemas/list';
import type { Flow } from '../store/contract';
import { lintFindings } from './flow-trial';
import { flowTag, flowView, tagMatches, versionView } from './flow-view';
import { FLOW_EDIT, FLOW_VIEW, flowOf, flowState, stale } from './flows';
import { judgeDefinition } from './judge-definition';
import { invalid, notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

export function flowVersionRoutes(services: Services): Route[] {
  return [
    route<Publish>({
      method: 'POST',
      path: '/v1/flows/{id}/publish',
      summary: 'Freeze the draft as the newest version, or bring an older version back',
      tag: 'flows',
      access: FLOW_EDIT,
      audit: { action: 'flow.published', resource: 'flow', read: flowState(services) },
      headers: [
        { name: 'If-Match', description: 'The ETag of the draft that was looked at: 412 when it is not that one.' },
      ],
      body: publishSchema,
      bodyOptional: true,
      responses: { 200: publishedSchema },
      handle: (request) => publish(services, request),
    }),
    route({
      method: 'POST',
      path: '/v1/flows/{id}/unpublish',
      summary: 'Refuse new invocations; running ones finish',
      tag: 'flows',
      access: FLOW_EDIT,
      audit: { action: 'flow.unpublished', resource: 'flow', read: flowState(services) },
      body: { type: 'object', additionalProperties: false },
      bodyOptional: true,
      responses: { 200: flowSchema },
      handle: (request) => unpublish(services, request),
    }),
    route({
      method: 'GET',
      path: '/v1/flows/{id}/versions',
      summary: 'Its published versions, newest first',
      tag: 'flows',
      access: FLOW_VIEW,
      responses: { 200: listOf(flowVersionSchema) },
      handle: (request) => listVersions(services, request),
    }),
    route({
      method: 'GET',
      path: '/v1/flows/{id}/versions/{n}',
      summary: 'One version with its definition',
      tag: 'flows',
      access: FLOW_VIEW,
      responses: { 200: flowVersionSchema },
      handle: (request) => showVersion(services, request),
    }),
    route<unknown, DiffQuery>({
      method: 'GET',
      path: '/v1/flows/{id}/diff',
      summary: 'What differs between two versions, or a version and the draft',
      tag: 'flows',
      access: FLOW_VIEW,
      query: diffQuerySchema,
      responses: { 200: diffSchema },
      handle: (request) => diff(services, request),
    }),
  ];
}

async function publish(services: Services, request: ApiRequest<Publish>): Promise<ApiResponse> {
  const found = await flowOf(services, request);
  if (!found.ok) return found.response;
  const { flow } = found;
  const tag = request.headers['if-match'];
  if (tag !== undefined && !tagMatches(tag, flow)) return stale();
  const rollbackOf = request.body.version ?? null;
  const definition = await definitionAt(services, flow, rollbackOf ?? 'draft');
  if (!definition) return notFound(`Version ${rollbackOf}`);
  const unusable = judgeDefinition(definition);
  if (unusable.length > 0) return invalid(unusable);
  const findings = await lintFindings(services, definition);
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.length > 0) {
    const hint = errors.find((finding) => finding.hint)?.hint ?? 'Mend the draft; POST …/lint shows all findings.';
    return invalid(
      errors.map(({ pointer, message }) => ({ pointer, message })),
      hint,
    );
  }
  const published = await services.store.flows.publish(flow.id, definition, rollbackOf, services.now());
  services.flows.changed();
  const after = await services.store.flows.get(flow.id);
  if (!published || !after) return notFound('This flow');
  const body = { ...flowView(after), version: published.version, findings };
  return { status: 200, headers: flowTag(after), body };
}

async function unpublish(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const found = await flowOf(services, request);
  if (!found.ok) return found.response;
  if (found.flow.latestVersion === 0) {
    return problem(409, 'This flow was never published.', { hint: 'There is nothing to take back.' });
  }
  const flow = await services.store.flows.unpublish(found.flow.id, services.now());
  services.flows.changed();
  return flow ? { status: 200, headers: flowTag(flow), body: flowView(flow) } : notFound('This flow');
}

async function listVersions(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const found = await flowOf(services, request);
  if (!found.ok) return found.response;
  const versions = await services.store.flows.versions(found.flow.id);
  const items = versions.map(versionView).sort((a, b) => b.version - a.version);
  return { status: 200, body: { items, nextCursor: null } };
}

async function showVersion(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const found = await flowOf(services, request);
  if (!found.ok) return found.response;
  const n = request.params.n ?? '';
  const version = /^[1-9]\d{0,8}$/.test(n) ? await services.store.flows.version(found.flow.id, Number(n)) : null;
  if (!version) return notFound('This version', 'GET /v1/flows/{id}/versions lists the versions.');
  return { status: 200, body: { ...versionView(version), definition: version.definition } };
}

async function diff(services: Services, request: ApiRequest<unknown, DiffQuery>): Promise<ApiResponse> {
  const found = await flowOf(services, request);
  if (!found.ok) return found.response;
  const [from, to] = [versionOf(request.query.from), versionOf(request.query.to ?? 'draft')];
  const before = await definitionAt(services, found.flow, from);
  const after = await definitionAt(services, found.flow, to);
  if (!before || !after) return notFound(`Version ${before ? to : from}`);
  return { status: 200, body: { from, to, changes: diffFlows(before, after) } };
}

function versionOf(text: string): number | 'draft' {
  return text === 'draft' ? text : Number(text);
}

async function definitionAt(services: Services, flow: Flow, at: number | 'draft'): Promise<FlowDefinition | null> {
  if (at === 'draft') return flow.draft;
  return (await services.store.flows.version(flow.id, at))?.definition ?? null;
}
