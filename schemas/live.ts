import type { FromSchema } from 'json-schema-to-ts';
import { MODES, PROVIDERS, REASONS } from './vocabulary';

const count = { type: 'integer', minimum: 0 } as const;
const rate = {
  type: ['number', 'null'],
  minimum: 0,
  description: 'Over the last 60 s; null: not of this process.',
} as const;
const behind = { type: ['integer', 'null'], minimum: 0 } as const;

const sendsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['provider', 'account', 'breaker', 'sent', 'failed', 'failureRate', 'p95Ms', 'lastFailure'],
  properties: {
    provider: { type: 'string', enum: PROVIDERS },
    account: { type: 'string' },
    breaker: { type: ['string', 'null'], enum: ['closed', 'half_open', 'open', null] },
    sent: { ...behind, description: 'Of the last 5 minutes.' },
    failed: { ...behind, description: 'Refused by the provider, or without an answer.' },
    failureRate: { type: ['number', 'null'], minimum: 0, maximum: 1 },
    p95Ms: { type: ['number', 'null'], description: 'From the beginning of a send to its answer.' },
    lastFailure: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['at', 'reason', 'code'],
      properties: {
        at: { type: 'string', format: 'date-time' },
        reason: { type: 'string', enum: REASONS },
        code: { type: ['string', 'null'] },
      },
    },
  },
} as const;

/** What happens now, as far as the process that answers knows. */
export const liveSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['at', 'mode', 'running', 'rates', 'lag', 'providers', 'deadLetters', 'callbacks'],
  properties: {
    at: { type: 'string', format: 'date-time' },
    mode: { type: 'string', enum: MODES },
    running: {
      type: 'object',
      additionalProperties: false,
      required: ['total', 'byFlow'],
      properties: {
        total: count,
        byFlow: {
          type: 'array',
          description: 'Those that have any, the most first.',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['flowId', 'workflowId', 'name', 'running'],
            properties: {
              flowId: { type: 'string' },
              workflowId: { type: 'string' },
              name: { type: 'string' },
              running: count,
            },
          },
        },
      },
    },
    rates: {
      type: 'object',
      additionalProperties: false,
      required: ['invocationsPerSecond', 'endedPerSecond', 'receiptsPerSecond', 'callbacksPerSecond'],
      properties: {
        invocationsPerSecond: rate,
        endedPerSecond: rate,
        receiptsPerSecond: { ...rate, description: 'Of both modes.' },
        callbacksPerSecond: { ...rate, description: 'Attempts, of both modes.' },
      },
    },
    lag: {
      type: 'object',
      additionalProperties: false,
      required: ['eventsBehind', 'receiptsBehind', 'oldestSeconds'],
      properties: {
        eventsBehind: { ...behind, description: 'Records of events that lists and analytics do not show yet.' },
        receiptsBehind: { ...behind, description: 'Receipts that no run has been given yet.' },
        oldestSeconds: { type: ['number', 'null'], description: 'Age of the oldest event that is not shown yet.' },
      },
    },
    providers: { type: 'array', items: sendsSchema },
    deadLetters: { ...behind, description: 'Since they were last given another try.' },
    callbacks: {
      type: 'object',
      additionalProperties: false,
      required: ['pending', 'failing', 'disabledProfiles'],
      properties: {
        pending: { ...count, description: 'Still to be made, retries included.' },
        failing: { ...count, description: 'Profiles whose endpoint has answered nothing good since it first failed.' },
        disabledProfiles: count,
      },
    },
  },
} as const;
export type Live = FromSchema<typeof liveSchema>;
