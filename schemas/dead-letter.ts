/** What stands in `onward.receipts.dead`, as JSON: a receipt that could not be taken, and why. */
export interface DeadLetter {
  /** A sentence. */
  cause: string;
  /** Where it came from: topic, partition and position, or what else is known. */
  source: Record<string, unknown>;
  /** When it was given up. */
  at: string;
  /** As it came; of a very long one its beginning. */
  value: string;
  /** How long it was, where `value` is its beginning alone. */
  characters?: number;
}

/** Past that a value is no receipt of anybody's, and its beginning says enough. */
const VALUE_CHARACTERS_MAX = 65_536;

export interface Buried {
  key: string;
  value: string;
  cause: string;
  source: Record<string, unknown>;
}

/** The record of a dead letter, under the key that it came with. @param now milliseconds since 1970 */
export function buried({ key, value, cause, source }: Buried, now: number): { key: string; value: string } {
  const letter: DeadLetter = { cause, source, at: new Date(now).toISOString(), value };
  if (value.length > VALUE_CHARACTERS_MAX) {
    letter.value = value.slice(0, VALUE_CHARACTERS_MAX);
    letter.characters = value.length;
  }
  return { key: key.slice(0, 1_000), value: JSON.stringify(letter) };
}

export const DEAD_LETTER_LIMITS = { usual: 50, most: 200 } as const;

export const deadLettersSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'cause', 'at', 'source', 'value', 'characters', 'redriven'],
        properties: {
          id: { type: 'string', description: 'Where it stands in onward.receipts.dead.' },
          cause: { type: 'string' },
          at: { type: ['string', 'null'], description: 'When it was given up; null where its producer did not say.' },
          source: { type: 'object', additionalProperties: true },
          value: {
            type: ['string', 'null'],
            description:
              'The receipt as it came, of a very long one its beginning; null for whoever sees no addresses.',
          },
          characters: { type: ['integer', 'null'], description: 'How long it was, where it is not whole.' },
          redriven: {
            type: 'boolean',
            description: 'Given another try by itself, by the process that answers; it stands here until all are.',
          },
        },
      },
    },
  },
} as const;

export const redriveSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^\\d{1,10}-\\d{1,16}$', description: 'That one alone; left out: all of them.' },
  },
} as const;
