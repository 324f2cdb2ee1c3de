/** A page of a list: newest first, `nextCursor` null on the last page. */
export function listOf<S extends object>(item: S) {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['items', 'nextCursor'],
    properties: { items: { type: 'array', items: item }, nextCursor: { type: ['string', 'null'] } },
  } as const;
}

export const LIST_LIMITS = { most: 200, usual: 50 } as const;

/** The query of every list. */
export const pageProperties = {
  limit: { type: 'integer', minimum: 1, maximum: LIST_LIMITS.most, description: 'Items a page; default 50.' },
  cursor: { type: 'string', minLength: 1, maxLength: 500, description: 'The `nextCursor` of the page before.' },
} as const;

export const pageQuerySchema = { type: 'object', additionalProperties: false, properties: pageProperties } as const;
export interface PageQuery {
  limit?: number;
  cursor?: string;
}
