import type { FromSchema } from 'json-schema-to-ts';
import { invocationAcceptedSchema, invokeSchema } from './invocation';
import { problemSchema } from './problem';

export const BATCH_LIMITS = { items: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** One line of a batch: an invocation with, optionally, an idempotency key of its own. */
export const batchItemSchema = {
  ...invokeSchema,
  properties: {
    ...invokeSchema.properties,
    idempotencyKey: { type: 'string', pattern: '^[ -~]{1,255}$', description: 'At most 255 printable characters.' },
  },
} as const;
export type BatchItem = FromSchema<typeof batchItemSchema>;

/** What the single route would have answered, with the place of the item in the batch, from 0. */
export const batchResultSchema = {
  type: 'object',
  required: ['index'],
  properties: {
    index: { type: 'integer', minimum: 0 },
    idempotencyReplay: { type: 'boolean' },
    ...problemSchema.properties,
    ...invocationAcceptedSchema.properties,
    status: { type: ['string', 'integer'], description: '“running”, or the status of the problem.' },
  },
} as const;
