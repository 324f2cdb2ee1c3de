import type { FromSchema } from 'json-schema-to-ts';
import { type FlowDefinition, flowDefinitionSchema } from './flow';
import { sentenceProperties, sentenceSchema } from './sentence';
import { CHANNELS, FINAL_STATUSES, INVOCATION_STATUSES, MODES } from './vocabulary';

const time = { type: 'string', format: 'date-time' } as const;
const version = { type: 'integer', minimum: 1, maximum: 1_000_000_000 } as const;
const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const whole = { type: 'integer', minimum: 0 } as const;

const from = { ...time, maxLength: 40, description: 'Runs that were created from then on.' } as const;
const to = {
  ...time,
  maxLength: 40,
  description: 'Runs that were created before then; left out: all until now.',
} as const;
const mode = { type: 'string', enum: MODES, description: 'Default: live.' } as const;

export const adviceQuerySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['flow'],
  properties: {
    flow: { type: 'string', minLength: 1, maxLength: 100, description: 'Its ID or its workflow ID.' },
    version: { ...version, description: 'Whose runs; left out: the published one.' },
    from,
    to,
    mode,
    step: { type: 'string', minLength: 1, maxLength: 64, description: 'Changes of that step alone.' },
  },
} as const;
export type AdviceQuery = FromSchema<typeof adviceQuerySchema>;

export const replaySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    definition: { ...flowDefinitionSchema, description: 'What the runs are played on instead of the draft.' },
    version: { ...version, description: 'Played on that version instead of the draft.' },
    baseline: { ...version, description: 'The version whose runs are played; left out: the published one.' },
    from,
    to,
    mode,
  },
} as const;
export interface ReplayRequest {
  definition?: FlowDefinition;
  version?: number;
  baseline?: number;
  from?: string;
  to?: string;
  mode?: (typeof MODES)[number];
}

/** Times in milliseconds count from the start of a run; shares are of all runs. */
const figures = {
  type: 'object',
  additionalProperties: false,
  required: [
    'runs',
    'reach',
    'reachWithin',
    'duplicates',
    'costMicros',
    'totalCostMicros',
    'totalCostTwiceMicros',
    'currency',
    'timeToReachMs',
    'statuses',
  ],
  properties: {
    runs: whole,
    reach: { ...share, description: 'Share of the runs that reached the person, late or in time.' },
    reachWithin: { ...share, description: 'Share of the runs that reached the person within `withinSeconds`.' },
    duplicates: { ...share, description: 'Share of the runs that reached the person twice.' },
    costMicros: { type: 'number', description: 'The mean of a run.' },
    totalCostMicros: { type: 'integer' },
    totalCostTwiceMicros: { type: 'integer', description: 'Billed for reaching the same person again.' },
    currency: { type: 'string' },
    timeToReachMs: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['p50', 'p95'],
      properties: { p50: { type: 'number' }, p95: { type: 'number' } },
      description: 'Of those who were reached, by the provider’s clock.',
    },
    statuses: {
      type: 'object',
      additionalProperties: false,
      required: FINAL_STATUSES,
      properties: { succeeded: whole, failed: whole, cancelled: whole, expired: whole },
    },
  },
} as const;

const change = {
  type: 'object',
  additionalProperties: false,
  required: ['before', 'after', 'difference', 'interval'],
  properties: {
    before: { type: 'number' },
    after: { type: 'number' },
    difference: { type: 'number' },
    interval: {
      type: 'array',
      minItems: 2,
      maxItems: 2,
      items: { type: 'number' },
      description: 'The difference lies in it with 95 %, as far as chance goes.',
    },
  },
} as const;

const effectProperties = {
  reach: change,
  reachWithin: change,
  duplicates: change,
  costMicros: change,
  p50Ms: change,
  p95Ms: change,
} as const;
const effectRequired = ['reach', 'reachWithin', 'duplicates', 'costMicros', 'p50Ms', 'p95Ms'] as const;

const confidence = {
  type: 'string',
  enum: ['measured', 'estimated', 'too_few'],
  description:
    'measured: of the runs that change, at most 5 % rest on what others did; estimated: more do; too_few: the data cannot tell.',
} as const;

const setting = {
  type: ['integer', 'array'],
  items: { type: 'string' },
  description: 'Seconds of a timeout; else the names of the steps in order.',
} as const;

const suggestion = {
  type: 'object',
  additionalProperties: false,
  required: [
    'kind',
    'step',
    'from',
    'to',
    'effect',
    'runs',
    'estimatedShare',
    'confidence',
    'sentence',
    'key',
    'values',
  ],
  properties: {
    kind: { type: 'string', enum: ['timeout', 'order', 'leave_out'] },
    step: { type: 'string' },
    from: setting,
    to: setting,
    effect: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: effectRequired,
      properties: effectProperties,
      description: 'Null where the data cannot tell.',
    },
    runs: whole,
    estimatedShare: { ...share, description: 'Of the runs, those of which something was drawn from other runs.' },
    confidence,
    sentence: { type: 'string' },
    ...sentenceProperties,
  },
} as const;

