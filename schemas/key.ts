import type { FromSchema } from 'json-schema-to-ts';
import { actorSchema } from './audit';
import { MODES, ROLES } from './vocabulary';

/** A name at most; a flow's two IDs are one. */
export const KEY_LIMITS = { flows: 100, overlapSeconds: 2_592_000, usualOverlapSeconds: 86_400 } as const;

const name = { type: 'string', minLength: 1, maxLength: 120 } as const;
const expiresAt = { type: ['string', 'null'], format: 'date-time', maxLength: 40 } as const;

export const keyCreateSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'role'],
  properties: {
    name,
    role: { type: 'string', enum: ROLES },
    mode: { type: 'string', enum: MODES, description: 'Default: live.' },
    flows: {
      type: ['array', 'null'],
      minItems: 1,
      maxItems: KEY_LIMITS.flows,
      items: { type: 'string', minLength: 1, maxLength: 128 },
      description: 'The flows that it is held to, by flow or workflow ID; null or left out: all.',
    },
    expiresAt: { ...expiresAt, description: 'It works until then; null or left out: for good.' },
  },
} as const;
export type KeyCreate = FromSchema<typeof keyCreateSchema>;

export const keyChangeSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { name, expiresAt: { ...expiresAt, description: 'Null: it works for good; left out: it stays.' } },
} as const;
export type KeyChange = FromSchema<typeof keyChangeSchema>;

export const keyRotateSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    overlapSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: KEY_LIMITS.overlapSeconds,
      description: 'For how long the old secret works; default 86,400.',
    },
  },
} as const;
export type KeyRotate = FromSchema<typeof keyRotateSchema>;

const timeOrNull = { type: ['string', 'null'], format: 'date-time' } as const;

export const keySchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    ...['id', 'name', 'role', 'mode', 'flows', 'hint', 'createdAt'],
    ...['expiresAt', 'lastUsedAt', 'overlap', 'createdBy'],
  ],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string', enum: ROLES },
    mode: { type: 'string', enum: MODES },
    flows: { type: ['array', 'null'], items: { type: 'string' }, description: 'Flow IDs; null: all.' },
    hint: { type: 'string', description: 'The last four characters.' },
    createdAt: { type: 'string', format: 'date-time' },
    expiresAt: timeOrNull,
    lastUsedAt: { ...timeOrNull, description: 'To the minute.' },
    overlap: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['hint', 'endsAt'],
      properties: { hint: { type: 'string' }, endsAt: { type: 'string', format: 'date-time' } },
      description: 'The secret before the last rotation, while it works.',
    },
    createdBy: {
      ...actorSchema,
      type: ['object', 'null'],
      description: 'Null: made at the start, or before this was recorded.',
    },
  },
} as const;

export const keyCreatedSchema = {
  ...keySchema,
  required: [...keySchema.required, 'secret'],
  properties: { ...keySchema.properties, secret: { type: 'string', description: 'Shown this once.' } },
} as const;
