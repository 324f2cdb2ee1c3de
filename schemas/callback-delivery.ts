import type { FromSchema } from 'json-schema-to-ts';
import { CALLBACK_TYPES, type CallbackType } from './callback';
import { type PageQuery, pageProperties } from './list';
import { MODES } from './vocabulary';

const time = { type: 'string', format: 'date-time' } as const;
const timeOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const moment = { type: 'string', format: 'date-time', maxLength: 40 } as const;

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;

export const deliveryQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...pageProperties,
    status: { type: 'string', enum: DELIVERY_STATUSES },
    type: { type: 'string', enum: CALLBACK_TYPES },
    invocationId: { type: 'string', minLength: 1, maxLength: 300 },
    from: { ...moment, description: 'Made at or after.' },
    to: { ...moment, description: 'Made before.' },
  },
} as const;
export interface DeliveryListQuery extends PageQuery {
  status?: (typeof DELIVERY_STATUSES)[number];
  type?: CallbackType;
  invocationId?: string;
  from?: string;
  to?: string;
}

const shown = {
  id: { type: 'string', description: 'The `webhook-id` of every attempt.' },
  callbackProfileId: { type: 'string' },
  type: { type: 'string', enum: CALLBACK_TYPES },
  invocationId: { type: ['string', 'null'], description: 'Null where it tells of no invocation.' },
  seq: { type: ['integer', 'null'], description: 'Number of the event that it tells of.' },
  mode: { type: 'string', enum: MODES },
  status: { type: 'string', enum: DELIVERY_STATUSES, description: '`failed`: given up, or its profile is disabled.' },
  tries: { type: 'integer', description: 'Since it was made, or last asked for again.' },
  createdAt: time,
  dueAt: { ...timeOrNull, description: 'Null where none is due, or an earlier one of its invocation has to be first.' },
  settledAt: timeOrNull,
  responseCode: { type: ['integer', 'null'], description: 'Of the newest attempt; null: there was no answer.' },
  error: { type: ['string', 'null'] },
} as const;

export const deliverySchema = {
  type: 'object',
  additionalProperties: false,
  required: Object.keys(shown) as (keyof typeof shown)[],
  properties: shown,
} as const;
export type DeliveryView = FromSchema<typeof deliverySchema>;

/** One delivery with everything that became of it. */
export const wholeDeliverySchema = {
  ...deliverySchema,
  required: [...deliverySchema.required, 'body', 'attempts'] as const,
  properties: {
    ...shown,
    body: { type: 'string', description: 'To the byte as it is sent and signed.' },
    attempts: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['number', 'at', 'durationMs', 'responseCode', 'error', 'response'],
        properties: {
          number: { type: 'integer' },
          at: time,
          durationMs: { type: 'integer' },
          responseCode: { type: ['integer', 'null'], description: 'Null: there was no answer.' },
          error: { type: ['string', 'null'] },
          response: { type: 'string', description: 'The first 1,024 bytes of the answer.' },
        },
      },
    },
  },
} as const;
export type WholeDeliveryView = FromSchema<typeof wholeDeliverySchema>;

export const redeliverSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['since'],
  properties: { since: { ...moment, description: 'Every failed one that was made then or later.' } },
} as const;
export type Redeliver = FromSchema<typeof redeliverSchema>;

export const redeliveredSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['redelivered'],
  properties: { redelivered: { type: 'integer' } },
} as const;
