import { STATUS_CODES } from 'node:http';
import { actorSchema, auditEntrySchema } from '../schemas/audit';
import { batchItemSchema, batchResultSchema } from '../schemas/batch';
import { consentSchema, consentWriteSchema } from '../schemas/consent';
import { eventSchema } from '../schemas/event';
import {
  flowCreateSchema,
  flowDefinitionSchema,
  parallelStepSchema,
  sendStepSchema,
  stepSchema,
} from '../schemas/flow';
import {
  findingSchema,
  flowSchema,
  flowVersionSchema,
  lintAnswerSchema,
  lintRequestSchema,
  publishedSchema,
  publishSchema,
  simulatedSchema,
  simulateSchema,
} from '../schemas/flow-requests';
import {
  attemptSchema,
  invocationAcceptedSchema,
  invocationSchema,
  invokeSchema,
  recipientSchema,
  worstCaseSchema,
} from '../schemas/invocation';
import { keyChangeSchema, keyCreatedSchema, keyCreateSchema, keyRotateSchema, keySchema } from '../schemas/key';
import { lateItemSchema, lateSummarySchema } from '../schemas/late';
import { liveSchema } from '../schemas/live';
import {
  invitationAcceptSchema,
  invitationLinkSchema,
  invitationSchema,
  personChangeSchema,
  personCreateSchema,
  personInvitedSchema,
  personSchema,
} from '../schemas/person';
import { priceRowSchema } from '../schemas/price';
import { problemSchema } from '../schemas/problem';
import { accountSchema, accountTrialSchema, accountWriteSchema } from '../schemas/provider-account';
import { receiptSchema } from '../schemas/receipt';
import { sandboxMessageSchema } from '../schemas/sandbox-message';
import { savedViewSchema, savedViewWriteSchema } from '../schemas/saved-view';
import { passwordChangeSchema, sessionSchema, signInSchema } from '../schemas/session';
import { storyCallbackSchema, storyReceiptSchema, storySchema, verdictSchema } from '../schemas/story';
import { suppressionCreateSchema, suppressionSchema } from '../schemas/suppression';
import { contentSchema, templateSchema, templateWriteSchema } from '../schemas/template';
import { type Access, rolesWith } from './access';
import { isJson } from './request-body';
import type { Route } from './route';
import { sessionCookie } from './session-cookie';

/** Constants that stand in the document once, under their names; wherever one is used, a `$ref` leads to it. */
const COMPONENTS: Readonly<Record<string, object>> = {
  Actor: actorSchema,
  Attempt: attemptSchema,
  AuditEntry: auditEntrySchema,
  BatchItem: batchItemSchema,
  BatchResult: batchResultSchema,
  Consent: consentSchema,
  ConsentWrite: consentWriteSchema,
  Event: eventSchema,
  Finding: findingSchema,
  Flow: flowSchema,
  FlowCreate: flowCreateSchema,
  FlowDefinition: flowDefinitionSchema,
  FlowVersion: flowVersionSchema,
  Invitation: invitationSchema,
  InvitationAccept: invitationAcceptSchema,
  InvitationLink: invitationLinkSchema,
  Invocation: invocationSchema,
  InvocationAccepted: invocationAcceptedSchema,
  Invoke: invokeSchema,
  Key: keySchema,
  KeyChange: keyChangeSchema,
  KeyCreate: keyCreateSchema,
  KeyCreated: keyCreatedSchema,
  KeyRotate: keyRotateSchema,
  LateItem: lateItemSchema,
  LateSummary: lateSummarySchema,
  LintAnswer: lintAnswerSchema,
  Live: liveSchema,
  LintRequest: lintRequestSchema,
  ParallelStep: parallelStepSchema,
  PasswordChange: passwordChangeSchema,
  Person: personSchema,
  PersonChange: personChangeSchema,
  PersonCreate: personCreateSchema,
  PersonInvited: personInvitedSchema,
  Price: priceRowSchema,
  Problem: problemSchema,
  ProviderAccount: accountSchema,
  ProviderAccountTrial: accountTrialSchema,
  ProviderAccountWrite: accountWriteSchema,
  Publish: publishSchema,
  Published: publishedSchema,
  Receipt: receiptSchema,
  Recipient: recipientSchema,
  SandboxMessage: sandboxMessageSchema,
  SavedView: savedViewSchema,
  SavedViewWrite: savedViewWriteSchema,
  SendStep: sendStepSchema,
  Session: sessionSchema,
  SignIn: signInSchema,
  Story: storySchema,
  StoryCallback: storyCallbackSchema,
  StoryReceipt: storyReceiptSchema,
  Verdict: verdictSchema,
  Simulate: simulateSchema,
  Simulated: simulatedSchema,
  Step: stepSchema,
  Suppression: suppressionSchema,
  SuppressionCreate: suppressionCreateSchema,
  Template: templateSchema,
  TemplateContent: contentSchema,
  TemplateWrite: templateWriteSchema,
  WorstCase: worstCaseSchema,
};
const NAMES = new Map(Object.entries(COMPONENTS).map(([name, schema]) => [schema, name]));

