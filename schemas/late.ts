import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS, PROVIDERS } from './vocabulary';

const timeOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const micros = { type: 'integer', minimum: 0, description: 'Millionths of the currency.' } as const;

const message = {
  workflowId: { type: 'string' },
  flowVersion: { type: 'integer' },
  step: { type: 'string' },
  channel: { type: 'string', enum: CHANNELS },
  provider: { type: 'string', enum: PROVIDERS },
} as const;

/** A message that reached the person late, or again. Holds no address. */
export const lateItemSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'invocationId',
    'workflowId',
    'flowVersion',
    'step',
    'channel',
    'provider',
    'providerMessageId',
    'attempt',
    'acceptedAt',
    'deadlineAt',
    'receiptAt',
    'receivedAt',
    'late',
    'lateByMs',
    'duplicate',
    'costMicros',
    'costTwiceMicros',
    'currency',
  ],
  properties: {
    invocationId: { type: 'string' },
    ...message,
    providerMessageId: { type: ['string', 'null'] },
    attempt: { type: 'integer', minimum: 1 },
    acceptedAt: timeOrNull,
    deadlineAt: {
      ...timeOrNull,
      description: 'When the step timed out, or would have; null where it was tried again.',
    },
    receiptAt: { ...timeOrNull, description: "When it reached the person, by the provider's own clock." },
    receivedAt: { ...timeOrNull, description: 'When the receipt came.' },
    late: { type: 'boolean', description: 'Its step had been left, or the invocation had ended.' },
    lateByMs: { type: ['integer', 'null'], description: 'From the deadline to the receipt; null where it had none.' },
    duplicate: { type: 'boolean', description: 'The person had been reached by another message before.' },
    costMicros: micros,
    costTwiceMicros: { ...micros, description: 'The cost of a duplicate; else 0.' },
    currency: { type: 'string' },
  },
} as const;

export type LateItem = FromSchema<typeof lateItemSchema>;

/** What came late or twice of one step by one provider, over the whole range. */
export const lateSummarySchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'workflowId',
    'flowVersion',
    'step',
    'channel',
    'provider',
    'late',
    'duplicates',
    'costTwiceMicros',
    'currency',
  ],
  properties: {
    ...message,
    late: { type: 'integer', minimum: 0 },
    duplicates: { type: 'integer', minimum: 0 },
    costTwiceMicros: micros,
    currency: { type: 'string' },
  },
} as const;

export type LateSummary = FromSchema<typeof lateSummarySchema>;

/** The late-receipt ledger, as `GET /analytics/late` answers it. */
export const lateLedgerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['summary', 'items', 'nextCursor'],
  properties: {
    summary: { type: 'array', items: lateSummarySchema, description: 'Of the whole range, whatever the page.' },
    items: { type: 'array', items: lateItemSchema, description: 'Of the newest invocation first.' },
    nextCursor: { type: ['string', 'null'] },
  },
} as const;
