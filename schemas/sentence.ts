/** A sentence of ours as data, beside the same in English. */
export const sentenceProperties = {
  key: {
    type: 'string',
    description: 'Names the sentence, for whoever says it in another language. It stays what it is.',
  },
  values: {
    type: 'object',
    additionalProperties: true,
    description:
      'What stands in it, by names that tell what each is: …Seconds, …Micros, …Share, channel, status, reason, count. A value may be a list, or a sentence itself.',
  },
} as const;

export const sentenceSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['key', 'values'],
  properties: sentenceProperties,
} as const;
