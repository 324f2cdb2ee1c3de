import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS, REASONS, RECEIPT_STATUSES } from '../../schemas/vocabulary';

const template = { type: 'string', minLength: 1, maxLength: 16_384 } as const;
const reason = { type: 'string', enum: REASONS } as const;
const codes = {
  type: 'object',
  maxProperties: 1000,
  additionalProperties: reason,
  description: 'The gateway’s codes, each with the reason it stands for. Any other is `unknown`, kept and counted.',
} as const;
const statusList = {
  type: 'array',
  minItems: 1,
  maxItems: 50,
  description: 'HTTP statuses, or whole classes: 202, "2xx".',
  items: {
    anyOf: [
      { type: 'integer', minimum: 100, maximum: 599 },
      { type: 'string', pattern: '^[1-5]xx$' },
    ],
  },
} as const;

const pointer = '^(/([^~]|~[01])*)?$';
const place = {
  description:
    'Where a value stands in an answer: a JSON pointer (RFC 6901) such as "/data/id"; or { "header": name }; or { "regex": pattern } over the body as text, whose first group it is.',
  anyOf: [
    { type: 'string', pattern: pointer, maxLength: 256 },
    {
      type: 'object',
      additionalProperties: false,
      required: ['header'],
      properties: { header: { type: 'string', minLength: 1, maxLength: 128 } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['regex'],
      properties: { regex: { type: 'string', minLength: 1, maxLength: 256 } },
    },
  ],
} as const;
const field = {
  type: 'string',
  minLength: 1,
  maxLength: 256,
  pattern: '^(/([^~]|~[01])*|[^/].*)$',
  description:
    'A JSON pointer into the receipt ("/message/id"), the plain name of one of its fields ("id"), or "query:name" for a parameter of the address that is called.',
} as const;

const condition = {
  type: 'object',
  additionalProperties: false,
  required: ['at', 'equals'],
  description: 'For a gateway that answers 200 whatever happens: what has to stand where.',
  properties: {
    at: place,
    equals: { type: 'array', minItems: 1, maxItems: 50, items: { type: ['string', 'number', 'boolean'] } },
  },
} as const;
const unit = {
  type: 'string',
  enum: ['currency', 'cents', 'micros'],
  description: 'Of the currency that Onward reckons in (EUR): whole ones, hundredths, millionths.',
} as const;
const timeFormat = { type: 'string', enum: ['rfc3339', 'unix', 'unixMs'] } as const;

const statuses = {
  type: 'object',
  minProperties: 1,
  maxProperties: 200,
  description:
    'The gateway’s statuses: each ours, or { "status": ours, "reason": why }, or null where it says nothing that a receipt could say.',
  additionalProperties: {
    anyOf: [
      { type: 'string', enum: RECEIPT_STATUSES },
      { type: 'null' },
      {
        type: 'object',
        additionalProperties: false,
        required: ['status'],
        properties: { status: { type: 'string', enum: RECEIPT_STATUSES }, reason },
      },
    ],
  },
} as const;

export const requestSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  description: 'One HTTP request. Every text in it is a template: {{address}}, {{text}}, {{credentials.apiKey}} …',
  properties: {
    method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'DELETE'], description: 'Default: POST.' },
    url: {
      ...template,
      maxLength: 2048,
      description:
        'http or https, its host written out. What is filled in is percent-encoded. No redirect is followed.',
    },
    headers: { type: 'object', maxProperties: 50, additionalProperties: template },
    basicAuth: {
      type: 'object',
      additionalProperties: false,
      required: ['username', 'password'],
      description: 'Sent as `Authorization: Basic …`.',
      properties: { username: template, password: template },
    },
    body: {
      anyOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['json'],
          properties: {
            json: {
              type: ['object', 'array'],
              description:
                'Filled in string by string, so that nothing needs escaping. { "$number": "{{parts}}" } becomes a number; { "$optional": "{{subject}}" } is left out where it is empty; { "$content": "/rcs/card" } becomes that part of the template’s content.',
            },
          },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['form'],
          properties: {
            form: { type: 'object', minProperties: 1, maxProperties: 200, additionalProperties: template },
          },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['contentType', 'text'],
          properties: {
            contentType: { type: 'string', pattern: '^[\\w.+-]+/[\\w.+-]+(;.*)?$', maxLength: 128 },
            text: { ...template, description: 'What is filled in is escaped as XML, JSON or a form has it.' },
          },
        },
      ],
    },
  },
} as const;

const asked = {
  status: place,
  statuses,
  code: place,
  codes,
  at: {
    type: 'object',
    additionalProperties: false,
    required: ['at', 'format'],
    properties: { at: place, format: timeFormat },
  },
  absent: {
    ...statusList,
    description: 'Statuses that mean that the gateway surely never got the message: it is then sent again. Be sure.',
  },
} as const;

const receiptsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'status', 'statuses'],
  description: 'How the calls to the account’s webhookUrl, or to {{callbackUrl}}, are read.',
  properties: {
    format: { type: 'string', enum: ['json', 'form', 'query'] },
    list: { type: 'string', pattern: pointer, maxLength: 256, description: 'Where an array of receipts stands.' },
    ref: { ...field, description: `${field.description} Default: "query:ref", as {{callbackUrl}} has it.` },
    providerMessageId: field,
    status: field,
    statuses,
    code: field,
    codes,
    at: {
      type: 'object',
      additionalProperties: false,
      required: ['field', 'format'],
      properties: { field, format: timeFormat },
    },
    cost: {
      type: 'object',
      additionalProperties: false,
      required: ['field', 'unit'],
      properties: { field, unit },
    },
    signature: {
      type: 'object',
      additionalProperties: false,
      required: ['header', 'algorithm', 'encoding', 'secret'],
      description: 'Left out: the gateway does not sign, and calls the secret path ({{secretCallbackUrl}}).',
      properties: {
        header: { type: 'string', minLength: 1, maxLength: 128 },
        algorithm: { type: 'string', enum: ['hmac-sha256', 'hmac-sha1', 'hmac-sha512'] },
        encoding: { type: 'string', enum: ['hex', 'base64'] },
        prefix: { type: 'string', maxLength: 32, description: 'What stands before it, such as "sha256=".' },
        signed: { type: 'string', enum: ['body', 'timestamp.body'], description: 'Default: body.' },
        timestampHeader: { type: 'string', minLength: 1, maxLength: 128 },
        toleranceSeconds: { type: 'integer', minimum: 1, maximum: 86_400, description: 'Default: 300.' },
        secret: { type: 'string', minLength: 1, maxLength: 64, description: 'The name of a credential.' },
      },
    },
  },
} as const;

/** An account of `http`: a gateway, described whole. */
export const settingsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['send'],
  properties: {
    channels: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        type: 'array',
        maxItems: RECEIPT_STATUSES.length,
        items: { type: 'string', enum: RECEIPT_STATUSES },
      },
      propertyNames: { type: 'string', enum: CHANNELS },
      description: 'What it carries, and the receipts it can give on each channel. Default: all, on every channel.',
    },
    send: requestSchema,
    answer: {
      type: 'object',
      additionalProperties: false,
      description: 'How its answer to a send is read.',
      properties: {
        accepted: { ...statusList, description: `${statusList.description} Default: ["2xx"].` },
        acceptedWhen: condition,
        messageId: place,
        code: place,
        cost: {
          type: 'object',
          additionalProperties: false,
          required: ['at', 'unit'],
          properties: { at: place, unit },
        },
      },
    },
    codes,
    statusCodes: {
      type: 'object',
      maxProperties: 100,
      additionalProperties: reason,
      propertyNames: { type: 'string', pattern: '^[1-5][0-9]{2}$' },
      description:
        'HTTP statuses that say the message was surely not taken, each with the reason. Left out, a 5xx leaves that open and nothing is sent again.',
    },
    lookup: {
      type: 'object',
      additionalProperties: false,
      required: ['request', 'status', 'statuses'],
      description: 'How it is asked what became of a message, by {{providerMessageId}} or {{ref}}.',
      properties: { request: requestSchema, ...asked },
    },
    recall: {
      type: 'object',
      additionalProperties: false,
      required: ['request'],
      description: 'How a message is taken back.',
      properties: { request: requestSchema, confirmed: statusList, confirmedWhen: condition, code: place },
    },
    test: {
      type: 'object',
      additionalProperties: false,
      required: ['request'],
      description: 'A request that shows that the credentials work and sends nothing.',
      properties: { request: requestSchema, accepted: statusList },
    },
    receipts: receiptsSchema,
    redelivers: {
      type: 'boolean',
      description: 'Whether it repeats a receipt that was not answered 2xx. Default: no.',
    },
    validity: {
      type: 'object',
      additionalProperties: false,
      required: ['min', 'max'],
      description: 'The validity periods it takes, in seconds; {{validitySeconds}} is kept within.',
      properties: {
        min: { type: 'integer', minimum: 0, maximum: 604_800 },
        max: { type: 'integer', minimum: 1, maximum: 5_000_000 },
      },
    },
  },
} as const;

export const credentialsSchema = {
  type: 'object',
  maxProperties: 50,
  propertyNames: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
  additionalProperties: { type: 'string', minLength: 1, maxLength: 16_384 },
  description: 'Whatever the gateway wants, by names of your own: {{credentials.apiKey}}.',
} as const;

export type HttpSettings = FromSchema<typeof settingsSchema>;
export type RequestSettings = FromSchema<typeof requestSchema>;
export type ReceiptSettings = FromSchema<typeof receiptsSchema>;
export type SignatureSettings = NonNullable<ReceiptSettings['signature']>;
export type LookupSettings = NonNullable<HttpSettings['lookup']>;
export type RecallSettings = NonNullable<HttpSettings['recall']>;
export type Place = FromSchema<typeof place>;
export type Condition = FromSchema<typeof condition>;
export type Statuses = FromSchema<typeof statuses>;
export type Codes = FromSchema<typeof codes>;
export type Unit = FromSchema<typeof unit>;
export type TimeFormat = FromSchema<typeof timeFormat>;
export type StatusList = FromSchema<typeof statusList>;
