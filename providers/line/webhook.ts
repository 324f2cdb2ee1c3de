import type { Receipt } from '../../schemas/receipt';
import { referenceIn } from '../attempt-reference';
import type { WebhookRequest, WebhookVerdict } from '../contract';
import { headerOf, hmacVerdict } from '../hmac';

const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/: over the bytes as they came. */
export function verify({ headers, body }: WebhookRequest, channelSecret: string | undefined): WebhookVerdict {
  const header = headerOf(headers, 'x-line-signature');
  if (header === undefined) return 'unsigned';
  return hmacVerdict(channelSecret, body, Buffer.from(BASE64.test(header) ? header : '', 'base64'));
}

interface LineEvent {
  type?: unknown;
  timestamp?: unknown;
  webhookEventId?: unknown;
  deliveryContext?: { isRedelivery?: unknown };
  delivery?: { data?: unknown };
}

/**
 * https://developers.line.biz/en/docs/partner-docs/line-notification-messages/message-sending-complete-webhook-event/:
 * `delivery` is the one event that speaks of a message of ours. Without our tag its data is a hashed phone number, and
 * that is nobody's business here.
 * @throws SyntaxError for a body that is no JSON, TypeError for JSON that is none of LINE's webhooks
 */
export function normalise({ body }: WebhookRequest): Receipt[] {
  const { events } = JSON.parse(body.toString('utf8')) as { events?: unknown };
  if (!Array.isArray(events)) throw new TypeError('a webhook of LINE has events');
  return (events as (LineEvent | null)[]).flatMap((event) => {
    if (event?.type !== 'delivery') return [];
    const ref = referenceIn(event.delivery?.data);
    if (ref === null) return [];
    const { webhookEventId, deliveryContext } = event;
    const raw = { type: event.type, webhookEventId, isRedelivery: deliveryContext?.isRedelivery };
    return [{ ref, provider: 'line', status: 'delivered' as const, ...timeOf(event), raw }];
  });
}

function timeOf({ timestamp }: LineEvent): { at?: string } {
  if (typeof timestamp !== 'number' || !(timestamp > 0 && timestamp < 1e13)) return {};
  return { at: new Date(timestamp).toISOString() };
}
