import type { AttemptView } from './invocation';
import type { Channel, InvocationStatus, Mode, Reason } from './vocabulary';

/** What the customer's systems can be told of. */
export const CALLBACK_TYPES = [
  'invocation.started',
  'step.advanced',
  'attempt.updated',
  'invocation.succeeded',
  'invocation.failed',
  'invocation.cancelled',
  'invocation.expired',
  'invocation.late_delivered',
  'callback_profile.disabled',
] as const;
export type CallbackType = (typeof CALLBACK_TYPES)[number];

export const CALLBACK_FORMATS = ['onward', 'kaleyra'] as const;
/** `kaleyra`: one body, when the invocation has ended. */
export type CallbackFormat = (typeof CALLBACK_FORMATS)[number];

const ENDS: readonly CallbackType[] = [
  'invocation.succeeded',
  'invocation.failed',
  'invocation.cancelled',
  'invocation.expired',
];

/** What a profile is told of. @param types null: every one that its format has */
export function typesTold(format: CallbackFormat, types: readonly CallbackType[] | null): CallbackType[] {
  return CALLBACK_TYPES.filter((type) => (types ?? CALLBACK_TYPES).includes(type)).filter(
    (type) => format === 'onward' || ENDS.includes(type),
  );
}

/** The body of a callback in the format `onward`. Holds no address. */
export interface Callback {
  type: CallbackType;
  /** RFC 3339: when it happened. */
  timestamp: string;
  data: InvocationCallback | ProfileCallback;
}

/** The run as it stood when it happened. */
export interface InvocationCallback {
  invocationId: string;
  workflowId: string;
  flowVersion: number;
  mode: Mode;
  externalId: string | null;
  metadata: Record<string, string> | null;
  status: InvocationStatus;
  reachedChannel: Channel | null;
  reachedStep: string | null;
  duplicate: boolean;
  costMicros: number;
  costTwiceMicros: number;
  currency: string;
  attempts: AttemptView[];
  /** Number of the event that it tells of. */
  seq: number;
  /** Of `step.advanced` (the step that was left), `attempt.updated` and `invocation.late_delivered`. */
  step?: string;
  attempt?: number;
  /** Of `step.advanced`. */
  nextStep?: string;
  reason?: Reason;
}

/** Of `callback_profile.disabled`, told to the other profiles. */
export interface ProfileCallback {
  callbackProfileId: string;
  name: string;
  reason: 'gone' | 'failing';
  /** RFC 3339: since when it has failed. */
  failingSince: string | null;
}
