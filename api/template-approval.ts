import { type OpenAccount, ProviderRefused, WORDS_MAX } from '../providers/contract';
import { type Template, templateSchema } from '../schemas/template';
import {
  type TemplateByHand,
  type TemplateSubmit,
  templateStatusSchema,
  templateSubmitSchema,
  templateSyncedSchema,
} from '../schemas/template-requests';
import { FLOW_EDIT } from './flows';
import { invalid, notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { approversOf, syncTemplates } from './template-sync';
import { NO_TEMPLATE, templateState } from './templates';

/** Who says whether a template may be sent: its provider, or somebody by hand. */
export function templateApprovalRoutes(services: Services): Route[] {
  return [
    route<TemplateSubmit>({
      method: 'POST',
      path: '/v1/templates/{id}/submit',
      summary: 'Ask the provider to approve it',
      tag: 'templates',
      access: FLOW_EDIT,
      audit: { action: 'template.submitted', resource: 'template', read: templateState(services) },
      body: templateSubmitSchema,
      bodyOptional: true,
      responses: { 200: templateSchema },
      handle: (request) => submit(services, request),
    }),
    route<TemplateByHand>({
      method: 'POST',
      path: '/v1/templates/{id}/status',
      summary: 'Set its status by hand, with a reason',
      tag: 'templates',
      access: FLOW_EDIT,
      audit: { action: 'template.status_set', resource: 'template', read: templateState(services) },
      body: templateStatusSchema,
      responses: { 200: templateSchema },
      handle: (request) => setByHand(services, request),
    }),
    route({
      method: 'POST',
      path: '/v1/templates/sync',
      summary: 'Ask the providers now what became of the templates; it is done every 10 minutes by itself',
      tag: 'templates',
      access: FLOW_EDIT,
      audit: { action: 'template.synced', resource: 'template' },
      body: { type: 'object', additionalProperties: false },
      bodyOptional: true,
      responses: { 200: templateSyncedSchema },
      async handle() {
        return { status: 200, body: await syncTemplates(services) };
      },
    }),
  ];
}

async function submit(services: Services, { params, body }: ApiRequest<TemplateSubmit>): Promise<ApiResponse> {
  const { templates } = services.store;
  const template = await templates.get(params.id ?? '');
  if (!template) return notFound('This template', NO_TEMPLATE);
  const account = approversOf(services.providers, template).find((one) => isNamed(one, body.provider));
  const approvals = account?.adapter.approvals;
  if (!account || !approvals) return nobodyApproves(template, body.provider);
  try {
    const { status, reason, providerTemplateId } = await approvals.submit(template);
    const statusReason = reason?.slice(0, WORDS_MAX) ?? null;
    const standing = { status, statusReason, statusByHand: false, providerTemplateId };
    const current = await templates.get(template.id);
    if (current && current.updatedAt !== template.updatedAt) return changedMeanwhile();
    const after = await templates.setStatus(template.id, standing, services.now());
    return after ? { status: 200, body: after } : notFound('This template', NO_TEMPLATE);
  } catch (error) {
    if (error instanceof ProviderRefused) {
      return invalid([{ pointer: '', message: `${account.provider} refuses it: ${error.message}` }]);
    }
    const why = error instanceof Error ? error.name : 'unknown';
    services.logger.warn({ template: template.id, account: account.id, error: why }, 'a template was not submitted');
    return problem(502, `${account.provider} could not be asked to approve it.`, {
      hint: 'Submit it again; POST /v1/templates/sync tells whether it has come all the same.',
    });
  }
}

/** `twilio`, or `twilio:pac_eu` for one of its accounts. */
function isNamed({ provider, id }: OpenAccount, name: string | undefined): boolean {
  return name === undefined || name === provider || name === `${provider}:${id}`;
}

function nobodyApproves({ channel }: Template, provider: string | undefined): ApiResponse {
  const who = provider === undefined ? 'No account here' : `${provider} is not set up here, or`;
  const detail =
    provider === undefined ? `${who} approves templates for ${channel}.` : `${who} approves none for ${channel}.`;
  return problem(409, detail, {
    hint: 'Set up an account of the provider, or set the status by hand: POST /v1/templates/{id}/status.',
  });
}

function changedMeanwhile(): ApiResponse {
  return problem(409, 'The template was written while its provider was asked about the content before.', {
    hint: 'Submit it again.',
  });
}

async function setByHand({ store, now }: Services, { params, body }: ApiRequest<TemplateByHand>): Promise<ApiResponse> {
  const template = await store.templates.get(params.id ?? '');
  if (!template) return notFound('This template', NO_TEMPLATE);
  const standing = {
    status: body.status,
    statusReason: body.reason,
    // Whoever says that it was submitted, at the provider’s own pages maybe, waits for the provider’s word.
    statusByHand: body.status !== 'submitted',
    providerTemplateId: template.providerTemplateId ?? null,
  };
  const after = await store.templates.setStatus(template.id, standing, now());
  return after ? { status: 200, body: after } : notFound('This template', NO_TEMPLATE);
}
