import type { FromSchema } from 'json-schema-to-ts';
import { ATTEMPT_STATUSES, CHANNELS, INVOCATION_STATUSES, MODES, REASONS } from './vocabulary';

const time = { type: 'string', format: 'date-time' } as const;
const timeOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const stringOrNull = { type: ['string', 'null'] } as const;
const micros = { type: 'integer', minimum: 0, description: 'Millionths of the currency.' } as const;

/** Who is to be reached. Addresses stand once, sealed, in the invocation's own record. */
export const recipientSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 128 },
    phone: {
      type: 'string',
      maxLength: 40,
      // A plus and 7 to 15 digits, with spaces, dots, dashes and brackets between them as people like it.
      pattern: '^ *\\+[\\s.()\u2010-\u2015-]*[1-9](?:[\\s.()\u2010-\u2015-]*[0-9]){6,14}[\\s.()\u2010-\u2015-]*$',
      description: 'With its country code, such as +393351234567 or +39 335 123 4567; kept as the first (E.164).',
    },
    email: { type: 'string', format: 'email', maxLength: 254 },
    pushToken: { type: 'string', minLength: 1, maxLength: 4096 },
    messengerId: { type: 'string', minLength: 1, maxLength: 128, description: 'The LINE or Kakao user.' },
    locale: { type: 'string', pattern: '^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$' },
    timezone: { type: 'string', maxLength: 64, description: 'An IANA zone, such as Europe/Rome.' },
  },
} as const;
export type Recipient = FromSchema<typeof recipientSchema>;

/** The body of an invocation. */
export const invokeSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['recipient'],
  properties: {
    recipient: recipientSchema,
    variables: { type: 'object', description: "Checked against the flow's own `variables` schema." },
    externalId: { type: ['string', 'null'], maxLength: 255 },
    metadata: {
      type: ['object', 'null'],
      maxProperties: 50,
      additionalProperties: { type: 'string', maxLength: 500 },
      propertyNames: { type: 'string', maxLength: 64 },
    },
    sendAt: { ...timeOrNull, maxLength: 40, description: 'Hold the first send until then; at most 30 days ahead.' },
    sandbox: {
      type: 'object',
      maxProperties: 50,
      additionalProperties: { type: 'string', maxLength: 500 },
      description: 'A script for each step that goes to the sandbox, by step name.',
    },
  },
} as const;
export type Invoke = FromSchema<typeof invokeSchema>;

export const attemptSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['step', 'attempt', 'channel', 'provider', 'status', 'late'],
  properties: {
    step: { type: 'string' },
    attempt: { type: 'integer', minimum: 0 },
    channel: { type: 'string', enum: CHANNELS },
    provider: { type: 'string' },
    providerMessageId: stringOrNull,
    status: { type: 'string', enum: ATTEMPT_STATUSES },
    reason: { type: ['string', 'null'], enum: [...REASONS, null] },
    code: stringOrNull,
    requestedAt: timeOrNull,
    acceptedAt: timeOrNull,
    deadlineAt: timeOrNull,
    finalAt: timeOrNull,
    latencyMs: { type: ['integer', 'null'], description: 'From acceptance to the receipt that settled it.' },
    costMicros: micros,
    late: { type: 'boolean', description: 'It succeeded after its step was left or the invocation had ended.' },
    uncertain: { type: 'boolean', description: 'The send was never answered: the provider may have it.' },
    duplicate: { type: 'boolean', description: 'The person had been reached by another attempt before.' },
    duplicateRisk: { type: 'boolean', description: 'Sent while an earlier message may still arrive.' },
    why: { type: 'string', description: 'What happened and why, in a sentence.' },
  },
} as const;
export type AttemptView = FromSchema<typeof attemptSchema>;

export const worstCaseSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['costMicros', 'currency', 'seconds'],
  properties: {
    costMicros: micros,
    currency: { type: 'string' },
    seconds: { type: 'integer', minimum: 0 },
  },
} as const;
export type WorstCase = FromSchema<typeof worstCaseSchema>;

export const linksSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['self', 'events', 'stream'],
  properties: { self: { type: 'string' }, events: { type: 'string' }, stream: { type: 'string' } },
} as const;

/** The 202 of an invocation. */
export const invocationAcceptedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'workflowId', 'flowVersion', 'status', 'externalId', 'worstCase', 'links'],
  properties: {
    id: { type: 'string' },
    workflowId: { type: 'string' },
    flowVersion: { type: 'integer' },
    status: { type: 'string', enum: ['running'] },
    externalId: stringOrNull,
    worstCase: worstCaseSchema,
    links: linksSchema,
  },
} as const;
export type InvocationAccepted = FromSchema<typeof invocationAcceptedSchema>;

/** One run, as `GET /invocations/{id}` answers it. */
export const invocationSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'workflowId', 'flowVersion', 'mode', 'status', 'createdAt', 'attempts', 'links'],
  properties: {
    id: { type: 'string' },
    workflowId: { type: 'string' },
    flowVersion: { type: 'integer' },
    mode: { type: 'string', enum: MODES },
    status: { type: 'string', enum: INVOCATION_STATUSES },
    externalId: stringOrNull,
    metadata: { type: ['object', 'null'] },
    createdAt: time,
    endedAt: timeOrNull,
    reachedChannel: { type: ['string', 'null'], enum: [...CHANNELS, null] },
    reachedStep: stringOrNull,
    duplicate: { type: 'boolean', description: 'The person was reached twice.' },
    costMicros: micros,
    costTwiceMicros: { ...micros, description: 'What was billed for reaching the person again, in millionths.' },
    currency: { type: 'string' },
    worstCase: worstCaseSchema,
    attempts: { type: 'array', items: attemptSchema },
    links: linksSchema,
  },
} as const;
export type InvocationView = FromSchema<typeof invocationSchema>;
