/**
 * The words of the house as closed lists. Everything else (types, ajv, OpenAPI, the core's tables) is derived from
 * them, so that a word is added in one place.
 */

export const CHANNELS = [
  'sms',
  'lms',
  'xms',
  'whatsapp',
  'rcs',
  'email',
  'push',
  'messenger',
  'inapp',
  'webhook',
] as const;
/** What the person sees. */
export type Channel = (typeof CHANNELS)[number];

/** Channels whose texts go out as an SMS or an LMS, and are billed by the part. */
export const TEXT_CHANNELS = ['sms', 'lms', 'xms'] as const satisfies readonly Channel[];
export type TextChannel = (typeof TEXT_CHANNELS)[number];

export function isTextChannel(channel: Channel): channel is TextChannel {
  return (TEXT_CHANNELS as readonly Channel[]).includes(channel);
}

export const PROVIDERS = [
  'twilio',
  'sendgrid',
  'whatsapp-cloud',
  'fcm',
  'line',
  'solapi',
  'smpp',
  'http',
  'inapp',
  'sandbox',
] as const;
/** Who carries the message. */
export type Provider = (typeof PROVIDERS)[number];

export const PURPOSES = ['otp', 'alert', 'transactional', 'followup', 'marketing'] as const;
/** In order of queue priority: a one-time password passes a backlog of marketing. */
export type Purpose = (typeof PURPOSES)[number];

/** What rights are on, and how far they go. */
export const RESOURCES = [
  'flows',
  'invoke',
  'invocations',
  'analytics',
  'receipts',
  'consents',
  'administration',
] as const;
export type Resource = (typeof RESOURCES)[number];
export const LEVELS = ['NO ACCESS', 'own VIEW', 'VIEW', 'EDIT'] as const;
export type Level = (typeof LEVELS)[number];

export const MODES = ['live', 'test'] as const;
export type Mode = (typeof MODES)[number];

/** Success statuses from weak to strong: a stronger one satisfies a weaker criterion. */
export const SUCCESS_STATUSES = ['accepted', 'sent', 'delivered', 'read', 'clicked', 'replied'] as const;
export type SuccessStatus = (typeof SUCCESS_STATUSES)[number];

export const FAILURE_STATUSES = ['rejected', 'undelivered', 'failed', 'expired', 'recalled'] as const;
export type FailureStatus = (typeof FAILURE_STATUSES)[number];

export const RECEIPT_STATUSES = [...SUCCESS_STATUSES, ...FAILURE_STATUSES] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

/** What an attempt can be: a receipt's status, or one that we gave it ourselves. */
export const ATTEMPT_STATUSES = ['requested', 'skipped', 'uncertain', ...RECEIPT_STATUSES] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

export const FINAL_STATUSES = ['succeeded', 'failed', 'cancelled', 'expired'] as const;
export type FinalStatus = (typeof FINAL_STATUSES)[number];

export const INVOCATION_STATUSES = ['running', ...FINAL_STATUSES] as const;
export type InvocationStatus = (typeof INVOCATION_STATUSES)[number];

export const ACTIONS = ['retry', 'advance', 'stop', 'suppress_address'] as const;
/** What a failure leads to. */
export type Action = (typeof ACTIONS)[number];

/** Every normalised reason with the action it takes unless the step says otherwise. */
export const DEFAULT_ACTIONS = {
  rate_limited: 'retry',
  provider_unavailable: 'retry',
  unreachable: 'advance',
  not_on_channel: 'advance',
  outside_session_window: 'advance',
  content_rejected: 'advance',
  spam_filtered: 'advance',
  template_not_approved: 'advance',
  template_invalid: 'advance',
  insufficient_funds: 'advance',
  auth_failed: 'advance',
  provider_rejected: 'advance',
  expired: 'advance',
  timeout: 'advance',
  uncertain: 'advance',
  unknown: 'advance',
  no_address: 'advance',
  no_consent: 'advance',
  not_subscribed: 'advance',
  suppressed: 'advance',
  quiet_hours: 'advance',
  budget: 'advance',
  online: 'advance',
  invalid_address: 'suppress_address',
  landline: 'suppress_address',
  unregistered: 'suppress_address',
  blocked: 'suppress_address',
  opted_out: 'suppress_address',
} as const satisfies Record<string, Action>;

export type Reason = keyof typeof DEFAULT_ACTIONS;
export const REASONS = Object.keys(DEFAULT_ACTIONS) as [Reason, ...Reason[]];

export const EVENT_TYPES = [
  'InvocationStarted',
  'StepStarted',
  'StepSkipped',
  'StepDeferred',
  'AttemptRequested',
  'AttemptAccepted',
  'AttemptRejected',
  'AttemptUncertain',
  'ReceiptRecorded',
  'StepTimedOut',
  'StepSucceeded',
  'StepFailed',
  'LadderAdvanced',
  'RecallRequested',
  'RecallConfirmed',
  'RecallFailed',
  'ReconcileRequested',
  'BudgetReached',
  'LateReceiptRecorded',
  'DuplicateDetected',
  'InvocationSucceeded',
  'InvocationFailed',
  'InvocationCancelled',
  'InvocationExpired',
] as const;

/** Those that somebody who signs in can have, from the strongest to the weakest. */
export const PERSON_ROLES = ['owner', 'admin', 'publisher', 'operator', 'analyst'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

export const ROLES = [...PERSON_ROLES, 'invoker', 'gateway'] as const;
/** What a key or a person may do; the table is in api/access.ts. */
export type Role = (typeof ROLES)[number];

export const LOG_TOPICS = ['onward.receipts', 'onward.events', 'onward.receipts.dead'] as const;
export type Topic = (typeof LOG_TOPICS)[number];
