import type { FromSchema } from 'json-schema-to-ts';
import { recipientSchema } from './invocation';
import { contentSchema, TEMPLATE_STATUSES, templateWriteSchema } from './template';
import { PROVIDERS } from './vocabulary';

const provider = {
  type: 'string',
  pattern: `^(${PROVIDERS.join('|')})(:pac_[A-Za-z0-9_-]{1,64})?$`,
  description: `One of ${PROVIDERS.join(', ')}, or one account of it, such as twilio:pac_eu.`,
  examples: PROVIDERS,
} as const;

/** Who is to approve it; left out: the first account that approves templates of its channel. */
export const templateSubmitSchema = { type: 'object', additionalProperties: false, properties: { provider } } as const;
export type TemplateSubmit = FromSchema<typeof templateSubmitSchema>;

export const templateStatusSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['status', 'reason'],
  properties: {
    status: { type: 'string', enum: TEMPLATE_STATUSES },
    reason: { type: 'string', pattern: '\\S', maxLength: 500, description: 'Why, for whoever asks later.' },
  },
} as const;
export type TemplateByHand = FromSchema<typeof templateStatusSchema>;

export const templateSyncedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['asked', 'changed', 'failed'],
  properties: {
    asked: { type: 'integer', description: 'Templates that an account was asked about.' },
    changed: { type: 'integer', description: 'Those with another status than before.' },
    failed: { type: 'integer', description: 'Those that nobody could be asked about; they are asked again.' },
  },
} as const;
export type TemplateSynced = FromSchema<typeof templateSyncedSchema>;

const audience = {
  variables: { type: 'object', description: 'Left out: none.' },
  locale: { ...recipientSchema.properties.locale, description: 'Left out: the recipient’s.' },
  recipient: recipientSchema,
  provider: { ...provider, description: `Whose prices count. ${provider.description}` },
} as const;

/** For whom a stored template is looked at. */
export const templatePreviewSchema = { type: 'object', additionalProperties: false, properties: audience } as const;
export type TemplatePreview = FromSchema<typeof templatePreviewSchema>;

/** The same for a content that is not stored yet. */
export const contentPreviewSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['channel', 'content'],
  properties: {
    channel: templateWriteSchema.properties.channel,
    content: contentSchema,
    locales: templateWriteSchema.properties.locales,
    ...audience,
  },
} as const;
export type ContentPreview = FromSchema<typeof contentPreviewSchema>;

export const previewedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['content', 'locale', 'message', 'refused', 'costMicros', 'currency', 'missing'],
  properties: {
    content: contentSchema,
    locale: {
      type: ['string', 'null'],
      description: 'The one of `locales` that was chosen; null: the template’s own.',
    },
    message: {
      type: ['object', 'null'],
      description: 'What a text of sms, lms or xms goes out as.',
      required: ['as', 'encoding', 'parts', 'characters', 'bytes'],
      properties: {
        as: { type: 'string', enum: ['sms', 'lms'] },
        encoding: { type: 'string', enum: ['GSM-7', 'UCS-2', 'EUC-KR'] },
        parts: { type: 'integer', description: 'Each is billed.' },
        characters: { type: 'integer', description: 'As the encoding counts them.' },
        bytes: { type: 'integer' },
      },
    },
    refused: {
      type: ['string', 'null'],
      enum: ['too_long', 'not_encodable', null],
      description: 'Why a send of it would be rejected before the provider is called.',
    },
    costMicros: { type: 'integer', description: 'Of all its parts, in millionths of the currency.' },
    currency: { type: 'string' },
    missing: {
      type: 'array',
      items: { type: 'string' },
      description: 'Variables without a value: their place is empty.',
    },
  },
} as const;
export type Previewed = FromSchema<typeof previewedSchema>;
