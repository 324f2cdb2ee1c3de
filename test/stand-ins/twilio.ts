import { createHmac, randomBytes } from 'node:crypto';
import type { ReceiptStatus } from '../../schemas/vocabulary';
import {
  type Carried,
  type Mood,
  Moods,
  type StandIn,
  type StandInAnswer,
  type StandInRequest,
  serve,
  type Told,
  type Webhook,
} from './stand-in';
import { ACCOUNT_SID, type Content, contentRoute } from './twilio-content';
import { channelOf, error, wrongWith } from './twilio-request';

const AUTH_TOKEN = 'a-token-of-the-stand-in';
const FROM = '+15005550006';
const WHATSAPP_FROM = '+14155238886';
const RCS_FROM = 'rcs:onward_agent';

/** https://www.twilio.com/docs/messaging/api/message-resource#message-status-values */
const THEIR_STATUS: Partial<Record<ReceiptStatus, string>> = {
  accepted: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'undelivered',
  failed: 'failed',
};

/** Codes that come with another status than 400, as their pages have it. */
const HTTP_STATUS: Readonly<Record<string, number>> = {
  14107: 429,
  20003: 401,
  20403: 403,
  20404: 404,
  20410: 410,
  20429: 429,
};

interface Known {
  status: string;
  code: string | null;
  price: string | null;
  priceUnit: string;
}

export interface TwilioStandIn extends StandIn {
  webhook(message: Carried, told: Told): Webhook;
  /** In Twilio's own words: a status of the Message resource, and what was charged. */
  says(message: Carried, known: Partial<Known>): void;
  /** What the next messages are answered with at once. */
  answersWith: Partial<Known> | null;
  contents: Map<string, Content>;
  accountStatus: string;
  /** Besides the auth token: `{sid}:{secret}`. */
  apiKey: string | null;
  /** How many were opened to it. */
  connections: number;
}

/** https://www.twilio.com/docs/messaging/api/message-resource, /docs/iam/api/account, /docs/content/content-api-resources */
export async function openTwilio({ webhookUrl }: { webhookUrl: string }): Promise<TwilioStandIn> {
  const carried: Carried[] = [];
  const complaints: string[] = [];
  const moods = new Moods();
  const known = new Map<string, Known>();

  const server = await serve(async (request) => {
    const refused = unauthorized(request, standIn.apiKey);
    if (refused) {
      complaints.push(`${request.method} ${request.path} came with wrong credentials`);
      return refused;
    }
    const account = `/2010-04-01/Accounts/${ACCOUNT_SID}`;
    const { method, path } = request;
    if (method === 'POST' && path === `${account}/Messages.json`) return create(request, moods.take());
    if (method === 'GET' && path === `${account}/Messages.json`) return { status: 200, body: { messages: [] } };
    if (method === 'GET' && path === `${account}.json`) return fetchAccount(request, standIn);
    const [, sid] = new RegExp(`^${account}/Messages/(SM[0-9a-f]{32})[.]json$`).exec(path) ?? [];
    if (method === 'GET' && sid !== undefined) return fetchMessage(sid);
    return (
      contentRoute(request, standIn.contents, complaints) ?? error(404, '20404', `The resource ${path} was not found`)
    );
  });

  const create = async (request: StandInRequest, mood: Mood): Promise<StandInAnswer | null> => {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const wrong = wrongWith(request, form);
    if (wrong) {
      complaints.push(`${wrong[0]}: ${wrong[1]}`);
      return error(400, ...wrong);
    }
    if (mood === 'busy') return { ...error(429, '20429', 'Too Many Requests'), headers: { 'retry-after': '1' } };
    if (mood === 'away') return error(503, '20503', 'Service Unavailable');
    if (typeof mood === 'object') return error(HTTP_STATUS[mood.refuses] ?? 400, mood.refuses, 'It was refused');
    const message = take(form);
    await standIn.beforeAnswer?.(message);
    if (mood === 'hangs') return null;
    if (mood === 'broken') return error(500, '20500', 'An internal server error has occurred');
    return { status: 201, body: resource(message, known.get(message.providerMessageId)) };
  };

  const take = (form: URLSearchParams): Carried => {
    const providerMessageId = `SM${randomBytes(16).toString('hex')}`;
    const message: Carried = {
      to: form.get('To') ?? '',
      text: form.get('Body'),
      ref: new URL(form.get('StatusCallback') ?? '').searchParams.get('ref'),
      providerMessageId,
      raw: Object.fromEntries(form),
    };
    carried.push(message);
    standIn.says(message, standIn.answersWith ?? {});
    return message;
  };

  const fetchMessage = (sid: string): StandInAnswer => {
    const message = carried.find(({ providerMessageId }) => providerMessageId === sid);
    if (!message) return error(404, '20404', `The requested resource /Messages/${sid}.json was not found`);
    return { status: 200, body: resource(message, known.get(sid)) };
  };

  const standIn: TwilioStandIn = {
    provider: 'twilio',
    account: {
      settings: { from: FROM, whatsappFrom: WHATSAPP_FROM, rcsFrom: RCS_FROM, apiUrl: server.url },
      credentials: { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN },
    },
    carried,
    complaints,
    meets: (...next) => moods.set(next),
    beforeAnswer: null,
    knows: (message, { status, code }) => standIn.says(message, { status: theirs(status), code: code ?? null }),
    says(message, said) {
      const before = { status: 'queued', code: null, price: null, priceUnit: 'USD' };
      known.set(message.providerMessageId, { ...before, ...known.get(message.providerMessageId), ...said });
    },
    answersWith: null,
    contents: new Map(),
    accountStatus: 'active',
    apiKey: null,
    connections: 0,
    webhook: statusCallback,
    webhookUrl,
    close: () => server.close(),
  };
  server.server.on('connection', () => standIn.connections++);
  return standIn;
}

