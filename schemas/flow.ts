import type { FromSchema } from 'json-schema-to-ts';
import { ACTIONS, CHANNELS, PROVIDERS, PURPOSES, REASONS, SUCCESS_STATUSES } from './vocabulary';

/** The limits a definition is held to. Sizes in bytes of JSON, times in seconds. */
export const FLOW_LIMITS = {
  definitionBytes: 65_536,
  steps: 10,
  branches: 4,
  providers: 5,
  timeoutSecondsMin: 1,
  timeoutSecondsMax: 604_800,
} as const;

const stepName = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9 _.:-]{0,63}$',
  description: 'Unique across all branches; the step is called by it everywhere.',
} as const;

const timeoutSeconds = {
  type: 'integer',
  minimum: FLOW_LIMITS.timeoutSecondsMin,
  maximum: FLOW_LIMITS.timeoutSecondsMax,
  description: 'Seconds to wait for success, counted from the moment the provider accepted the send.',
} as const;

const providerName = {
  type: 'string',
  pattern: `^(${PROVIDERS.join('|')})(:pac_[A-Za-z0-9_-]{1,64})?$`,
  description:
    `Who carries it, one of ${PROVIDERS.join(', ')}, or one account of it, such as twilio:pac_eu; or a list of them, ` +
    'of which the next takes over where the one before surely did not send. Left out: the sandbox.',
  examples: PROVIDERS,
} as const;

/** One rung: a channel, a template, a timeout, a success criterion. */
export const sendStepSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'channel', 'template', 'timeoutSeconds'],
  properties: {
    name: stepName,
    channel: { type: 'string', enum: CHANNELS },
    provider: {
      if: { type: 'array' },
      // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's own word.
      then: { type: 'array', minItems: 1, maxItems: FLOW_LIMITS.providers, uniqueItems: true, items: providerName },
      else: providerName,
    },
    template: { type: 'string', pattern: '^tpl_[A-Za-z0-9_-]{1,64}$' },
    timeoutSeconds,
    successOn: {
      type: 'string',
      enum: SUCCESS_STATUSES,
      description: 'The weakest status that counts as success (default: delivered). A stronger one satisfies it.',
    },
    onReason: {
      type: 'object',
      additionalProperties: { type: 'string', enum: ACTIONS },
      propertyNames: { type: 'string', enum: REASONS },
      description: 'Overrides the default action of a failure, by its reason.',
    },
    recall: {
      type: 'boolean',
      description: 'Take the message back before the next step is sent, where the provider can.',
    },
  },
} as const;
/** `if/then/else` again: its type is written out. */
export type SendStep = Omit<FromSchema<typeof sendStepSchema>, 'provider'> & { provider?: string | string[] };

/** Several branches at once, each an ordered list of steps of its own. */
export const parallelStepSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'parallel', 'timeoutSeconds'],
  properties: {
    name: stepName,
    parallel: {
      type: 'array',
      minItems: 1,
      maxItems: FLOW_LIMITS.branches,
      items: { type: 'array', minItems: 1, maxItems: FLOW_LIMITS.steps, items: sendStepSchema },
    },
    timeoutSeconds: {
      ...timeoutSeconds,
      description: 'Seconds for all branches together, from the start of the step.',
    },
    require: {
      type: 'string',
      enum: ['any', 'all'],
      description:
        'any (default): the first branch to succeed ends the step and what the others have not sent is not sent.',
    },
  },
} as const;
export type ParallelStep = Omit<FromSchema<typeof parallelStepSchema>, 'parallel'> & { parallel: SendStep[][] };

export const stepSchema = {
  type: 'object',
  if: { type: 'object', required: ['parallel'], properties: { parallel: true } },
  // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's own word.
  then: parallelStepSchema,
  else: sendStepSchema,
} as const;
/** `if/then/else` gives a person one error where `anyOf` gives ten; its type is written out. */
export type Step = SendStep | ParallelStep;

const clock = { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' } as const;

const flowHead = {
  name: { type: 'string', minLength: 1, maxLength: 120 },
  purpose: { type: 'string', enum: PURPOSES },
  variables: { type: 'object', description: 'A JSON Schema (2020-12) for the variables of an invocation.' },
  expiresAfterSeconds: { type: 'integer', minimum: 1, maximum: 2_592_000 },
  budget: {
    type: 'object',
    additionalProperties: false,
    required: ['maxCostMicros', 'currency', 'onExceeded'],
    properties: {
      maxCostMicros: { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 },
      currency: { type: 'string', pattern: '^[A-Z]{3}$' },
      onExceeded: { type: 'string', enum: ['skip_step', 'stop_flow'] },
    },
  },
  requireConsent: { type: 'boolean' },
  quietHours: {
    type: 'object',
    additionalProperties: false,
    required: ['from', 'to'],
    properties: {
      from: clock,
      to: clock,
      timezone: { type: 'string', maxLength: 64, description: '`recipient` (default) or an IANA zone.' },
      purposes: { type: 'array', maxItems: 5, uniqueItems: true, items: { type: 'string', enum: PURPOSES } },
    },
  },
  callbackProfile: { type: 'string', pattern: '^cbp_[A-Za-z0-9_-]{1,64}$' },
} as const;

const flowHeadSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'purpose'],
  properties: flowHead,
} as const;

/** What a wizard builds and `publish` freezes. */
export const flowDefinitionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'purpose', 'steps'],
  properties: {
    ...flowHead,
    steps: { type: 'array', minItems: 1, maxItems: FLOW_LIMITS.steps, items: stepSchema },
  },
} as const;
export type FlowDefinition = FromSchema<typeof flowHeadSchema> & { steps: Step[] };

/** `POST /flows`: the definition, optionally with a workflow ID of one's own. */
export const flowCreateSchema = {
  ...flowDefinitionSchema,
  properties: {
    workflowId: { type: 'string', pattern: '^wf_[A-Za-z0-9_-]{1,64}$' },
    ...flowDefinitionSchema.properties,
  },
} as const;
export type FlowCreate = FlowDefinition & { workflowId?: string };

export function isParallel(step: Step): step is ParallelStep {
  return 'parallel' in step;
}
