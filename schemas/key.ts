import type { FromSchema } from 'json-schema-to-ts';
import { MODES, ROLES } from './vocabulary';

export const keyCreateSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'role'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 120 },
    role: { type: 'string', enum: ROLES },
    mode: { type: 'string', enum: MODES, description: 'Default: live.' },
  },
} as const;
export type KeyCreate = FromSchema<typeof keyCreateSchema>;

export const keySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name', 'role', 'mode', 'hint', 'createdAt'],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string', enum: ROLES },
    mode: { type: 'string', enum: MODES },
    hint: { type: 'string', description: 'The last four characters.' },
    createdAt: { type: 'string', format: 'date-time' },
  },
} as const;

export const keyCreatedSchema = {
  ...keySchema,
  required: [...keySchema.required, 'secret'],
  properties: { ...keySchema.properties, secret: { type: 'string', description: 'Shown this once.' } },
} as const;
