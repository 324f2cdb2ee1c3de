import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS } from './vocabulary';

/** The content of one template in one language. Variables stand in double braces: `{{code}}`. */
export const contentSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    text: { type: 'string', minLength: 1, maxLength: 16_384 },
    subject: { type: 'string', minLength: 1, maxLength: 998 },
    html: { type: 'string', minLength: 1, maxLength: 262_144 },
    title: { type: 'string', minLength: 1, maxLength: 256 },
  },
} as const;
export type TemplateContent = FromSchema<typeof contentSchema>;

export const templateWriteSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'channel', 'content'],
  properties: {
    id: { type: 'string', pattern: '^tpl_[A-Za-z0-9_-]{1,64}$' },
    name: { type: 'string', minLength: 1, maxLength: 120 },
    channel: { type: 'string', enum: CHANNELS },
    content: contentSchema,
    locales: {
      type: 'object',
      maxProperties: 50,
      additionalProperties: contentSchema,
      propertyNames: { type: 'string', pattern: '^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$' },
    },
  },
} as const;
export type TemplateWrite = FromSchema<typeof templateWriteSchema>;

export const TEMPLATE_STATUSES = ['draft', 'submitted', 'approved', 'rejected', 'paused'] as const;

export const templateSchema = {
  ...templateWriteSchema,
  required: ['id', 'name', 'channel', 'content', 'status', 'createdAt', 'updatedAt'],
  properties: {
    ...templateWriteSchema.properties,
    status: { type: 'string', enum: TEMPLATE_STATUSES },
    statusReason: { type: ['string', 'null'] },
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
} as const;
export type Template = FromSchema<typeof templateSchema>;
