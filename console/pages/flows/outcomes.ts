import { DEFAULT_SANDBOX_SCRIPT, parseSandboxScript } from '../../../schemas/sandbox-script';
import { REASONS, type Reason, SUCCESS_STATUSES, type SuccessStatus } from '../../../schemas/vocabulary';

/** What each step does, as a sandbox script by the step's name. Those left out are delivered after 100 ms. */
export type Outcomes = Readonly<Record<string, string>>;

/** `whatsapp:silent;sms:delivered@2s`, as it stands in a link. */
export function outcomesText(outcomes: Outcomes): string {
  return Object.entries(outcomes)
    .map(([step, script]) => `${step}:${script}`)
    .join(';');
}

/** Reads what `outcomesText` wrote. Names may hold colons as scripts do: the longest name of the flow that fits is meant. */
export function readOutcomes(text: string, names: readonly string[]): Outcomes {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const read: Record<string, string> = {};
  for (const pair of text.split(';')) {
    const name = longestFirst.find((one) => pair.startsWith(`${one}:`));
    const script = name === undefined ? '' : pair.slice(name.length + 1).trim();
    if (name !== undefined && script !== '') read[name] = script;
  }
  return read;
}

/** A script as somebody chooses it; `script` is whatever the others cannot say. Times in milliseconds. */
export type Outcome =
  | { kind: 'success'; status: SuccessStatus; afterMs: number }
  /** Delivered, and that much after the step's deadline. */
  | { kind: 'late'; afterMs: number }
  | { kind: 'silent' }
  | { kind: 'undelivered'; reason: Reason; afterMs: number }
  | { kind: 'rejected'; reason: Reason }
  | { kind: 'hang' }
  | { kind: 'script'; text: string };

export const OUTCOME_KINDS = ['success', 'silent', 'undelivered', 'rejected', 'late', 'hang', 'script'] as const;

export function scriptOf(outcome: Outcome, timeoutSeconds: number): string {
  switch (outcome.kind) {
    case 'success':
      return `${outcome.status}@${delay(outcome.afterMs)}`;
    case 'late':
      return `delivered@${delay(timeoutSeconds * 1000 + outcome.afterMs)}`;
    case 'undelivered':
      return `undelivered:${outcome.reason}@${delay(outcome.afterMs)}`;
    case 'rejected':
      return `reject:${outcome.reason}`;
    case 'script':
      return outcome.text;
    default:
      return outcome.kind;
  }
}

function delay(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  return whole >= 1000 && whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

const RECEIPT = /^([a-z]+)(?::([a-z_]+))?@(\d{1,9})(ms|s)$/;

/** The choice that a script amounts to. */
export function outcomeOf(script: string = DEFAULT_SANDBOX_SCRIPT, timeoutSeconds: number): Outcome {
  const text = script.trim();
  if (text === 'silent' || text === 'hang') return { kind: text };
  const rejected = /^reject:([a-z_]+)$/.exec(text)?.[1];
  if (isReason(rejected)) return { kind: 'rejected', reason: rejected };
  const [, status, reason, number, unit] = RECEIPT.exec(text) ?? [];
  const afterMs = Number(number) * (unit === 's' ? 1000 : 1);
  if (status === 'undelivered' && isReason(reason)) return { kind: 'undelivered', reason, afterMs };
  if (!isSuccess(status) || reason !== undefined) return { kind: 'script', text: script };
  const over = afterMs - timeoutSeconds * 1000;
  return status === 'delivered' && over > 0 ? { kind: 'late', afterMs: over } : { kind: 'success', status, afterMs };
}

/** What is wrong with the script, or null. */
export function scriptProblem(text: string): string | null {
  const read = parseSandboxScript(text);
  return read.ok ? null : read.message;
}

function isReason(word: string | undefined): word is Reason {
  return (REASONS as readonly (string | undefined)[]).includes(word);
}

function isSuccess(word: string | undefined): word is SuccessStatus {
  return (SUCCESS_STATUSES as readonly (string | undefined)[]).includes(word);
}
