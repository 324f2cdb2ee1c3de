import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS, MODES, PURPOSES } from './vocabulary';

export const consentWriteSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['recipientId', 'purpose', 'granted'],
  properties: {
    recipientId: { type: 'string', minLength: 1, maxLength: 128 },
    purpose: { type: 'string', enum: PURPOSES },
    channel: { type: ['string', 'null'], enum: [...CHANNELS, null], description: 'Null or left out: every channel.' },
    granted: { type: 'boolean' },
    mode: { type: 'string', enum: MODES, description: 'Default: that of the key; of people live.' },
  },
} as const;
export type ConsentWrite = FromSchema<typeof consentWriteSchema>;

export const consentSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['recipientId', 'purpose', 'channel', 'granted', 'updatedAt'],
  properties: {
    recipientId: { type: 'string' },
    purpose: { type: 'string' },
    channel: { type: ['string', 'null'], enum: [...CHANNELS, null] },
    granted: { type: 'boolean' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
} as const;
