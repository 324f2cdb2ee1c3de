import type { FromSchema } from 'json-schema-to-ts';

/** RFC 9457 problem details, with what is wrong where and a hint how to mend it. */
export const problemSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    hint: { type: 'string', description: 'How to mend it.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['pointer', 'message'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901, into the request body.' },
          message: { type: 'string' },
        },
      },
    },
  },
} as const;
export type Problem = FromSchema<typeof problemSchema>;
export type FieldError = NonNullable<Problem['errors']>[number];
