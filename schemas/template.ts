import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS } from './vocabulary';

const short = { type: 'string', minLength: 1, maxLength: 256 } as const;
const link = { type: 'string', minLength: 1, maxLength: 2048 } as const;
const filled = { type: 'string', maxLength: 4096 } as const;
/** JSON of the provider's own, in whose texts variables stand. */
const pieces = { type: 'array', minItems: 1, maxItems: 20, items: { type: 'object' } } as const;

/** The content of one template in one language. Variables stand in double braces, in any text: `{{code}}`. */
export const contentSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    text: { type: 'string', minLength: 1, maxLength: 16_384 },
    subject: { type: 'string', minLength: 1, maxLength: 998 },
    html: { type: 'string', minLength: 1, maxLength: 262_144 },
    title: { type: 'string', minLength: 1, maxLength: 256 },
    whatsapp: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'language'],
      description: 'A template that Meta approved, with the parameters of its components as the Graph API has them.',
      properties: {
        name: { type: 'string', pattern: '^[a-z0-9_]{1,512}$' },
        language: { type: 'string', pattern: '^[a-z]{2,3}(_[A-Za-z]{2,4})?$' },
        category: { type: 'string', enum: ['AUTHENTICATION', 'MARKETING', 'UTILITY'] },
        ttlSeconds: {
          type: 'integer',
          minimum: 30,
          maximum: 2_592_000,
          description: 'How long Meta tries to deliver.',
        },
        components: pieces,
      },
    },
    twilio: {
      type: 'object',
      additionalProperties: false,
      required: ['contentSid'],
      description: 'A template of Twilio’s Content API, for WhatsApp and RCS.',
      properties: {
        contentSid: { type: 'string', pattern: '^HX[0-9a-f]{32}$' },
        variables: { type: 'object', maxProperties: 100, additionalProperties: filled },
      },
    },
    push: {
      type: 'object',
      additionalProperties: false,
      description: 'Beside title and text.',
      properties: {
        image: link,
        link,
        data: { type: 'object', maxProperties: 50, additionalProperties: filled },
      },
    },
    rcs: {
      type: 'object',
      additionalProperties: false,
      required: ['card'],
      properties: {
        card: {
          type: 'object',
          additionalProperties: false,
          properties: {
            title: short,
            description: { type: 'string', minLength: 1, maxLength: 2000 },
            mediaUrl: link,
            suggestions: {
              type: 'array',
              maxItems: 4,
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['type', 'text'],
                properties: {
                  type: { type: 'string', enum: ['reply', 'open_url', 'dial'] },
                  text: { type: 'string', minLength: 1, maxLength: 25 },
                  value: link,
                },
              },
            },
          },
        },
      },
    },
    line: {
      type: 'object',
      additionalProperties: false,
      required: ['messages'],
      description: 'Message objects of the LINE Messaging API.',
      properties: { messages: { type: 'array', minItems: 1, maxItems: 5, items: { type: 'object' } } },
    },
    kakao: {
      type: 'object',
      additionalProperties: false,
      required: ['pfId', 'templateId'],
      description: 'An AlimTalk template that Kakao approved.',
      properties: {
        pfId: short,
        templateId: short,
        variables: { type: 'object', maxProperties: 100, additionalProperties: filled },
      },
    },
  },
} as const;
export type TemplateContent = FromSchema<typeof contentSchema>;

/** A content with its variables filled in, ready to be carried. */
export interface RenderedContent extends TemplateContent {
  /** What an `sms`, `lms` or `xms` text goes out as. */
  message?: MessageForm;
}

/** How a text is carried and billed. */
export interface MessageForm {
  as: 'sms' | 'lms';
  /** What the text has to be written in. */
  encoding: 'GSM-7' | 'UCS-2' | 'EUC-KR';
  /** Each is billed. */
  parts: number;
}

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
    statusByHand: { type: 'boolean', description: 'Somebody set it: what the provider says does not change it.' },
    providerTemplateId: { type: ['string', 'null'], description: 'The provider’s own name of it.' },
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
} as const;
export type Template = FromSchema<typeof templateSchema>;
