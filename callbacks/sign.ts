import { createHmac } from 'node:crypto';
import type { CallbackProfile } from '../store/contract';

const PREFIX = 'whsec_';

/**
 * The headers of Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, one
 * signature for each secret that has not run out, so that a receiver may change to the new one at any time meanwhile.
 * @param at ms since 1970; the header has seconds
 */
export function signatureHeaders(
  secrets: CallbackProfile['secrets'],
  { id, body }: { id: string; body: string },
  at: number,
): Record<string, string> {
  const timestamp = Math.floor(at / 1000);
  const live = secrets.filter(({ until }) => until === null || until > at);
  const signatures = live.map(({ secret }) => {
    const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`);
    return `v1,${hmac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
}
