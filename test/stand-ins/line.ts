import { createHash, createHmac } from 'node:crypto';
import { type Carried, Moods, type StandIn, type StandInAnswer, type StandInRequest, serve } from './stand-in';

export const CHANNEL_SECRET = 'channel-secret-of-the-stand-in';
const CHANNEL_ACCESS_TOKEN = 'channel-access-token-of-the-stand-in';
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export interface LineStandIn extends StandIn {
  /** A webhook with any events, signed. */
  signed(events: unknown[]): ReturnType<NonNullable<StandIn['webhook']>>;
}

/** How a phone number is given to LINE, so that a test knows whom a message went to. */
export function hashed(phone: string): string {
  return createHash('sha256').update(phone).digest('hex');
}

/** LINE's Messaging API: https://developers.line.biz/en/reference/messaging-api/ and …/line-notification-messages/ */
export async function openLine({ webhookUrl }: { webhookUrl: string }): Promise<LineStandIn> {
  const carried: Carried[] = [];
  const complaints: string[] = [];
  const moods = new Moods();
  const byRetryKey = new Map<string, { requestId: string; id: string }>();
  let served = 0;

  const handle = async (request: StandInRequest): Promise<StandInAnswer | null> => {
    const { method, path, headers } = request;
    if (headers.authorization !== `Bearer ${CHANNEL_ACCESS_TOKEN}`) {
      const why = 'Authentication failed. Confirm that the access token in the authorization header is valid.';
      return { status: 401, body: { message: why } };
    }
    if (method === 'GET' && path === '/v2/bot/info') {
      const bot = { userId: `U${'b'.repeat(32)}`, basicId: '@216ru', displayName: 'Brown', chatMode: 'bot' };
      return { status: 200, body: { ...bot, markAsReadMode: 'manual' } };
    }
    if (method === 'POST' && path === '/v2/bot/message/push') return take(request, false);
    if (method === 'POST' && path === '/bot/pnp/push') return take(request, true);
    return { status: 404, body: { message: 'Not found' } };
  };

  const take = async ({ headers, body }: StandInRequest, byPhone: boolean): Promise<StandInAnswer | null> => {
    const mood = moods.take();
    if (mood === 'busy') {
      const message = 'The API rate limit has been exceeded. Try again later.';
      return { status: 429, headers: { 'retry-after': '1' }, body: { message } };
    }
    if (mood === 'away') return { status: 503, body: '' };
    if (typeof mood === 'object') return refusal(mood.refuses);
    const given = JSON.parse(body.toString('utf8')) as { to?: unknown; messages?: unknown };
    const retryKey = headers['x-line-retry-key'];
    const before = typeof retryKey === 'string' ? byRetryKey.get(retryKey) : undefined;
    if (before) {
      const answer = {
        message: 'The retry key is already accepted',
        sentMessages: [{ id: before.id, quoteToken: 'q' }],
      };
      return { status: 409, headers: { 'x-line-accepted-request-id': before.requestId }, body: answer };
    }
    const details = [...faultsOf(given, byPhone), ...headerFaultsOf(headers, byPhone)];
    if (details.length > 0) {
      complaints.push(...details.map(({ property, message }) => `${property}: ${message}`));
      return { status: 400, body: { message: `The request body has ${details.length} error(s)`, details } };
    }
    const requestId = `80ad7e2a-0000-4000-8000-${String(++served).padStart(12, '0')}`;
    const id = String(461230966842064896n + BigInt(served));
    const first = (given.messages as { type: string; text?: string }[])[0];
    const message: Carried = {
      to: String(given.to),
      text: first?.type === 'text' ? (first.text ?? null) : null,
      ref: byPhone ? String(headers['x-line-delivery-tag']) : null,
      providerMessageId: byPhone ? requestId : id,
      raw: given,
    };
    carried.push(message);
    if (typeof retryKey === 'string') byRetryKey.set(retryKey, { requestId, id });
    await standIn.beforeAnswer?.(message);
    if (mood === 'hangs') return null;
    if (mood === 'broken') return { status: 500, body: { message: 'Internal server error' } };
    const answer = byPhone ? {} : { sentMessages: [{ id, quoteToken: 'yHAz4Ua2wx7' }] };
    return { status: 200, headers: { 'x-line-request-id': requestId }, body: answer };
  };

  const { url, close } = await serve(handle);
  const signed = (events: unknown[]) => {
    const body = Buffer.from(JSON.stringify({ destination: `U${'b'.repeat(32)}`, events }));
    const signature = createHmac('sha256', CHANNEL_SECRET).update(body).digest('base64');
    const headers = { 'content-type': 'application/json', 'x-line-signature': signature };
    return { method: 'POST' as const, url: webhookUrl, headers, body };
  };
  const standIn: LineStandIn = {
    provider: 'line',
    account: {
      settings: { apiUrl: url },
      credentials: { channelAccessToken: CHANNEL_ACCESS_TOKEN, channelSecret: CHANNEL_SECRET },
    },
    carried,
    complaints,
    meets: (...next) => moods.set(next),
    beforeAnswer: null,
    knows: () => {},
    signed,
    // There is no event but the one of the delivery, and it comes for notification messages alone.
    webhook: ({ ref, to }) => signed([deliveryOf(ref ?? to)]),
    webhookUrl,
    close,
  };
  return standIn;
}

