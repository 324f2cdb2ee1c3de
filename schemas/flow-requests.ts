import type { FromSchema } from 'json-schema-to-ts';
import { eventSchema } from './event';
import { type FlowDefinition, flowDefinitionSchema } from './flow';
import { attemptSchema, recipientSchema, worstCaseSchema } from './invocation';
import { sentenceProperties } from './sentence';
import { CHANNELS, INVOCATION_STATUSES } from './vocabulary';

const time = { type: 'string', format: 'date-time' } as const;
const version = { type: 'integer', minimum: 1, maximum: 1_000_000_000 } as const;

/** A flow, as every flow route answers it. */
export const flowSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'workflowId', 'name', 'draft', 'publishedVersion', 'latestVersion', 'createdAt', 'updatedAt'],
  properties: {
    id: { type: 'string' },
    workflowId: { type: 'string' },
    name: { type: 'string' },
    draft: flowDefinitionSchema,
    publishedVersion: { type: ['integer', 'null'], description: 'Null before the first publish and after unpublish.' },
    latestVersion: { type: 'integer', description: '0 before the first publish.' },
    createdAt: time,
    updatedAt: time,
  },
} as const;

export const flowVersionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['flowId', 'workflowId', 'version', 'publishedAt', 'rollbackOf'],
  properties: {
    flowId: { type: 'string' },
    workflowId: { type: 'string' },
    version: { type: 'integer' },
    definition: flowDefinitionSchema,
    publishedAt: time,
    rollbackOf: { type: ['integer', 'null'], description: 'The version whose definition this one brought back.' },
  },
} as const;

export const publishSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { version: { ...version, description: 'Publish that version again; left out: the draft.' } },
} as const;
export type Publish = FromSchema<typeof publishSchema>;

export const findingSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['level', 'rule', 'pointer', 'message', 'key', 'values'],
  properties: {
    level: { type: 'string', enum: ['error', 'warning'] },
    rule: { type: 'string' },
    pointer: { type: 'string', description: 'RFC 6901, into the definition.' },
    message: { type: 'string' },
    hint: { type: 'string' },
    key: {
      ...sentenceProperties.key,
      description: 'Of the message; the hint’s is the same with “.hint”. It begins with the rule.',
    },
    values: sentenceProperties.values,
  },
} as const;

/** `publish` answers the flow, the version it made, and what lint still warns of. */
export const publishedSchema = {
  ...flowSchema,
  required: [...flowSchema.required, 'version', 'findings'],
  properties: {
    ...flowSchema.properties,
    version: { type: 'integer' },
    findings: { type: 'array', items: findingSchema },
  },
} as const;

/** Lint and simulate take the draft, a published version, or a definition that is not stored yet. */
const subject = {
  version: { ...version, description: 'Of that version; left out: of the draft.' },
  definition: { ...flowDefinitionSchema, description: 'Of this definition instead of the draft.' },
} as const;

export const lintRequestSchema = { type: 'object', additionalProperties: false, properties: subject } as const;
export interface LintRequest {
  version?: number;
  definition?: FlowDefinition;
}

export const lintAnswerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['findings', 'errors', 'warnings', 'worstCase', 'variables'],
  properties: {
    findings: { type: 'array', items: findingSchema },
    errors: { type: 'integer' },
    warnings: { type: 'integer' },
    worstCase: { ...worstCaseSchema, type: ['object', 'null'] },
    variables: {
      type: 'array',
      description: 'Of all steps together: what an invocation is held to.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'steps', 'required', 'type'],
        properties: {
          name: { type: 'string' },
          steps: { type: 'array', items: { type: 'string' }, description: 'Those whose templates use it.' },
          required: { type: 'boolean' },
          type: { type: ['string', 'array', 'null'], items: { type: 'string' }, description: 'As its schema has it.' },
        },
      },
    },
  },
} as const;

export const simulateSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...subject,
    sandbox: {
      type: 'object',
      maxProperties: 50,
      additionalProperties: { type: 'string', maxLength: 500 },
      description: 'A script for each step, by its name; without one a step is delivered after 100 ms.',
    },
    recipient: recipientSchema,
    variables: { type: 'object' },
    startAt: { ...time, maxLength: 40, description: 'When the virtual clock starts; left out: now.' },
  },
} as const;
export interface Simulate extends LintRequest {
  sandbox?: Record<string, string>;
  recipient?: FromSchema<typeof recipientSchema>;
  variables?: Record<string, unknown>;
  startAt?: string;
}

export const simulatedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['status', 'reachedStep', 'reachedChannel', 'costMicros', 'currency', 'durationMs', 'attempts', 'events'],
  properties: {
    status: { type: 'string', enum: INVOCATION_STATUSES },
    reachedStep: { type: ['string', 'null'] },
    reachedChannel: { type: ['string', 'null'], enum: [...CHANNELS, null] },
    costMicros: { type: 'integer' },
    currency: { type: 'string' },
    durationMs: { type: ['integer', 'null'], description: 'From the start to the end of the ladder.' },
    attempts: { type: 'array', items: attemptSchema },
    events: { type: 'array', items: eventSchema },
  },
} as const;

const changeSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['pointer', 'kind', 'sentence', 'key', 'values'],
  properties: {
    pointer: { type: 'string', description: 'RFC 6901, into `to`, or into `from` for what was removed.' },
    kind: { type: 'string', enum: ['added', 'removed', 'changed'] },
    from: { description: 'What stood there; of a step that moved, its pointer.' },
    to: { description: 'What stands there; of a step that moved, its pointer.' },
    sentence: { type: 'string' },
    ...sentenceProperties,
  },
} as const;

export const diffSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'to', 'changes'],
  properties: {
    from: { type: ['integer', 'string'] },
    to: { type: ['integer', 'string'] },
    changes: { type: 'array', items: changeSchema },
  },
} as const;

const versionOrDraft = {
  type: 'string',
  pattern: '^([1-9][0-9]{0,8}|draft)$',
  description: 'A version, or “draft”.',
} as const;
export const diffQuerySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['from'],
  properties: { from: versionOrDraft, to: versionOrDraft },
} as const;
export type DiffQuery = FromSchema<typeof diffQuerySchema>;
