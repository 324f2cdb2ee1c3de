import type { FromSchema } from 'json-schema-to-ts';
import { ACTIONS, EVENT_TYPES, PROVIDERS, REASONS, RECEIPT_STATUSES } from './vocabulary';

const time = { type: 'string', format: 'date-time' } as const;

/** A fact in an invocation's history, as the API and the log write it. Holds no address, variable or message text. */
export const eventSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['seq', 'type', 'at'],
  properties: {
    seq: { type: 'integer', minimum: 1 },
    type: { type: 'string', enum: EVENT_TYPES },
    at: time,
    step: { type: 'string' },
    attempt: { type: 'integer', minimum: 1 },
    provider: { type: 'string', enum: PROVIDERS },
    account: { type: 'string', description: 'The account of the provider, where the step names one.' },
    route: { type: 'integer', minimum: 1, description: 'Which of the step’s providers, from 0; left out: the first.' },
    providerMessageId: { type: 'string' },
    reason: { type: 'string', enum: REASONS },
    action: { type: 'string', enum: ACTIONS },
    code: { type: 'string', description: "The provider's own code." },
    receiptStatus: { type: 'string', enum: RECEIPT_STATUSES },
    receiptAt: { ...time, description: "The provider's own time of the receipt." },
    deadlineAt: { ...time, description: 'When the step times out.' },
    until: { ...time, description: 'Until when the step waits: quiet hours, a retry, a scheduled start, a recall.' },
    expiresAt: time,
    costMicros: { type: 'integer', minimum: 0 },
    costs: {
      type: 'array',
      items: { type: 'integer', minimum: 0 },
      description: 'What one send of each step is reckoned at for this recipient, by the step’s number.',
    },
    country: {
      type: 'string',
      pattern: '^[A-Z]{2}$',
      description: 'The country of the recipient’s phone number, ISO 3166-1 alpha-2.',
    },
    nextStep: { type: 'string' },
    duplicateRisk: { type: 'boolean' },
    timezone: { type: 'string' },
    unaddressable: { type: 'array', items: { type: 'string' }, description: 'Steps the recipient has no address for.' },
    because: { type: 'string', description: 'Why, in a sentence.' },
  },
} as const;
export type WireEvent = FromSchema<typeof eventSchema>;

/** One record of `onward.events`: what one decision added to one invocation, in order. */
export interface EventRecord {
  invocationId: string;
  workflowId: string;
  flowId: string;
  flowVersion: number;
  mode: 'live' | 'test';
  events: WireEvent[];
}
