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

const ACCOUNT_SID = 'AC00000000000000000000000000c0ffee';
const AUTH_TOKEN = 'a-token-of-the-stand-in';
const FROM = '+15005550006';
const WHATSAPP_FROM = '+14155238886';
const RCS_FROM = 'rcs:onward_agent';
export const CONTENT_SID = 'HX00000000000000000000000000c0ffee';

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

/** A template of the Content API. */
interface Content {
  status: string;
  rejectionReason: string;
  /** What it was submitted with. */
  submitted: { name: string; category: string } | null;
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
    webhook: statusCallback,
    webhookUrl,
    close: () => server.close(),
  };
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

/** https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions */
function error(status: number, code: string, message: string): StandInAnswer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return { status, body: { code: Number(code), message, more_info, status } };
}

/** Everything that the page of the Message resource requires of a request, and Twilio's code for its absence. */
function wrongWith({ headers }: StandInRequest, form: URLSearchParams): [code: string, message: string] | null {
  const has = (name: string) => (form.get(name) ?? '') !== '';
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return ['12300', 'Invalid Content-Type'];
  if (!has('To')) return ['21604', "A 'To' phone number is required."];
  if (!has('From') && !has('MessagingServiceSid')) return ['21603', "A 'From' phone number is required."];
  if (!has('Body') && !has('ContentSid')) return ['21619', 'A text message body or media urls must be specified.'];
  if (has('ContentVariables') && !has('ContentSid')) return ['21654', 'ContentSid Required'];
  if (has('ContentSid') && !/^HX[0-9a-f]{32}$/.test(form.get('ContentSid') ?? ''))
    return ['21655', 'The ContentSid is Invalid'];
  if (has('ContentVariables') && !isObject(form.get('ContentVariables')))
    return ['21656', 'Content Variables are invalid'];
  if ((form.get('Body') ?? '').length > 1600) return ['21617', 'The concatenated message body exceeds 1600 characters'];
  if (!isWebAddress(form.get('StatusCallback'))) return ['21609', "The 'StatusCallback' URL is not valid"];
  const validity = Number(form.get('ValidityPeriod') ?? 36_000);
  if (!Number.isInteger(validity) || validity < 1 || validity > 36_000)
    return ['21624', 'Invalid validity period value'];
  if (!/^((whatsapp|rcs):)?[+][1-9][0-9]{1,14}$/.test(form.get('To') ?? ''))
    return ['21211', "Invalid 'To' Phone Number"];
  if (has('From') && channelOf(form.get('From')) !== channelOf(form.get('To'))) {
    return ['21910', "Invalid 'From' and 'To' pair"];
  }
  return null;
}

function isObject(text: string | null): boolean {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
  } catch {
    return false;
  }
}

function isWebAddress(text: string | null): boolean {
  return text !== null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function channelOf(address: string | null): string {
  return /^(whatsapp|rcs):/.exec(address ?? '')?.[1] ?? 'sms';
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

function contentRoute(
  { method, path, headers, body }: StandInRequest,
  contents: TwilioStandIn['contents'],
  complaints: string[],
): StandInAnswer | null {
  const [, sid, what] = /^[/]v1[/]Content[/](HX[0-9a-f]{32})(|[/]ApprovalRequests(?:[/]whatsapp)?)$/.exec(path) ?? [];
  if (sid === undefined) return null;
  const content = contents.get(sid);
  if (!content) return error(404, '20404', `The requested resource /Content/${sid} was not found`);
  const whatsapp = () => ({
    type: 'whatsapp',
    name: content.submitted?.name ?? '',
    category: content.submitted?.category ?? '',
    content_type: 'twilio/text',
    status: content.status,
    rejection_reason: content.rejectionReason,
    allow_category_change: true,
  });
  if (method === 'GET' && what === '') return { status: 200, body: { sid, account_sid: ACCOUNT_SID, language: 'en' } };
  if (method === 'GET' && what === '/ApprovalRequests') {
    return { status: 200, body: { sid, account_sid: ACCOUNT_SID, url: path, whatsapp: whatsapp() } };
  }
  if (method !== 'POST' || what !== '/ApprovalRequests/whatsapp') return null;
  const { name, category } = JSON.parse(body.toString('utf8')) as Record<string, string | undefined>;
  const isName = /^[a-z0-9_]{1,512}$/.test(name ?? '');
  const isCategory = ['UTILITY', 'MARKETING', 'AUTHENTICATION'].includes(category ?? '');
  if (!isName || !isCategory || headers['content-type'] !== 'application/json') {
    complaints.push('an approval request has a name of lower-case letters, digits and underscores, and a category');
    return error(400, '20422', 'Invalid Parameter');
  }
  if (content.submitted) return error(400, '92009', 'The template has already been submitted for approval.');
  Object.assign(content, { submitted: { name, category }, status: 'received' });
  return { status: 201, body: whatsapp() };
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
