import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Receipt } from '../../schemas/receipt';
import type { Reason, ReceiptStatus } from '../../schemas/vocabulary';
import { referenceIn } from '../attempt-reference';
import { reasonOf } from '../codes';
import type { WebhookRequest, WebhookVerdict } from '../contract';
import { type Bounce, causeOf } from './bounce';
import { dropReasons } from './codes';
import { eventStatuses } from './statuses';

/**
 * "All events are retried at increasing intervals for up to 24 hours after the event occurs"
 * (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/troubleshooting), and nothing says that a repeat is
 * signed anew. With the usual five minutes, all that we could not take at once might be lost; a replay within the day
 * does nothing, since the same receipt counts once.
 */
const TOLERANCE_MS = 25 * 3_600_000;
const CODE_LENGTH_MAX = 64;

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';

/**
 * The key as SendGrid shows it: base64 of DER (SubjectPublicKeyInfo), with or without the lines of a PEM around it.
 * @throws Error for anything else
 */
export function publicKeyOf(text: string): KeyObject {
  const der = Buffer.from(text.replace(/-----[^-]*-----|\s/g, ''), 'base64');
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a key of the curve P-256');
  return key;
}

/**
 * ECDSA with SHA-256 over the timestamp and the raw body:
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features.
 */
export function verifyEvents(key: KeyObject, { headers, body }: WebhookRequest, nowMs: number): WebhookVerdict {
  const signature = headers[SIGNATURE];
  const timestamp = headers[TIMESTAMP];
  if (typeof signature !== 'string' || typeof timestamp !== 'string') return 'unsigned';
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64'))) return 'forged';
  const ageMs = Math.abs(nowMs - Number(timestamp) * 1000);
  return ageMs <= TOLERANCE_MS ? 'genuine' : 'stale';
}

/**
 * The receipts in one batch of events; what no receipt could say is left out.
 * @param unknown told of a code or an event that no table has
 * @throws SyntaxError, TypeError for a body that is no batch
 */
export function receiptsIn(body: Buffer, unknown: (code: string) => void): Receipt[] {
  const events: unknown = JSON.parse(body.toString('utf8'));
  if (!Array.isArray(events)) throw new TypeError('a batch of events is an array');
  return events.flatMap((event: unknown) => {
    if (event === null || typeof event !== 'object') throw new TypeError('an event is an object');
    return receiptOf(event as Record<string, unknown>, unknown) ?? [];
  });
}

function receiptOf(event: Record<string, unknown>, unknown: (code: string) => void): Receipt | null {
  const status = statusOf(event, unknown);
  if (status === null) return null;
  // Custom arguments stand beside the event's own fields.
  const ref = referenceIn(event.ref);
  const providerMessageId = messageIdIn(event.sg_message_id);
  // A mail that somebody else sent through the same account.
  if (ref === null && providerMessageId === null) return null;
  const at = timeOf(event.timestamp);
  const rest = { provider: 'sendgrid', status, ...causeIn(event, status, unknown), raw: rawOf(event) };
  const said = at === null ? rest : { ...rest, at };
  if (ref === null) return { ...said, providerMessageId };
  return providerMessageId === null ? { ...said, ref } : { ...said, ref, providerMessageId };
}

function statusOf(event: Record<string, unknown>, unknown: (code: string) => void): ReceiptStatus | null {
  const name = String(event.event).slice(0, CODE_LENGTH_MAX);
  if (!Object.hasOwn(eventStatuses, name)) {
    unknown(name);
    return null;
  }
  // Apple's and other proxies fetch every picture of every mail: no person opened it.
  if (name === 'open' && event.sg_machine_open === true) return null;
  return eventStatuses[name] ?? null;
}

function causeIn(
  event: Record<string, unknown>,
  status: ReceiptStatus,
  unknown: (code: string) => void,
): { reason?: Reason; code?: string } {
  if (status === 'undelivered') {
    const { reason, code } = causeOf(event as unknown as Bounce, (code) => unknown(masked(code)));
    return code === null ? { reason } : { reason, code: masked(code) };
  }
  if (status !== 'failed') return {};
  if (typeof event.reason !== 'string' || event.reason === '') return { reason: 'unknown' };
  const code = masked(event.reason).slice(0, CODE_LENGTH_MAX);
  return { reason: reasonOf(dropReasons, code, unknown), code };
}

/**
 * The `X-Message-Id` of the send is the beginning of it: `14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0`,
 * `uAaBAfrEROik3Gq7pg6qHQ.recvd-5f54b5d587-l4lzr-1-63.0` (https://www.twilio.com/docs/sendgrid/glossary/x-message-id).
 */
function messageIdIn(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const id = /^(.+?)\.(?:filter|recv)/.exec(value)?.[1] ?? value.split('.')[0] ?? '';
  return id === '' ? null : id.slice(0, 200);
}

/** @returns RFC 3339 with milliseconds; null where there is no time in seconds */
function timeOf(seconds: unknown): string | null {
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds < 10_000_000_000)) return null;
  return new Date(seconds * 1000).toISOString();
}

/** What support needs of an event; the address, the person's IP address and the link that was clicked are not of it. */
const KEPT = [
  'event',
  'type',
  'status',
  'bounce_classification',
  'reason',
  'response',
  'attempt',
  'tls',
  'sg_machine_open',
  'sg_content_type',
  'sg_event_id',
  'sg_message_id',
  'timestamp',
];

function rawOf(event: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = event[name];
      if (value === undefined || (typeof value === 'object' && value !== null)) return [];
      return [[name, typeof value === 'string' ? masked(value) : value]];
    }),
  );
}

/** What is kept of a text at most. */
const TEXT_LENGTH_MAX = 1_000;

/**
 * Receiving servers like to repeat the address in their answer. Word by word: a pattern for the whole address would begin
 * anew at each letter of a text that has none. A word that is cut off at the end could be half an address.
 */
function masked(text: string): string {
  const kept = text.length <= TEXT_LENGTH_MAX ? text : text.slice(0, TEXT_LENGTH_MAX).replace(/[^\s<>"'(),;:]*$/, '…');
  return kept.replace(/[^\s<>"'(),;:]+/g, (word) => (word.slice(1, -1).includes('@') ? '…' : word));
}
