import type { FromSchema } from 'json-schema-to-ts';
import { CHANNELS, INVOCATION_STATUSES, MODES, REASONS } from './vocabulary';

const text = { type: 'string', minLength: 1, maxLength: 300 } as const;
const flag = { type: 'string', enum: ['true', 'false'] } as const;
const moment = { type: 'string', format: 'date-time', maxLength: 40 } as const;

/** What runs are searched and exported by, as parameters of a query. */
export const runFiltersSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    flow: { ...text, description: 'A flow ID or a workflow ID.' },
    version: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
    status: { type: 'string', enum: INVOCATION_STATUSES },
    recipient: { ...text, description: 'Phone number, e-mail address or recipient ID.' },
    externalId: text,
    providerMessageId: text,
    reachedStep: { ...text, description: 'The step that reached the person first.' },
    reachedChannel: { type: 'string', enum: CHANNELS, description: 'The channel that reached the person first.' },
    late: { ...flag, description: 'Some message reached the person late.' },
    duplicate: { ...flag, description: 'The person was reached more than once.' },
    reason: { type: 'string', enum: REASONS, description: 'Why it failed.' },
    from: { ...moment, description: 'Created at or after.' },
    to: { ...moment, description: 'Created before.' },
    mode: { type: 'string', enum: MODES, description: 'Default: live; a test key sees test.' },
  },
} as const;
export type RunFilters = FromSchema<typeof runFiltersSchema>;
