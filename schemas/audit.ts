import type { FromSchema } from 'json-schema-to-ts';
import { pageProperties } from './list';

const text = { type: 'string', minLength: 1, maxLength: 200 } as const;
const moment = { type: 'string', format: 'date-time', maxLength: 40 } as const;
const state = {
  type: ['object', 'array', 'null'],
  description: 'As the API shows it; addresses are masked. Null: it was not there, or is not told.',
} as const;

export const ACTOR_KINDS = ['key', 'person', 'nobody'] as const;

export const actorSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'id', 'name'],
  properties: {
    kind: { type: 'string', enum: ACTOR_KINDS },
    id: { type: 'string' },
    name: { type: 'string' },
  },
} as const;

export const auditQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...pageProperties,
    who: { ...text, description: 'The ID of a key or a person.' },
    action: { ...text, description: 'Such as `flow.published`, or `flow` for all of them.' },
    resource: { ...text, description: 'The ID of a thing, or a kind such as `flow`.' },
    from: { ...moment, description: 'At or after.' },
    to: { ...moment, description: 'Before.' },
  },
} as const;
export type AuditListQuery = FromSchema<typeof auditQuerySchema>;

/** One change of what is set up, or the attempt. */
export const auditEntrySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'at', 'by', 'action', 'resource', 'before', 'after', 'outcome', 'status', 'requestId'],
  properties: {
    id: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    by: actorSchema,
    action: { type: 'string' },
    resource: {
      type: 'object',
      additionalProperties: false,
      required: ['kind', 'id'],
      properties: { kind: { type: 'string' }, id: { type: ['string', 'null'] } },
    },
    before: state,
    after: state,
    outcome: {
      type: ['string', 'null'],
      enum: ['done', 'refused', 'failed', null],
      description: 'Null: it was begun, and the process ended before it was known what came of it.',
    },
    status: { type: ['integer', 'null'], description: 'HTTP status of the answer.' },
    requestId: { type: 'string' },
  },
} as const;
