import type { Receipt } from '../../schemas/receipt';
import { referenceIn } from '../attempt-reference';
import { reasonOf } from '../codes';
import type { PlainAnswer, WebhookRequest, WebhookVerdict } from '../contract';
import { headerOf, hmacVerdict, sameText } from '../hmac';
import { CODES } from './codes';
import { STATUSES } from './statuses';

const PROVIDER = 'whatsapp-cloud';
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

type Json = Record<string, unknown>;

/** https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests: 403 for a wrong token. */
export function challenge({ query }: WebhookRequest, verifyToken: string | undefined): PlainAnswer {
  const given = query.get('hub.verify_token') ?? '';
  const word = query.get('hub.challenge') ?? '';
  const ours = Boolean(verifyToken) && sameText(given, verifyToken ?? '');
  // Meta's is a number; whatever could be read as a page is not given back.
  const right = ours && query.get('hub.mode') === 'subscribe' && /^[\w-]{1,256}$/.test(word);
  return right ? { status: 200, body: word } : { status: 403, body: 'forbidden' };
}

/** https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads: over the bytes as they came. */
export function verify({ headers, body }: WebhookRequest, appSecret: string | undefined): WebhookVerdict {
  const header = headerOf(headers, 'x-hub-signature-256');
  if (header === undefined) return 'unsigned';
  return hmacVerdict(appSecret, body, Buffer.from(SIGNATURE.exec(header)?.[1] ?? '', 'hex'));
}

/**
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages: a batch of
 * statuses of our messages, and of messages from people. Other fields (templates, account alerts …) give no receipts.
 * @throws SyntaxError for a body that is no JSON, TypeError for JSON that is none of Meta's webhooks
 */
export function normalise({ body }: WebhookRequest, unknownCode: (code: string) => void): Receipt[] {
  const { entry } = JSON.parse(body.toString('utf8')) as { entry?: unknown };
  if (!Array.isArray(entry)) throw new TypeError('a webhook of Meta has entries');
  return objects(entry)
    .flatMap(({ changes }) => objects(changes))
    .filter(({ field }) => field === 'messages')
    .flatMap(({ value }) => {
      const { statuses, messages } = (value ?? {}) as Json;
      return [...objects(statuses).flatMap((one) => ofStatus(one, unknownCode)), ...objects(messages).flatMap(ofReply)];
    });
}

function ofStatus(given: Json, unknownCode: (code: string) => void): Receipt[] {
  const { id, status, type = 'message', biz_opaque_callback_data: echoed } = given;
  // A payment has a status of its own, that may well be `failed`.
  if (typeof id !== 'string' || typeof status !== 'string' || type !== 'message') return [];
  const ref = referenceIn(echoed);
  // Each of our messages carries its reference: another string was written by other software on the same account.
  if (ref === null && echoed !== undefined && echoed !== '') return [];
  const known = Object.hasOwn(STATUSES, status);
  if (!known) unknownCode(status);
  // Else “constructor” would be found, too.
  const ours = known ? STATUSES[status] : null;
  if (!ours) return [];
  const code = ours === 'failed' ? codeOf(given) : null;
  return [
    {
      ...(ref === null ? {} : { ref }),
      provider: PROVIDER,
      providerMessageId: id,
      status: ours,
      ...timeOf(given),
      ...(ours === 'failed'
        ? { code, reason: code === null ? ('unknown' as const) : reasonOf(CODES, code, unknownCode) }
        : {}),
      raw: withoutAddresses(given),
    },
  ];
}

function codeOf({ errors }: Json): string | null {
  const code = objects(errors)[0]?.code;
  return typeof code === 'number' || typeof code === 'string' ? String(code) : null;
}

/** What is kept for support: never the recipient, and of an error only what is not written about this one message. */
function withoutAddresses({ status, timestamp, pricing, errors }: Json): Json {
  const { billable, pricing_model, category, type } = (pricing ?? {}) as Json;
  return {
    status,
    timestamp,
    ...(pricing ? { pricing: { billable, pricing_model, category, type } } : {}),
    ...(errors ? { errors: objects(errors).map(({ code, title }) => ({ code, title })) } : {}),
  };
}

/** An answer to a message of ours, or a tap on one of its buttons. What the person wrote is not kept. */
function ofReply({ from, type, timestamp, context }: Json): Receipt[] {
  const { id, from: author } = (context ?? {}) as Json;
  if (typeof id !== 'string' || id === '') return [];
  // Somebody who quotes a message of their own.
  if (author !== undefined && author === from) return [];
  return [
    {
      provider: PROVIDER,
      providerMessageId: id,
      status: 'replied',
      ...timeOf({ timestamp }),
      raw: { type, timestamp },
    },
  ];
}

/** Seconds since 1970, as text. */
function timeOf({ timestamp }: Json): { at?: string } {
  const seconds = Number(timestamp);
  if (!Number.isInteger(seconds) || seconds <= 0 || seconds > 9_999_999_999) return {};
  return { at: new Date(seconds * 1000).toISOString() };
}

function objects(value: unknown): Json[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is Json => one !== null && typeof one === 'object');
}
