import type { FromSchema } from 'json-schema-to-ts';
import { TRACEPARENT_PATTERN } from './traceparent';
import { REASONS, RECEIPT_STATUSES } from './vocabulary';

/**
 * A delivery receipt as any producer may write it, over HTTP or straight into the log. It names its attempt by `ref`
 * (the signed attempt reference), by invocation and step, or by provider and provider message ID alone.
 */
export const receiptSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['status'],
  anyOf: [
    { type: 'object', required: ['ref'], properties: { ref: true } },
    { type: 'object', required: ['invocationId', 'step'], properties: { invocationId: true, step: true } },
    {
      type: 'object',
      required: ['provider', 'providerMessageId'],
      properties: { provider: true, providerMessageId: true },
    },
  ],
  properties: {
    ref: { type: 'string', maxLength: 200 },
    invocationId: { type: 'string', pattern: '^inv_[0-9A-Z]{26}$' },
    step: {
      type: ['string', 'integer'],
      minimum: 0,
      maxLength: 64,
      description: 'The step by its name, or by its number counted depth first from 0.',
    },
    attempt: { type: 'integer', minimum: 1, description: 'Left out: the newest attempt of the step.' },
    provider: { type: 'string', minLength: 1, maxLength: 64 },
    providerMessageId: { type: ['string', 'null'], minLength: 1, maxLength: 200 },
    status: { type: 'string', enum: RECEIPT_STATUSES },
    at: { type: 'string', format: 'date-time', maxLength: 40, description: "The provider's own time. Left out: now." },
    reason: { type: ['string', 'null'], enum: [...REASONS, null] },
    code: { type: ['string', 'null'], maxLength: 64, description: "The provider's own code, kept as it is." },
    costMicros: { type: 'integer', minimum: 0, description: 'What the provider says it billed, in millionths.' },
    traceparent: {
      type: 'string',
      pattern: TRACEPARENT_PATTERN,
      description: 'The trace in which it came, as W3C Trace Context writes it; the run’s own is linked to it.',
    },
    raw: { description: 'The provider’s own body, kept for support.' },
  },
} as const;

export type Receipt = FromSchema<typeof receiptSchema>;

/** A name may be written with escapes, so that any backslash counts as one. */
const MAY_HAVE_RAW = /"raw"|\\/;

/**
 * Whether a receipt, as JSON text, may hold an address, so that it is to be sealed: it does under `raw` alone. All its
 * other fields are names, IDs, codes and times.
 */
export function mayHoldAddress(receipt: string): boolean {
  return MAY_HAVE_RAW.test(receipt);
}

/** `POST /receipts`: one receipt or an array of them. */
export const receiptsBodySchema = {
  if: { type: 'array' },
  // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's own word.
  then: { type: 'array', minItems: 1, maxItems: 1000, items: receiptSchema },
  else: receiptSchema,
} as const;
