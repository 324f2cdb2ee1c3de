import { CHANNELS, MODES, type Mode, PURPOSES, REASONS } from './vocabulary';

/** What figures may be compared by. */
export const GROUPINGS = ['flow', 'version', 'channel', 'country', 'purpose', 'hour', 'day'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const ANALYTICS_LIMITS = { hourDays: 31, dayDays: 400, groups: 2_500 } as const;

const moment = {
  type: 'string',
  minLength: 10,
  maxLength: 40,
} as const;

export const analyticsQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    flow: {
      type: 'string',
      minLength: 1,
      maxLength: 300,
      description: 'A flow ID or a workflow ID. Left out: all flows.',
    },
    version: { type: 'integer', minimum: 1, maximum: 1_000_000_000, description: 'One version of that flow.' },
    from: {
      ...moment,
      description:
        'RFC 3339, or a date such as 2026-11-21: its beginning in the time zone. Runs that began then or later. Default: the beginning of the day six days before the last one.',
    },
    to: {
      ...moment,
      description: 'RFC 3339: runs that began before; or a date: through the end of it. Default: now.',
    },
    timezone: { type: 'string', minLength: 1, maxLength: 64, description: 'An IANA zone. Default: UTC.' },
    by: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      description: `What to compare by, separated by commas: ${GROUPINGS.join(', ')}. Of hour and day one.`,
    },
    mode: { type: 'string', enum: MODES, description: 'Default: live.' },
  },
} as const;

export interface AnalyticsQuery {
  flow?: string;
  version?: number;
  from?: string;
  to?: string;
  timezone?: string;
  by?: string;
  mode?: Mode;
}

const count = { type: 'integer' } as const;
const micros = { type: 'integer' } as const;
const nullable = (type: string) => ({ type: [type, 'null'] });
const time = { type: 'string', format: 'date-time' } as const;

/** What every answer begins with. */
const asked = {
  flow: { ...nullable('string'), description: 'The flow ID; null: all flows.' },
  workflowId: nullable('string'),
  version: { ...nullable('integer'), description: 'Null: all versions.' },
  mode: { type: 'string', enum: MODES },
  from: { ...time, description: 'As asked for, or earlier: where the counted stretch begins that it falls into.' },
  to: { ...time, description: 'As asked for, or later: where the counted stretch ends.' },
  timezone: { type: 'string' },
} as const;

/** What a group is of: those of the fields that were asked for. */
const groupKey = {
  flow: { type: 'string', description: 'The flow ID.' },
  workflowId: nullable('string'),
  version: { ...nullable('integer'), description: 'Null: refused while no version was published.' },
  channel: { type: ['string', 'null'], enum: [...CHANNELS, null], description: 'Null: a parallel step.' },
  country: { ...nullable('string'), description: 'Of the phone number, ISO 3166-1 alpha-2; null: none.' },
  purpose: { type: ['string', 'null'], enum: [...PURPOSES, null] },
  hour: { ...time, description: 'The beginning of an hour of UTC.' },
  day: { type: 'string', description: 'A date in the time zone.' },
} as const;

const place = {
  step: { type: 'string' },
  channel: { type: ['string', 'null'], enum: [...CHANNELS, null], description: 'Null: a parallel step.' },
} as const;

const latencyMs = {
  type: 'object',
  additionalProperties: false,
  required: ['p50', 'p90', 'p95', 'p99'],
  description: 'From acceptance to delivery, at most 2 % off; null where nothing was delivered.',
  properties: { p50: nullable('number'), p90: nullable('number'), p95: nullable('number'), p99: nullable('number') },
} as const;

/** An answer of that content, and the same for each group. */
function answer<S extends Readonly<Record<string, object>>>(content: S, required: readonly string[]) {
  return {
    type: 'object',
    additionalProperties: false,
    required: [...Object.keys(asked), ...required],
    properties: {
      ...asked,
      ...content,
      groups: {
        type: 'array',
        description: 'Only where the query has `by`.',
        items: {
          type: 'object',
          additionalProperties: false,
          required,
          properties: { ...groupKey, ...content },
        },
      },
    },
  } as const;
}

