import type { Event } from '../../core/event';
import type { FlowDefinition, ParallelStep, SendStep, Step } from '../../schemas/flow';
import type { AttemptView, InvocationView, Recipient } from '../../schemas/invocation';
import type { TemplateWrite } from '../../schemas/template';
import {
  CHANNELS,
  type Channel,
  type InvocationStatus,
  type Reason,
  type ReceiptStatus,
} from '../../schemas/vocabulary';

/**
 * One promise of the engine, in a form that any host can run: a flow, what the sandbox does, what happens from
 * outside, and the history and the view that must come of it. Times are milliseconds after the invoke; no two things
 * of one scenario lie closer than 100 ms where their order matters, so that a real clock can run it.
 */
export interface Scenario {
  /** The promise, in plain words. */
  title: string;
  /** Of section 3 of the design. */
  rule: number;
  /** Where the hour matters, made from the hour at which it runs. */
  definition: FlowDefinition | ((now: number) => FlowDefinition);
  /** Default: EVERYWHERE. `unaddressable` names the steps that this recipient has no address for. */
  recipient?: Recipient;
  unaddressable?: string[];
  /** Channels on which the recipient's address is suppressed beforehand. */
  suppressed?: Channel[];
  variables?: Record<string, unknown>;
  /** A scheduled start. */
  sendAtMs?: number;
  /** Scripts by step name. */
  sandbox?: Record<string, string>;
  actions?: TimedAction[];
  /** A further version that is published while it runs. */
  republish?: { afterMs: number; definition: FlowDefinition };
  /** It waits for hours: only a virtual clock can run it. */
  virtualClockOnly?: boolean;
  expected: Expected;
}

export type TimedAction = { afterMs: number } & (
  | { do: 'cancel' }
  | { do: 'complete' }
  | { do: 'receipt'; step: string; attempt?: number; status: ReceiptStatus; reason?: Reason; code?: string }
);

export interface Expected {
  /** As `eventLine` writes them, in order. */
  events: string[];
  /** Branches run side by side: the events are compared as a set. */
  anyOrder?: boolean;
  status: InvocationStatus;
  /** The step that reached the person first, or null. */
  reached: string | null;
  /** As `attemptLine` writes them, in the order of request. */
  attempts: string[];
  costMicros: number;
  /** Default 0; above it, the person was reached twice. */
  costTwiceMicros?: number;
}

/** What a host made of a scenario. */
export interface Outcome {
  /** The history, once nothing more is to come. */
  events: Event[];
  view: InvocationView;
  /** What the provider received, as `step#attempt`, in order. */
  sent: string[];
}

/** How long a host that runs scenarios is to wait for a send that hangs. */
export const SEND_PATIENCE_MS = 900;

/** An address on every channel. */
export const EVERYWHERE: Recipient = {
  id: 'user-1',
  phone: '+393351234567',
  email: 'ann@example.com',
  pushToken: 'token-1',
  messengerId: 'messenger-1',
};

/** The templates that the scenarios name: `tpl_sms`, `tpl_whatsapp` …, each with `{{code}}`. */
export const SCENARIO_TEMPLATES: TemplateWrite[] = CHANNELS.map((channel) => ({
  id: `tpl_${channel}`,
  name: `scenario ${channel}`,
  channel,
  content: { subject: 'Your code', text: 'Your code is {{code}}.' },
}));

/** A variable whose value is to stand nowhere in the history. */
export const SECRET_VARIABLES = { code: '493021' };

/** A step named after its channel, with a timeout of one second. */
export function step(channel: Channel, more: Partial<SendStep> = {}): SendStep {
  return { name: channel, channel, template: `tpl_${channel}`, timeoutSeconds: 1, ...more };
}

export function parallel(
  require: 'any' | 'all',
  branches: SendStep[][],
  more: Partial<ParallelStep> = {},
): ParallelStep {
  return { name: 'both', parallel: branches, timeoutSeconds: 2, require, ...more };
}

export function flow(steps: Step[], more: Partial<FlowDefinition> = {}): FlowDefinition {
  const variables = { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } };
  return { name: 'scenario', purpose: 'otp', variables, steps, ...more };
}

/** `StepFailed whatsapp undelivered unreachable -> sms`: type, step, receipt, reason, and an action that is not `advance`. */
export function eventLine(event: Event): string {
  const words: string[] = [event.type];
  if ('step' in event && event.step !== undefined) words.push(withAttempt(event.step, event));
  if ('receiptStatus' in event && event.receiptStatus !== undefined) words.push(event.receiptStatus);
  if ('reason' in event && event.reason !== undefined) words.push(event.reason);
  if ('action' in event && event.action !== 'advance') words.push(event.action);
  if ('duplicateRisk' in event && event.duplicateRisk) words.push('duplicateRisk');
  if ('nextStep' in event) words.push('->', event.nextStep);
  return words.join(' ');
}

function withAttempt(step: string, event: Event): string {
  const attempt = 'attempt' in event ? (event.attempt ?? 1) : 1;
  return attempt > 1 ? `${step}#${attempt}` : step;
}

const FLAGS = ['late', 'uncertain', 'duplicate', 'duplicateRisk'] as const;

/** `whatsapp#1 delivered late duplicate`: step, attempt (0: passed over), status, reason and what is marked. */
export function attemptLine(attempt: AttemptView): string {
  const words: string[] = [`${attempt.step}#${attempt.attempt}`, attempt.status];
  if (attempt.reason) words.push(attempt.reason);
  for (const flag of FLAGS) if (attempt[flag]) words.push(flag);
  return words.join(' ');
}

export function definitionAt(scenario: Scenario, now: number): FlowDefinition {
  return typeof scenario.definition === 'function' ? scenario.definition(now) : scenario.definition;
}
