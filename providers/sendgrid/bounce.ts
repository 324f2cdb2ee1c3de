import type { Reason } from '../../schemas/vocabulary';
import type { CodeTable } from '../codes';
import { bounceClassifications } from './codes';
import { enhancedStatuses, smtpReplies } from './smtp-statuses';

/** What a `bounce` event says of its cause; each part may be missing. */
export interface Bounce {
  type: unknown;
  bounce_classification: unknown;
  status: unknown;
  reason: unknown;
}

/**
 * Why a mail bounced, and the code that says so: SendGrid's own classification, else the enhanced status code, else the
 * reply of the receiving server; the first one that says more than "other".
 * @param unknown told of a code that no table has
 */
export function causeOf(bounce: Bounce, unknown: (code: string) => void): { reason: Reason; code: string | null } {
  const codes = codesOf(bounce);
  for (const { code, table, key } of codes) {
    const row = Object.hasOwn(table, key) ? table[key] : undefined;
    if (!row) unknown(code);
    else if (row.reason !== 'unknown') return { reason: lasting(row.reason, bounce, code), code };
  }
  // "5.0.0" says more to support than "Unclassified".
  return { reason: 'unknown', code: codes.at(-1)?.code ?? null };
}

/**
 * A bad address is suppressed here, and that lasts. `blocked` is a bounce that SendGrid itself does not suppress after
 * (https://www.twilio.com/docs/sendgrid/ui/sending-email/blocks), and class 4 is "persistent transient" (RFC 3463).
 */
function lasting(reason: Reason, { type }: Bounce, code: string): Reason {
  const passing = type === 'blocked' || /^4\./.test(code);
  return reason === 'invalid_address' && passing ? 'unreachable' : reason;
}

function codesOf(bounce: Bounce): { code: string; table: CodeTable; key: string }[] {
  const { bounce_classification: classification, status } = bounce;
  const found: { code: string; table: CodeTable; key: string }[] = [];
  if (typeof classification === 'string' && classification !== '') {
    const code = classification.slice(0, 64);
    found.push({ code, table: bounceClassifications, key: code });
  }
  // At the start only: further in stand addresses of servers.
  const text = typeof bounce.reason === 'string' ? bounce.reason : '';
  const [, reply, inText] = /^(\d{3})(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?![\d.]))?/.exec(text) ?? [];
  if (reply !== undefined) found.push({ code: reply, table: smtpReplies, key: reply });
  const enhanced = typeof status === 'string' && /^[245]\.\d{1,3}\.\d{1,3}$/.test(status) ? status : inText;
  if (enhanced !== undefined) {
    const at = { code: enhanced, table: enhancedStatuses, key: `X${enhanced.slice(1)}` };
    // "5.0.0" is what SendGrid writes where the server had none; the reply is nearer the truth then.
    found.splice(at.key === 'X.0.0' ? found.length : found.length - (reply === undefined ? 0 : 1), 0, at);
  }
  return found;
}
