import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS, PROVIDERS } from './vocabulary';

export const PRICE_LIMITS = { rows: 100_000, bytes: 8 * 1024 * 1024 } as const;

/** What one message, or one part of a text of several parts, costs. */
export const priceRowSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['provider', 'channel', 'country', 'currency', 'costMicros'],
  properties: {
    provider: { type: 'string', enum: PROVIDERS },
    account: {
      type: ['string', 'null'],
      pattern: '^pac_[A-Za-z0-9_-]{1,64}$',
      description: 'One account of it, such as pac_eu; null or left out: every account.',
    },
    channel: { type: 'string', enum: CHANNELS },
    country: {
      type: 'string',
      pattern: '^([A-Z]{2}|[*])$',
      description: 'ISO 3166-1 alpha-2 in capitals, such as IT; * is every country that has no row of its own.',
    },
    currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217, such as EUR.' },
    costMicros: {
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000_000_000,
      description: 'Millionths of the currency, a message or a part.',
    },
  },
} as const;
export type PriceRowWrite = FromSchema<typeof priceRowSchema>;

/** The same with nothing left out. */
export type PriceRow = PriceRowWrite & { account: string | null };

export const pricesWriteSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: { items: { type: 'array', maxItems: PRICE_LIMITS.rows, items: priceRowSchema } },
} as const;

export const pricesWrittenSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['rows', 'total'],
  properties: {
    rows: { type: 'integer', description: 'How many were written.' },
    total: { type: 'integer', description: 'How many the table has now.' },
  },
} as const;

/** Left out: the whole table. */
export const pricesQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: { provider: { type: 'string', enum: PROVIDERS, description: 'Only the rows of that provider.' } },
} as const;
export type PricesQuery = FromSchema<typeof pricesQuerySchema>;
