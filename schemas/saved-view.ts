import type { FromSchema } from 'json-schema-to-ts';

const PAGES = ['runs', 'analytics'] as const;

export const savedViewWriteSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'page', 'search'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 120 },
    page: { type: 'string', enum: PAGES },
    search: {
      type: 'string',
      pattern: '^(\\?.*)?$',
      maxLength: 2000,
      description: 'The query of the page’s URL, such as `?flow=wf_otp`.',
    },
    shared: { type: 'boolean', description: 'Shown to everybody; default false.' },
  },
} as const;
export type SavedViewWrite = FromSchema<typeof savedViewWriteSchema>;

/** A page of the console with its filters. */
export const savedViewSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name', 'page', 'search', 'shared', 'ownerId', 'createdAt'],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    page: { type: 'string', enum: PAGES },
    search: { type: 'string' },
    shared: { type: 'boolean' },
    ownerId: { type: 'string' },
    createdAt: { type: 'string', format: 'date-time' },
  },
} as const;
