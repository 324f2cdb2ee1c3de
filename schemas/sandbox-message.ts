import { CHANNELS } from './vocabulary';

/** What the sandbox provider was given to carry. */
export const sandboxMessageSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['invocationId', 'step', 'attempt', 'channel', 'to', 'content', 'providerMessageId', 'receivedAt'],
  properties: {
    invocationId: { type: 'string' },
    step: { type: 'string' },
    attempt: { type: 'integer' },
    channel: { type: 'string', enum: CHANNELS },
    to: { type: 'string' },
    template: { type: 'string' },
    content: {
      type: 'object',
      properties: {
        text: { type: 'string' },
        subject: { type: 'string' },
        html: { type: 'string' },
        title: { type: 'string' },
      },
    },
    providerMessageId: { type: ['string', 'null'] },
    receivedAt: { type: 'string', format: 'date-time' },
  },
} as const;
