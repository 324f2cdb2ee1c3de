import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest, WebhookVerdict } from './contract';

/** Whether `given` is the HMAC-SHA256 of the raw bytes. Takes as long for a wrong one as for the right one. */
export function hmacVerdict(secret: string | undefined, body: Buffer, given: Buffer): WebhookVerdict {
  if (!secret) return 'forged';
  const right = createHmac('sha256', secret).update(body).digest();
  return given.length === right.length && timingSafeEqual(given, right) ? 'genuine' : 'forged';
}

/** Compares two texts of any length in constant time. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** A header that has to stand there once; undefined where it does not. */
export function headerOf(headers: WebhookRequest['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
