import type { FromSchema } from 'json-schema-to-ts';
import { newPasswordSchema } from './person';
import { LEVELS, PERSON_ROLES, RESOURCES, type Resource } from './vocabulary';

const level = { type: 'string', enum: LEVELS } as const;

/** Who has signed in, what they may, and how one can sign in here. */
export const sessionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['person', 'rights', 'signIn', 'firstStart', 'sandboxOnly'],
  properties: {
    person: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['id', 'name', 'email', 'role'],
      properties: {
        id: { type: 'string' },
        name: { type: 'string' },
        email: { type: 'string' },
        role: { type: 'string', enum: PERSON_ROLES },
      },
      description: 'Null: nobody has signed in.',
    },
    rights: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: RESOURCES,
      properties: Object.fromEntries(RESOURCES.map((name) => [name, level])) as Record<Resource, typeof level>,
      description: 'By resource, as the table of roles has it.',
    },
    signIn: {
      type: 'object',
      additionalProperties: false,
      required: ['password', 'openId'],
      properties: {
        password: { type: 'boolean' },
        openId: {
          type: ['object', 'null'],
          additionalProperties: false,
          required: ['name'],
          properties: { name: { type: 'string', description: 'What people call the provider.' } },
        },
      },
    },
    firstStart: { type: 'boolean', description: 'No invocation was ever made.' },
    sandboxOnly: { type: 'boolean', description: 'There is no account of a provider that reaches people.' },
  },
} as const;
export type SessionView = FromSchema<typeof sessionSchema>;

/** Longer passwords cannot be set, so that they cannot be right; they are not hashed without end. */
const TRIED_MAX = 1024;

export const signInSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['email', 'password'],
  properties: {
    email: { type: 'string', minLength: 1, maxLength: 254 },
    password: { type: 'string', minLength: 1, maxLength: TRIED_MAX },
  },
} as const;
export type SignIn = FromSchema<typeof signInSchema>;

export const passwordChangeSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['password'],
  properties: {
    current: { type: 'string', minLength: 1, maxLength: TRIED_MAX, description: 'Where one is set already.' },
    password: newPasswordSchema,
  },
} as const;
export type PasswordChange = FromSchema<typeof passwordChangeSchema>;
