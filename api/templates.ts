import { isDeepStrictEqual } from 'node:util';
import { isParallel } from '../schemas/flow';
import { listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import { type Template, type TemplateWrite, templateSchema, templateWriteSchema } from '../schemas/template';
import type { TemplateStanding } from '../store/contract';
import { FLOW_EDIT, FLOW_VIEW } from './flows';
import { judgeTemplate, needsApproval } from './judge-template';
import { everyItem, pageOf, pageRequest } from './page';
import { invalid, notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

const PATH = '/v1/templates/{id}';
export const NO_TEMPLATE = 'GET /v1/templates lists the templates.';

/** For the audit. */
export function templateState({ store }: Services): RouteAudit['read'] {
  return ({ id = '' }) => store.templates.get(id);
}

export function templateRoutes(services: Services): Route[] {
  const { store } = services;
  return [
    route<TemplateWrite>({
      method: 'POST',
      path: '/v1/templates',
      summary: 'Make a template',
      tag: 'templates',
      access: FLOW_EDIT,
      audit: { action: 'template.created', resource: 'template', read: templateState(services) },
      body: templateWriteSchema,
      responses: { 201: templateSchema },
      handle: (request) => create(services, request.body),
    }),
    route<unknown, PageQuery>({
      method: 'GET',
      path: '/v1/templates',
      summary: 'All templates, newest first',
      tag: 'templates',
      access: FLOW_VIEW,
      query: pageQuerySchema,
      responses: { 200: listOf(templateSchema) },
      async handle({ query }) {
        return { status: 200, body: pageOf(await store.templates.list(pageRequest(query)), (template) => template) };
      },
    }),
    route({
      method: 'GET',
      path: PATH,
      summary: 'One template',
      tag: 'templates',
      access: FLOW_VIEW,
      responses: { 200: templateSchema },
      async handle({ params }) {
        const template = await store.templates.get(params.id ?? '');
        return template ? { status: 200, body: template } : notFound('This template', NO_TEMPLATE);
      },
    }),
    route<TemplateWrite>({
      method: 'PUT',
      path: PATH,
      summary: 'Replace a template; what is sent from now on has the new content, once it is approved',
      tag: 'templates',
      access: FLOW_EDIT,
      audit: { action: 'template.changed', resource: 'template', read: templateState(services) },
      body: templateWriteSchema,
      responses: { 200: templateSchema },
      handle: (request) => replace(services, request),
    }),
    route({
      method: 'DELETE',
      path: PATH,
      summary: 'Delete a template that no published flow uses',
      tag: 'templates',
      access: FLOW_EDIT,
      audit: { action: 'template.deleted', resource: 'template', read: templateState(services) },
      responses: { 204: null },
      handle: ({ params }) => remove(services, params.id ?? ''),
    }),
  ];
}

async function create(services: Services, body: TemplateWrite): Promise<ApiResponse> {
  const errors = judgeTemplate(body);
  if (errors.length > 0) return invalid(errors);
  const template = await services.store.templates.create(body, statusWhenMade(services, body), services.now());
  if (template === 'id_taken') {
    const error = { pointer: '/id', message: 'Another template has this ID.' };
    return problem(409, error.message, { hint: `Choose another, or replace it: PUT ${PATH}.`, errors: [error] });
  }
  return { status: 201, headers: { location: `/v1/templates/${template.id}` }, body: template };
}

async function replace(services: Services, request: ApiRequest<TemplateWrite>): Promise<ApiResponse> {
  const { body, params } = request;
  const { templates } = services.store;
  const id = params.id ?? '';
  const errors = judgeTemplate(body);
  if (body.id !== undefined && body.id !== id) {
    errors.push({ pointer: '/id', message: 'A template keeps its ID: leave “id” out, or send the one of the path.' });
  }
  if (errors.length > 0) return invalid(errors);
  const before = await templates.get(id);
  // What is pushed again as it was need not be approved again.
  const kept = before && saysTheSame(before, body) ? before : null;
  const status = kept?.status ?? statusWhenMade(services, body);
  const replaced = await templates.replace(id, body, status, services.now());
  if (!replaced) return notFound('This template', NO_TEMPLATE);
  const standing = kept && standingOf(kept);
  const template = standing ? await templates.setStatus(id, standing, services.now()) : replaced;
  return { status: 200, body: template ?? replaced };
}

/**
 * Text templates are approved when made. Those that a provider has to approve begin as drafts; at once approved too
 * while the sandbox alone carries their channel, since there is nobody yet who could refuse one.
 */
function statusWhenMade({ providers }: Services, template: TemplateWrite): Template['status'] {
  const carriers = providers.all().filter(({ adapter }) => adapter.facts.receipts[template.channel] !== undefined);
  const someoneReal = carriers.some(({ provider }) => provider !== 'sandbox');
  return someoneReal && needsApproval(template) ? 'draft' : 'approved';
}

/** Null where there is nothing but a status, as when it was made. */
function standingOf(template: Template): TemplateStanding | null {
  const { status, statusReason, statusByHand = false, providerTemplateId } = template;
  if (statusReason === undefined && providerTemplateId === undefined) return null;
  const reason = statusReason ?? null;
  return { status, statusReason: reason, statusByHand, providerTemplateId: providerTemplateId ?? null };
}

function saysTheSame(before: Template, { channel, content, locales }: TemplateWrite): boolean {
  return isDeepStrictEqual([before.channel, before.content, before.locales ?? {}], [channel, content, locales ?? {}]);
}

async function remove(services: Services, id: string): Promise<ApiResponse> {
  const users = await publishedUsersOf(services, id);
  if (users.length > 0) {
    return problem(409, `Published flows use this template: ${users.join(', ')}.`, {
      hint: 'Publish them with another template, or unpublish them.',
    });
  }
  if (!(await services.store.templates.delete(id))) return notFound('This template', NO_TEMPLATE);
  return { status: 204 };
}

/** Workflow IDs of published flows with a step that names the template. */
async function publishedUsersOf({ store }: Services, template: string): Promise<string[]> {
  const users: string[] = [];
  for await (const { id, workflowId, publishedVersion } of everyItem((page) => store.flows.list(page))) {
    if (publishedVersion === null) continue;
    const version = await store.flows.version(id, publishedVersion);
    const steps = version?.definition.steps.flatMap((step) => (isParallel(step) ? step.parallel.flat() : [step]));
    if (steps?.some((step) => step.template === template)) users.push(workflowId);
  }
  return users;
}
