import type { FromSchema } from 'json-schema-to-ts';
import { CALLBACK_FORMATS, CALLBACK_TYPES } from './callback';

const time = { type: 'string', format: 'date-time' } as const;
const timeOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const id = { type: 'string', pattern: '^cbp_[A-Za-z0-9_-]{1,64}$' } as const;
const name = { type: 'string', minLength: 1, maxLength: 120 } as const;
const url = {
  type: 'string',
  minLength: 1,
  maxLength: 2048,
  description: 'https or http, without an account in it.',
} as const;
const types = {
  type: ['array', 'null'],
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', enum: CALLBACK_TYPES },
  description: 'What it is told of; null: everything.',
} as const;
const format = {
  type: 'string',
  enum: CALLBACK_FORMATS,
  description: '`kaleyra`: one body, when an invocation has ended.',
} as const;

const hint = {
  type: 'string',
  description: 'Its last four characters where it is long, to tell it from others.',
} as const;

/** `POST /v1/callback-profiles`, and `PUT …/{id}`: what stands sealed may be left out there, and stays. */
export const callbackProfileWriteSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'url'],
  properties: {
    id,
    name,
    url,
    types: { ...types, description: 'Default: null, everything.' },
    format: { ...format, description: 'Default: onward.' },
    headers: {
      type: 'object',
      maxProperties: 20,
      propertyNames: { type: 'string', maxLength: 100, pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
      additionalProperties: { type: 'string', maxLength: 2048 },
      description: 'Sent along. Encrypted at rest, never given back. Left out of a PUT, or as it was shown: it stays.',
    },
    auth: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['type'],
      properties: {
        type: { type: 'string', enum: ['basic', 'bearer'] },
        username: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[^:\\x00-\\x1f\\x7f]+$' },
        password: { type: 'string', maxLength: 1024, pattern: '^[^\\x00-\\x1f\\x7f]*$' },
        token: { type: 'string', minLength: 1, maxLength: 8192, pattern: '^[!-~]+$' },
      },
      description: 'Encrypted at rest, never given back. Null: none. Left out of a PUT: it stays.',
    },
    enabled: { type: 'boolean', description: 'Default: true.' },
  },
} as const;
export type CallbackProfileWrite = FromSchema<typeof callbackProfileWriteSchema>;

const shown = {
  id,
  name,
  url,
  types,
  format,
  headers: { type: 'object', additionalProperties: hint, description: 'By name, of each value a hint.' },
  auth: {
    type: ['object', 'null'],
    additionalProperties: false,
    required: ['type', 'hint'],
    properties: { type: { type: 'string', enum: ['basic', 'bearer'] }, hint },
  },
  enabled: { type: 'boolean' },
  disabledReason: {
    type: ['string', 'null'],
    enum: ['gone', 'failing', 'by_hand', null],
    description: '`gone`: it answered 410; `failing`: for five days nothing got through.',
  },
  failingSince: { ...timeOrNull, description: 'Since the last one that got through.' },
  previousSecretUntil: { ...timeOrNull, description: 'Until then it is signed with the secret before, too.' },
  createdAt: time,
  updatedAt: time,
} as const;

/** A profile as every route answers it: of what is sealed only hints. */
export const callbackProfileSchema = {
  type: 'object',
  additionalProperties: false,
  required: Object.keys(shown) as (keyof typeof shown)[],
  properties: shown,
} as const;
export type CallbackProfileView = FromSchema<typeof callbackProfileSchema>;

const secret = { type: 'string', description: '`whsec_…`, by Standard Webhooks; shown this once.' } as const;

export const madeCallbackProfileSchema = {
  ...callbackProfileSchema,
  required: ['secret', ...callbackProfileSchema.required] as const,
  properties: { ...shown, secret },
} as const;

export const ROTATION_SECONDS = { usual: 86_400, most: 604_800 } as const;

export const rotateSecretSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    overlapSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: ROTATION_SECONDS.most,
      description: 'How long it is signed with the old one too; default: a day. 0: not at all, such as when it leaked.',
    },
  },
} as const;
export type RotateSecret = FromSchema<typeof rotateSecretSchema>;

export const rotatedSecretSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['secret', 'previousUntil'],
  properties: { secret, previousUntil: time },
} as const;

export const callbackTrialSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    type: { type: 'string', enum: CALLBACK_TYPES, description: 'Default: every type that it is told of.' },
  },
} as const;
export type CallbackTrial = FromSchema<typeof callbackTrialSchema>;

export const callbackTriedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['results'],
  properties: {
    results: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['type', 'deliveryId', 'responseCode', 'error', 'durationMs', 'response'],
        properties: {
          type: { type: 'string', enum: CALLBACK_TYPES },
          deliveryId: { type: 'string', description: 'The `webhook-id` that it was sent with.' },
          responseCode: { type: ['integer', 'null'] },
          error: { type: ['string', 'null'], description: 'Null where it got through.' },
          durationMs: { type: 'integer' },
          response: { type: 'string', description: 'The first 1,024 bytes of the answer.' },
        },
      },
    },
  },
} as const;
export type CallbackTried = FromSchema<typeof callbackTriedSchema>;
