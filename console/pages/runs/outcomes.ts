import type { WireEvent } from '../../../schemas/event';
import type { AttemptView } from '../../../schemas/invocation';
import type { Story } from '../../../schemas/story';

/** As long as a script may hold a receipt back. */
const MOST_MS = 7 * 24 * 3_600_000;
/** An answer that came sooner is told as at once. */
const SOON_MS = 100;

/**
 * What really happened to each step that was sent, as the sandbox's script of it: `delivered@2s`, `silent`,
 * `undelivered:unreachable@1s`, `reject:blocked`, `hang`. Where a step was tried again, its last attempt: a script is
 * played anew with every attempt.
 */
export function outcomesOf({ invocation, events }: Pick<Story, 'invocation' | 'events'>): Record<string, string> {
  const scripts: Record<string, string> = {};
  for (const attempt of invocation.attempts) {
    if (attempt.attempt === 0 || !attempt.requestedAt) continue;
    const own = events.filter(({ step, attempt: number }) => step === attempt.step && number === attempt.attempt);
    const script = scriptOf(attempt, own);
    if (script !== null) scripts[attempt.step] = script;
  }
  return scripts;
}

function scriptOf(attempt: AttemptView, events: readonly WireEvent[]): string | null {
  const refused = events.find(({ type }) => type === 'AttemptRejected');
  if (refused) return `reject:${refused.reason ?? attempt.reason ?? 'unknown'}`;
  const receipts = events.filter(({ type }) => type === 'ReceiptRecorded' || type === 'LateReceiptRecorded');
  if (!attempt.acceptedAt) {
    if (attempt.uncertain) return 'hang';
    // Not sent after all, or not answered yet and already known of by a receipt.
    return receipts.length === 0 ? null : receipts.map(early).join(',');
  }
  const acceptedMs = Date.parse(attempt.acceptedAt);
  const answerMs = acceptedMs - Date.parse(attempt.requestedAt ?? attempt.acceptedAt);
  const accept = answerMs >= SOON_MS ? [`accept@${delay(answerMs)}`] : [];
  if (receipts.length === 0) return [...accept, 'silent'].join(',');
  return [...accept, ...receipts.map((receipt) => receiptItem(receipt, acceptedMs))].join(',');
}

function early({ receiptStatus }: WireEvent): string {
  return `early:${receiptStatus}`;
}

function receiptItem(event: WireEvent, acceptedMs: number): string {
  const afterMs = Date.parse(event.at) - acceptedMs;
  if (afterMs < 0) return early(event);
  const reason = event.reason === undefined ? '' : `:${event.reason}`;
  return `${event.receiptStatus}${reason}@${delay(afterMs)}`;
}

function delay(ms: number): string {
  const whole = Math.min(Math.round(ms), MOST_MS);
  return whole >= 1_000 && whole % 1_000 === 0 ? `${whole / 1_000}s` : `${whole}ms`;
}

/** Where the flow's simulator plays the run again. */
export function simulatorLink(story: Pick<Story, 'invocation' | 'events'>): string {
  const { workflowId, flowVersion } = story.invocation;
  const outcomes = Object.entries(outcomesOf(story))
    .map(([step, script]) => `${step}:${script}`)
    .join(';');
  return `/flows/${encodeURIComponent(workflowId)}/simulate?${new URLSearchParams({ version: String(flowVersion), outcomes })}`;
}
