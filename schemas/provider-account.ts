import type { FromSchema } from 'json-schema-to-ts';
import { PROVIDERS } from './vocabulary';

const perSecond = {
  type: ['number', 'null'],
  exclusiveMinimum: 0,
  maximum: 100_000,
  description: 'Sends a second at most; null: no limit.',
} as const;

/** `POST /v1/provider-accounts`. What `settings` and `credentials` hold is the provider’s own. */
export const accountWriteSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'provider'],
  properties: {
    id: { type: 'string', pattern: '^pac_[A-Za-z0-9_-]{1,64}$' },
    name: { type: 'string', minLength: 1, maxLength: 120 },
    provider: { type: 'string', enum: PROVIDERS },
    isDefault: { type: 'boolean', description: 'The one that a step means that names the provider alone.' },
    enabled: { type: 'boolean', description: 'Default: true.' },
    perSecond,
    settings: { type: 'object', description: 'Senders, addresses of interfaces, and what else is no secret.' },
    credentials: {
      type: 'object',
      additionalProperties: { type: 'string', maxLength: 16_384 },
      description: 'Encrypted at rest, never given back. Left out of a PUT: they stay.',
    },
  },
} as const;
export type AccountWrite = FromSchema<typeof accountWriteSchema>;

/** An account as every route answers it: of its credentials only which there are. */
export const accountSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'id',
    'name',
    'provider',
    'isDefault',
    'enabled',
    'perSecond',
    'settings',
    'credentials',
    'source',
    'webhookUrl',
    'createdAt',
    'updatedAt',
  ],
  properties: {
    ...accountWriteSchema.properties,
    credentials: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'By name, only that they are set.',
    },
    source: { type: 'string', enum: ['api', 'environment'], description: 'Where it is changed.' },
    webhookUrl: { type: ['string', 'null'], description: 'What the provider calls, for its own settings.' },
    createdAt: { type: ['string', 'null'], format: 'date-time' },
    updatedAt: { type: ['string', 'null'], format: 'date-time' },
  },
} as const;
export type AccountView = FromSchema<typeof accountSchema>;

export const accountTrialSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['ok', 'detail'],
  properties: { ok: { type: 'boolean' }, code: { type: ['string', 'null'] }, detail: { type: 'string' } },
} as const;

/** The JSON Schema of an object with fields, of which a form for them can be made; it may say more. */
const fieldsSchema = {
  type: 'object',
  properties: {
    properties: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        properties: {
          type: { type: 'string' },
          enum: { type: 'array', items: { type: 'string' } },
          description: { type: 'string' },
          minimum: { type: 'number' },
          maximum: { type: 'number' },
        },
      },
    },
    required: { type: 'array', items: { type: 'string' } },
    additionalProperties: { description: 'Whether there may be fields of other names, as a gateway’s credentials.' },
  },
} as const;

/** A provider that has accounts. */
export const providerKindSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['provider', 'settings', 'credentials'],
  properties: {
    provider: accountWriteSchema.properties.provider,
    settings: { ...fieldsSchema, description: 'JSON Schema of what an account’s `settings` hold.' },
    credentials: { ...fieldsSchema, description: 'JSON Schema of what its `credentials` hold.' },
  },
} as const;
export type ProviderKindView = FromSchema<typeof providerKindSchema>;

export const accountFlowsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['workflowIds'],
  properties: { workflowIds: { type: 'array', items: { type: 'string' } } },
} as const;