/** https://developers.line.biz/en/docs/partner-docs/line-notification-messages/message-sending-complete-webhook-event/ */
export function deliveryOf(data: string): object {
  return {
    type: 'delivery',
    delivery: { data },
    webhookEventId: '01G17EJCGAVV66J5WNA7ZCTF6H',
    deliveryContext: { isRedelivery: false },
    timestamp: 1650591346705,
    mode: 'active',
  };
}

/** `429:monthly` is a 429 that says so; any other is a status by itself. */
function refusal(code: string): StandInAnswer {
  const [status = '', why = ''] = code.split(':');
  const messages: Record<string, string> = {
    '': 'Failed to send messages',
    monthly: 'You have reached your monthly limit.',
    invalid: 'The request body has 1 error(s)',
    user: 'Failed to send messages',
    to: "The property, 'to', in the request body is invalid (line: -, column: -)",
  };
  // Plain, a 400 speaks of the message, not of the person.
  const message = status === '400' && why === '' ? messages.invalid : messages[why];
  const details =
    why === 'digest' ? [{ message: 'The value must be a valid SHA-256 digest.', property: 'to' }] : undefined;
  return { status: Number(status), body: { message: message ?? messages.invalid, details } };
}

type Fault = { message: string; property: string };

function faultsOf({ to, messages }: { to?: unknown; messages?: unknown }, byPhone: boolean): Fault[] {
  const faults: Fault[] = [];
  if (byPhone && !/^[0-9a-f]{64}$/.test(String(to))) {
    faults.push({ message: 'The value must be a valid SHA-256 digest.', property: 'to' });
  }
  if (!byPhone && !/^[UCR][0-9a-f]{32}$/.test(String(to))) faults.push({ message: 'Invalid', property: 'to' });
  if (!Array.isArray(messages) || messages.length < 1 || messages.length > 5) {
    return [...faults, { message: 'Size must be between 1 and 5', property: 'messages' }];
  }
  for (const [at, message] of (messages as { type?: unknown; text?: unknown }[]).entries()) {
    if (!message.type) faults.push({ message: 'May not be empty', property: `messages[${at}].type` });
    if (message.type !== 'text') continue;
    if (typeof message.text !== 'string' || message.text.length < 1 || message.text.length > 5000) {
      faults.push({ message: 'May not be empty', property: `messages[${at}].text` });
    }
  }
  return faults;
}

function headerFaultsOf(headers: StandInRequest['headers'], byPhone: boolean): Fault[] {
  const tag = headers['x-line-delivery-tag'];
  const key = headers['x-line-retry-key'];
  const faults: Fault[] = [];
  if (headers['content-type'] !== 'application/json')
    faults.push({ message: 'not supported', property: 'Content-Type' });
  if (tag !== undefined && (String(tag).length < 16 || String(tag).length > 100)) {
    faults.push({ message: 'Size must be between 16 and 100', property: 'X-Line-Delivery-Tag' });
  }
  if (key !== undefined && (byPhone || !UUID.test(String(key)))) {
    faults.push({ message: 'Invalid retry key', property: 'X-Line-Retry-Key' });
  }
  return faults;
}
