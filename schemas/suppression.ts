import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS, MODES, REASONS } from './vocabulary';

export const suppressionCreateSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['address'],
  properties: {
    address: {
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description: 'A phone number, an e-mail address, a token.',
    },
    channel: { type: ['string', 'null'], enum: [...CHANNELS, null], description: 'Null or left out: every channel.' },
    reason: { type: 'string', enum: REASONS, description: 'Default: opted_out.' },
    mode: { type: 'string', enum: MODES, description: "Default: the key's own." },
  },
} as const;
export type SuppressionCreate = FromSchema<typeof suppressionCreateSchema>;

export const suppressionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'channel', 'addressHint', 'reason', 'mode', 'createdAt'],
  properties: {
    id: { type: 'string' },
    channel: { type: ['string', 'null'], enum: [...CHANNELS, null] },
    addressHint: { type: 'string', description: 'Enough to recognise it; the address itself is not given back.' },
    reason: { type: 'string', enum: REASONS },
    mode: { type: 'string', enum: MODES },
    createdAt: { type: 'string', format: 'date-time' },
  },
} as const;
