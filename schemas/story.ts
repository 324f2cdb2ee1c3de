import type { FromSchema } from 'json-schema-to-ts';
import { CALLBACK_TYPES } from './callback';
import { eventSchema } from './event';
import { invocationSchema, recipientSchema } from './invocation';
import { CHANNELS, REASONS, RECEIPT_STATUSES } from './vocabulary';

const time = { type: 'string', format: 'date-time' } as const;
const stringOrNull = { type: ['string', 'null'] } as const;

/**
 * What became of a step. `late`: it reached the person after it was left. `pending`: its turn may still come; `unused`: it
 * will not. `dropped`: it was under way when nobody waited for it any more.
 */
export const STEP_OUTCOMES = [
  'pending',
  'waiting',
  'succeeded',
  'late',
  'failed',
  'timed_out',
  'skipped',
  'dropped',
  'unused',
] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

export const verdictSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['step', 'channel', 'outcome', 'sentence'],
  properties: {
    step: { type: 'string' },
    channel: { type: ['string', 'null'], enum: [...CHANNELS, null], description: 'Null: a parallel step.' },
    outcome: { type: 'string', enum: STEP_OUTCOMES },
    sentence: { type: 'string', description: 'What came of it and why, and what was billed. Times are UTC.' },
  },
} as const;
export type Verdict = FromSchema<typeof verdictSchema>;

/** `recorded`: it became a fact in time. `late`: after its step was left. `ignored`: it told nothing new. */
export const RECEIPT_EFFECTS = ['recorded', 'late', 'ignored'] as const;

export const storyReceiptSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'receivedAt',
    'status',
    'at',
    'step',
    'attempt',
    'provider',
    'providerMessageId',
    'reason',
    'code',
    'effect',
    'raw',
  ],
  properties: {
    receivedAt: { ...time, description: 'When the engine was given it.' },
    status: { type: 'string', enum: RECEIPT_STATUSES },
    at: { type: ['string', 'null'], format: 'date-time', description: "The provider's own time." },
    step: stringOrNull,
    attempt: { type: ['integer', 'null'], minimum: 1 },
    provider: stringOrNull,
    providerMessageId: stringOrNull,
    reason: { type: ['string', 'null'], enum: [...REASONS, null] },
    code: { ...stringOrNull, description: "The provider's own code." },
    effect: { type: 'string', enum: RECEIPT_EFFECTS },
    raw: {
      description: 'The provider’s own body. Null where there was none, and for a key that may see no addresses.',
    },
  },
} as const;
export type StoryReceipt = FromSchema<typeof storyReceiptSchema>;

/** A callback to the customer's system, and every attempt to make it. */
export const storyCallbackSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'profileId', 'type', 'status', 'createdAt', 'attempts'],
  properties: {
    id: { type: 'string', description: 'The `webhook-id` of every attempt.' },
    profileId: { type: 'string' },
    type: { type: 'string', enum: CALLBACK_TYPES },
    status: { type: 'string', enum: ['pending', 'delivered', 'failed'] },
    createdAt: time,
    attempts: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['at', 'responseCode', 'durationMs', 'error'],
        properties: {
          at: time,
          responseCode: { type: ['integer', 'null'], description: 'Null where there was no answer.' },
          durationMs: { type: 'integer', minimum: 0 },
          error: stringOrNull,
        },
      },
    },
  },
} as const;

export type StoryCallback = FromSchema<typeof storyCallbackSchema>;

/** The whole story of one run, as `GET /invocations/{id}/story` answers it. */
export const storySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['invocation', 'recipient', 'summary', 'verdicts', 'events', 'receipts', 'callbacks'],
  properties: {
    invocation: invocationSchema,
    recipient: {
      anyOf: [recipientSchema, { type: 'null' }],
      description: 'Null for whoever may see no addresses.',
    },
    summary: { type: 'string', description: 'The run in one sentence.' },
    verdicts: { type: 'array', items: verdictSchema, description: 'One for each step, in the order of the ladder.' },
    events: { type: 'array', items: eventSchema },
    receipts: { type: 'array', items: storyReceiptSchema, description: 'As they came, oldest first.' },
    callbacks: {
      type: 'array',
      items: storyCallbackSchema,
      description: 'Oldest first; none for a key that may not see callback profiles.',
    },
  },
} as const;
export type Story = FromSchema<typeof storySchema>;
