/** Kaleyra's invoke request: `sendN` belongs to step N, from 1. */
const send = {
  type: 'object',
  additionalProperties: false,
  required: ['recipient'],
  properties: {
    recipient: { type: 'string', minLength: 1, maxLength: 4096, description: 'A phone number or an e-mail address.' },
    templateParams: {
      type: 'object',
      maxProperties: 200,
      additionalProperties: { type: ['string', 'number', 'boolean'] },
    },
  },
} as const;

export const kaleyraInvokeSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['input'],
  properties: {
    requestId: { type: 'string', pattern: '^[ -~]{1,255}$', description: 'The idempotency key.' },
    input: {
      type: 'object',
      minProperties: 1,
      maxProperties: 50,
      propertyNames: { type: 'string', pattern: '^send[1-9][0-9]?$' },
      additionalProperties: send,
    },
  },
} as const;

export interface KaleyraInvoke {
  requestId?: string;
  input: Record<string, { recipient: string; templateParams?: Record<string, string | number | boolean> }>;
}

export const kaleyraAnswerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['workflowInvocationId', 'requestId'],
  properties: { workflowInvocationId: { type: 'string' }, requestId: { type: ['string', 'null'] } },
} as const;