function theirs(status: ReceiptStatus): string {
  const word = THEIR_STATUS[status];
  if (word === undefined) throw new Error(`Twilio has no word for “${status}”`);
  return word;
}

/** https://www.twilio.com/docs/usage/requests-to-twilio#credentials */
function unauthorized({ headers }: StandInRequest, apiKey: string | null): StandInAnswer | null {
  const accepted = [`${ACCOUNT_SID}:${AUTH_TOKEN}`, ...(apiKey === null ? [] : [apiKey])];
  const given = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8');
  return accepted.includes(given) ? null : error(401, '20003', 'Authenticate');
}

function resource(message: Carried, known: Known | undefined): unknown {
  const { To, From = null, Body = null, MessagingServiceSid = null } = message.raw as Record<string, string>;
  const now = new Date().toUTCString().replace('GMT', '+0000');
  return {
    account_sid: ACCOUNT_SID,
    api_version: '2010-04-01',
    body: Body,
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: known?.code ? Number(known.code) : null,
    error_message: null,
    from: From,
    messaging_service_sid: MessagingServiceSid,
    num_media: '0',
    num_segments: '1',
    price: known?.price ?? null,
    price_unit: known?.priceUnit ?? 'USD',
    sid: message.providerMessageId,
    status: known?.status ?? 'queued',
    subresource_uris: { media: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${message.providerMessageId}/Media.json` },
    to: To,
    uri: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${message.providerMessageId}.json`,
  };
}

function fetchAccount(request: StandInRequest, { accountStatus, apiKey }: TwilioStandIn): StandInAnswer {
  const given = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8');
  // https://www.twilio.com/docs/iam/api-keys: a standard key has no access to the Accounts resource.
  if (given === apiKey) return error(401, '20003', 'Authenticate');
  const body = {
    sid: ACCOUNT_SID,
    friendly_name: 'Stand-in',
    status: accountStatus,
    type: 'Full',
    auth_token: AUTH_TOKEN,
  };
  return { status: 200, body };
}

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status#status-callback-request-parameters */
function statusCallback(message: Carried, { status, code }: Told): Webhook {
  const { StatusCallback = '', To = '', From = '' } = message.raw as Record<string, string>;
  const channel = channelOf(To);
  const said = theirs(status);
  const parameters: Record<string, string> = {
    AccountSid: ACCOUNT_SID,
    ApiVersion: '2010-04-01',
    From,
    MessageSid: message.providerMessageId,
    MessageStatus: said,
    SmsSid: message.providerMessageId,
    SmsStatus: said,
    To,
    ...(code === undefined ? {} : { ErrorCode: code }),
    ...(channel === 'sms' ? { RawDlrDoneDate: '2611261210' } : { ChannelPrefix: channel, ChannelToAddress: To }),
    ...(status === 'read' ? { EventType: 'READ' } : {}),
    ...(code !== undefined && channel !== 'sms' ? { ChannelStatusMessage: `not for ${To}` } : {}),
  };
  // The fragment holds the connection overrides: it is neither requested nor signed.
  const [url = ''] = StatusCallback.split('#');
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'i-twilio-idempotency-token': randomBytes(16).toString('hex'),
      'x-twilio-signature': signature(AUTH_TOKEN, url, parameters),
    },
    body: Buffer.from(new URLSearchParams(parameters).toString(), 'utf8'),
  };
}

/** https://www.twilio.com/docs/usage/webhooks/webhooks-security, by hand, for a second opinion on the SDK's. */
export function signature(authToken: string, url: string, parameters: Readonly<Record<string, string>>): string {
  const names = Object.keys(parameters).sort();
  const text = names.reduce((so_far, name) => `${so_far}${name}${parameters[name]}`, url);
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}
