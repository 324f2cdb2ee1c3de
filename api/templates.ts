import { isParallel } from '../schemas/flow';
import { listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import type { FieldError } from '../schemas/problem';
import { type Template, type TemplateWrite, templateSchema, templateWriteSchema } from '../schemas/template';
import { FLOW_EDIT, FLOW_VIEW } from './flows';
import { everyItem, pageOf, pageRequest } from './page';
import { invalid, notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

/**
 * Text templates are approved when made, and those of whatsapp and rcs at once too while the only account is the
 * sandbox: there is no provider yet who could refuse one.
 */
const STATUS_WHEN_MADE: Template['status'] = 'approved';
const PATH = '/v1/templates/{id}';
const NO_TEMPLATE = 'GET /v1/templates lists the templates.';

export function templateRoutes(services: Services): Route[] {
  const { store } = services;
  return [
    route<TemplateWrite>({
      method: 'POST',
      path: '/v1/templates',
      summary: 'Make a template',
      tag: 'templates',
      access: FLOW_EDIT,
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
      summary: 'Replace a template; what is sent from now on has the new content',
      tag: 'templates',
      access: FLOW_EDIT,
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
      responses: { 204: null },
      handle: ({ params }) => remove(services, params.id ?? ''),
    }),
  ];
}

async function create({ store, now }: Services, body: TemplateWrite): Promise<ApiResponse> {
  const errors = contentErrors(body);
  if (errors.length > 0) return invalid(errors);
  const template = await store.templates.create(body, STATUS_WHEN_MADE, now());
  if (template === 'id_taken') {
    const error = { pointer: '/id', message: 'Another template has this ID.' };
    return problem(409, error.message, { hint: `Choose another, or replace it: PUT ${PATH}.`, errors: [error] });
  }
  return { status: 201, headers: { location: `/v1/templates/${template.id}` }, body: template };
}

async function replace({ store, now }: Services, request: ApiRequest<TemplateWrite>): Promise<ApiResponse> {
  const { body, params } = request;
  const id = params.id ?? '';
  const errors = contentErrors(body);
  if (body.id !== undefined && body.id !== id) {
    errors.push({ pointer: '/id', message: 'A template keeps its ID: leave “id” out, or send the one of the path.' });
  }
  if (errors.length > 0) return invalid(errors);
  const template = await store.templates.replace(id, body, STATUS_WHEN_MADE, now());
  return template ? { status: 200, body: template } : notFound('This template', NO_TEMPLATE);
}

/** What a channel shows needs a text: an e-mail may have HTML instead. */
function contentErrors({ channel, content, locales }: TemplateWrite): FieldError[] {
  if (channel === 'webhook') return [];
  const contents: [string, TemplateWrite['content']][] = [['/content', content]];
  // The schema lets only contents in.
  for (const [locale, other] of Object.entries(locales ?? {})) {
    contents.push([`/locales/${locale}`, other as TemplateWrite['content']]);
  }
  const missing = contents.filter(([, { text, html }]) => !text && !(channel === 'email' && html));
  const what = channel === 'email' ? '“text” or “html”' : '“text”';
  return missing.map(([pointer]) => ({
    pointer: `${pointer}/text`,
    message: `For ${channel} the content needs ${what}.`,
  }));
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