const latency = {
  type: 'object',
  additionalProperties: false,
  required: ['step', 'channel', 'timeoutSeconds', 'sent', 'met', 'metLate', 'latencyMs'],
  properties: {
    step: { type: 'string' },
    channel: { type: 'string', enum: CHANNELS },
    timeoutSeconds: { type: 'number' },
    sent: { ...whole, description: 'Runs in which it was sent.' },
    met: { ...whole, description: 'Runs in which its criterion was met, in time or late.' },
    metLate: whole,
    latencyMs: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['p50', 'p75', 'p90', 'p95', 'p99'],
      properties: {
        p50: { type: 'number' },
        p75: { type: 'number' },
        p90: { type: 'number' },
        p95: { type: 'number' },
        p99: { type: 'number' },
      },
      description: 'From acceptance to the receipt that met it, late ones included.',
    },
  },
} as const;

const sampleProperties = {
  flowId: { type: 'string' },
  workflowId: { type: 'string' },
  version: { type: 'integer', description: 'The version whose runs these are.' },
  mode: { type: 'string', enum: MODES },
  runs: { ...whole, description: 'How many it rests on: the newest ended ones, at most 5,000.' },
  leftOut: { ...whole, description: 'Runs that could not be played; `notes` say why.' },
  from: { type: ['string', 'null'], format: 'date-time', description: 'When the oldest of them was created.' },
  to: { type: ['string', 'null'], format: 'date-time', description: 'When the newest of them was created.' },
  withinSeconds: { type: 'number', description: 'The time at which reach is looked at.' },
} as const;
const sampleRequired = [
  'flowId',
  'workflowId',
  'version',
  'mode',
  'runs',
  'leftOut',
  'from',
  'to',
  'withinSeconds',
] as const;

const notes = {
  type: 'array',
  items: { type: 'string' },
  description: 'What the data cannot tell, in sentences.',
} as const;

const noteSentences = {
  type: 'array',
  items: sentenceSchema,
  description: 'The notes as data, in their order.',
} as const;

export const adviceSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    ...sampleRequired,
    'baseline',
    'suggestions',
    'latency',
    'notes',
    'noteSentences',
    'sentence',
    'key',
    'values',
  ],
  properties: {
    ...sampleProperties,
    baseline: figures,
    suggestions: {
      type: 'array',
      items: suggestion,
      description: 'The best first; those that the data cannot tell of (too_few) last.',
    },
    latency: { type: 'array', items: latency },
    notes,
    noteSentences,
    sentence: { type: 'string' },
    ...sentenceProperties,
  },
} as const;

const tallySchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  required: ['sent', 'reached', 'timedOut', 'failed', 'skipped', 'late', 'costMicros'],
  properties: {
    sent: whole,
    reached: { ...whole, description: 'Runs in which it reached the person first.' },
    timedOut: whole,
    failed: whole,
    skipped: whole,
    late: whole,
    costMicros: { type: 'integer' },
  },
  description: 'In runs; null where the ladder has no such step.',
} as const;

const outcome = {
  type: 'object',
  additionalProperties: false,
  required: ['status', 'reachedStep', 'reachedMs', 'endedMs', 'duplicate', 'costMicros', 'costTwiceMicros'],
  properties: {
    status: { type: 'string', enum: INVOCATION_STATUSES },
    reachedStep: { type: ['string', 'null'] },
    reachedMs: { type: ['integer', 'null'] },
    endedMs: { type: 'integer' },
    duplicate: { type: 'boolean' },
    costMicros: { type: 'integer' },
    costTwiceMicros: { type: 'integer' },
  },
} as const;

export const replayedSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    ...sampleRequired,
    'baseline',
    'draft',
    'difference',
    'changed',
    'estimatedShare',
    'confidence',
    'perStep',
    'examples',
    'notes',
    'noteSentences',
    'sentence',
    'key',
    'values',
  ],
  properties: {
    ...sampleProperties,
    baseline: figures,
    draft: figures,
    difference: {
      type: 'object',
      additionalProperties: false,
      required: effectRequired,
      properties: effectProperties,
    },
    changed: { ...whole, description: 'Runs whose outcome is another on the draft.' },
    estimatedShare: share,
    confidence,
    perStep: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['step', 'channel', 'baseline', 'draft'],
        properties: {
          step: { type: 'string' },
          channel: { type: 'string', enum: CHANNELS },
          baseline: tallySchema,
          draft: tallySchema,
        },
      },
    },
    examples: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['invocationId', 'before', 'after', 'estimated'],
        properties: {
          invocationId: { type: 'string' },
          before: outcome,
          after: outcome,
          estimated: { type: 'boolean' },
        },
      },
    },
    notes,
    noteSentences,
    sentence: { type: 'string' },
    ...sentenceProperties,
  },
} as const;