function rows<S extends Readonly<Record<string, object>>>(properties: S) {
  const item = { type: 'object', additionalProperties: false, required: Object.keys(properties), properties } as const;
  return { type: 'array', items: item } as const;
}

const invocationCounts = {
  type: ['object', 'null'],
  additionalProperties: false,
  description: 'Null in groups by channel: a run may use several.',
  properties: {
    accepted: count,
    rejected: { ...nullable('integer'), description: 'Null in groups by country: nobody read the number.' },
    rejectedByReason: { type: ['object', 'null'], additionalProperties: count },
    succeeded: count,
    failed: count,
    cancelled: count,
    expired: count,
    running: count,
    duplicates: { ...count, description: 'Runs whose recipient was reached more than once.' },
    late: { ...count, description: 'Runs whose recipient was reached, or reached again, by a late message.' },
  },
} as const;

export const funnelSchema = answer(
  {
    invocations: invocationCounts,
    steps: rows({
      ...place,
      currency: { ...nullable('string'), description: 'Of the costs. A step of flows in several has a row for each.' },
      attempted: count,
      accepted: count,
      delivered: { ...count, description: 'In time.' },
      read: count,
      failed: { ...count, description: 'Runs that left the step because of a failure.' },
      timedOut: count,
      skipped: count,
      savedByFallback: count,
      lateDelivered: count,
      duplicates: count,
      costMicros: micros,
      costTwiceMicros: micros,
      latencyMs,
    }),
  },
  ['invocations', 'steps'],
);

export const latencySchema = answer(
  {
    steps: rows({
      ...place,
      timeoutSeconds: { ...nullable('number'), description: 'Of the newest version among those counted.' },
      counted: { ...count, description: 'Deliveries whose time is known, in time or late.' },
      latencyMs,
      histogram: rows({
        fromMs: { type: 'number', description: 'More than this.' },
        toMs: { type: 'number', description: 'And no more than this.' },
        count,
      }),
    }),
  },
  ['steps'],
);

const otherwise = {
  invocations: { ...count, description: 'The runs that are compared.' },
  costMicros: { ...micros, description: 'What they did cost.' },
  otherwiseMicros: { ...micros, description: 'What they would have cost.' },
  savedMicros: { ...micros, description: 'The difference; below 0 where it was dearer.' },
} as const;

export const costSchema = answer(
  {
    currencies: rows({
      currency: nullable('string'),
      invocations: { ...nullable('integer'), description: 'Null in groups by channel.' },
      costMicros: micros,
      costTwiceMicros: { ...micros, description: 'For reaching a recipient who had been reached.' },
      allAtOnce: {
        type: ['object', 'null'],
        additionalProperties: false,
        description: 'Against one send of every step that the recipient has an address for. Null in groups by channel.',
        properties: otherwise,
      },
      smsOnly: {
        type: ['object', 'null'],
        additionalProperties: false,
        description: 'Against the ladder’s first step on sms, xms or lms alone. Null in groups by channel.',
        properties: {
          ...otherwise,
          unknown: { ...count, description: 'Runs without such a step, or without a number.' },
        },
      },
      steps: rows({ ...place, attempted: count, costMicros: micros, costTwiceMicros: micros }),
      countries: {
        type: ['array', 'null'],
        description: 'By the country of the recipient’s phone number. Null in groups.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['country', 'costMicros', 'costTwiceMicros'],
          properties: {
            country: { ...nullable('string'), description: 'ISO 3166-1 alpha-2; null: none.' },
            costMicros: micros,
            costTwiceMicros: micros,
          },
        },
      },
    }),
  },
  ['currencies'],
);

export const failuresSchema = answer(
  {
    steps: rows({
      ...place,
      attempted: count,
      skipped: count,
      reasons: rows({
        reason: { type: 'string', enum: REASONS },
        count,
        share: { ...nullable('number'), description: 'Of what was attempted or skipped; from 0 to 1.' },
      }),
    }),
  },
  ['steps'],
);
