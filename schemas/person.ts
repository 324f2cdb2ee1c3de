import type { FromSchema } from 'json-schema-to-ts';
import { PERSON_ROLES } from './vocabulary';

export const PASSWORD_LENGTH = { least: 12, most: 256 } as const;

const name = { type: 'string', minLength: 1, maxLength: 120 } as const;
const email = { type: 'string', format: 'email', maxLength: 254 } as const;
const role = { type: 'string', enum: PERSON_ROLES } as const;
const time = { type: 'string', format: 'date-time' } as const;

/** A password that is to be set; any signs, counted as people count them. */
export const newPasswordSchema = {
  type: 'string',
  minLength: PASSWORD_LENGTH.least,
  maxLength: PASSWORD_LENGTH.most,
} as const;

export const personSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'email', 'name', 'role', 'status', 'createdAt', 'lastSeenAt', 'hasPassword'],
  properties: {
    id: { type: 'string' },
    email: { type: 'string', description: 'Of the first owner `owner@localhost`, until it is changed.' },
    name: { type: 'string' },
    role,
    status: { type: 'string', enum: ['invited', 'active', 'disabled'], description: 'Invited: has never signed in.' },
    createdAt: time,
    lastSeenAt: { type: ['string', 'null'], format: 'date-time', description: 'To the minute.' },
    hasPassword: { type: 'boolean' },
  },
} as const;
export type PersonView = FromSchema<typeof personSchema>;

export const personCreateSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['email', 'name', 'role'],
  properties: { email, name, role },
} as const;
export type PersonCreate = FromSchema<typeof personCreateSchema>;

export const personChangeSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    name,
    email,
    role,
    disabled: { type: 'boolean', description: 'Cannot sign in, and what sessions there are end.' },
  },
} as const;
export type PersonChangeRequest = FromSchema<typeof personChangeSchema>;

/** A link by which somebody chooses a password, once. */
export const invitationLinkSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['url', 'expiresAt'],
  properties: { url: { type: 'string', description: 'Shown this once.' }, expiresAt: time },
} as const;

export const personInvitedSchema = {
  ...personSchema,
  required: [...personSchema.required, 'invitation'],
  properties: { ...personSchema.properties, invitation: invitationLinkSchema },
} as const;

/** What the one who follows such a link is shown. */
export const invitationSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'email', 'role', 'expiresAt'],
  properties: { name: { type: 'string' }, email: { type: 'string' }, role, expiresAt: time },
} as const;

export const invitationAcceptSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['password'],
  properties: { name, password: newPasswordSchema },
} as const;
export type InvitationAccept = FromSchema<typeof invitationAcceptSchema>;
