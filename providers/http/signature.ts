import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest, WebhookVerdict } from '../contract';
import type { SignatureSettings } from './settings';

const ALGORITHMS = { 'hmac-sha256': 'sha256', 'hmac-sha1': 'sha1', 'hmac-sha512': 'sha512' } as const;
const TOLERANCE_SECONDS = 300;

/** Whether the gateway signed these very bytes, and, where it signs the time as well, lately. */
export function verdictOn(
  how: SignatureSettings,
  secret: string | undefined,
  { headers, body }: WebhookRequest,
  now: number,
): WebhookVerdict {
  const given = headerOf(headers, how.header);
  if (given === null) return 'unsigned';
  const dated = how.signed === 'timestamp.body';
  const timestamp = how.timestampHeader === undefined ? null : headerOf(headers, how.timestampHeader);
  if (dated && timestamp === null) return 'unsigned';
  const prefix = how.prefix ?? '';
  if (secret === undefined || !given.startsWith(prefix)) return 'forged';
  const hmac = createHmac(ALGORITHMS[how.algorithm], secret);
  if (dated) hmac.update(`${timestamp}.`);
  const expected = hmac.update(body).digest();
  const claimed = Buffer.from(given.slice(prefix.length), how.encoding);
  if (claimed.length !== expected.length || !timingSafeEqual(claimed, expected)) return 'forged';
  if (!dated) return 'genuine';
  const at = timestampOf(timestamp ?? '');
  const tolerance = (how.toleranceSeconds ?? TOLERANCE_SECONDS) * 1000;
  return at !== null && Math.abs(now - at) <= tolerance ? 'genuine' : 'stale';
}

function headerOf(headers: WebhookRequest['headers'], name: string): string | null {
  const value = headers[name.toLowerCase()];
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined || one === '' ? null : one;
}

/** Seconds, milliseconds, or a date. */
function timestampOf(text: string): number | null {
  if (/^\d{1,15}$/.test(text)) return text.length >= 12 ? Number(text) : Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