/** The OpenAPI 3.1 document of a table of routes. */
export function openApi(table: readonly Route[], info: { version: string; publicUrl: string }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of table) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method.toLowerCase()] = operation(route);
  }
  const schemas = Object.entries(COMPONENTS).map(([name, schema]) => [name, inline(schema, schema)]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Onward',
      version: info.version,
      description: 'One message to one person over an ordered list of channels.',
    },
    servers: [{ url: info.publicUrl }],
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'api-key' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie(info.publicUrl).name,
          description: 'Of the console; whatever is no GET has `x-onward-console: 1` besides.',
        },
      },
      responses: {
        Problem: {
          description: 'What is wrong, where, and how to mend it (RFC 9457).',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

function operation(route: Route): object {
  const { access } = route;
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: whoMay(access),
    tags: [route.tag],
    ...(access === 'public' && { security: [] }),
    ...(access === 'person' && { security: [{ session: [] }] }),
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...requestBody(route),
    responses: responses(route),
  };
}

function whoMay(access: Access): string {
  if (access === 'public') return 'No key is needed.';
  if (access === 'person') return 'For people who have signed in, whatever their role.';
  return `For keys and people of the role ${rolesWith(access).join(', ')}.`;
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'v1');
  return [method.toLowerCase(), ...words].join('_');
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route): object[] {
  const { properties = {}, required = [] } = (query ?? {}) as {
    properties?: Record<string, { description?: string }>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(schema.description && { description: schema.description }),
    schema: inline(schema, null),
  }));
}

function headerParameters({ headers = [] }: Route): object[] {
  return headers.map(({ name, description }) => ({ name, in: 'header', description, schema: { type: 'string' } }));
}

function requestBody({ body, bodyOptional, raw }: Route): object {
  if (raw) {
    const types = raw.types.length > 0 ? raw.types : ['*/*'];
    const told = (type: string) => (raw.json && isJson(type) ? { schema: inline(raw.json, null) } : {});
    return { requestBody: { required: true, content: Object.fromEntries(types.map((type) => [type, told(type)])) } };
  }
  if (!body) return {};
  const content = { 'application/json': { schema: inline(body, null) } };
  return { requestBody: { required: !bodyOptional, content } };
}

function responses({ responses: given, produces = [] }: Route): object {
  const described = Object.entries(given).map(([status, schema]) => {
    const content: Record<string, object> = schema ? { 'application/json': { schema: inline(schema, null) } } : {};
    if (Number(status) < 300) for (const type of produces) content[type] = {};
    const description = STATUS_CODES[status] ?? status;
    return [status, Object.keys(content).length > 0 ? { description, content } : { description }];
  });
  return { ...Object.fromEntries(described), default: { $ref: '#/components/responses/Problem' } };
}

/** Copies a schema, with a `$ref` wherever another component's constant stands in it. */
function inline(value: unknown, root: object | null): unknown {
  if (value === null || typeof value !== 'object') return value;
  const name = value === root ? undefined : NAMES.get(value);
  if (name) return { $ref: `#/components/schemas/${name}` };
  if (Array.isArray(value)) return value.map((item) => inline(item, null));
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inline(child, null)]));
}
