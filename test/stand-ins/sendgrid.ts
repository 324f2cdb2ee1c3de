import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
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

/** As the Event Webhook has it; custom arguments stand beside the rest. */
export type SendgridEvent = Record<string, unknown>;

export interface SendgridStandIn extends StandIn {
  complaints: string[];
  /** Base64 of DER, as the settings page shows it. */
  publicKey: string;
  /** What an event of that mail says besides its own name. */
  about(message: Carried): SendgridEvent;
  /** Events in one signed call. @param signedAtMs what stands in the timestamp's header; default: now */
  batch(events: readonly SendgridEvent[], signedAtMs?: number): Webhook;
  /** The permissions of its API key. */
  scopes: string[];
  /** Connections that were opened to it. */
  connections(): number;
}

interface MailBody {
  from?: { email?: unknown };
  reply_to?: { email?: unknown };
  subject?: unknown;
  content?: { type?: unknown; value?: unknown }[];
  personalizations?: { to?: { email?: unknown }[]; custom_args?: Record<string, unknown> }[];
  tracking_settings?: { click_tracking?: { enable?: unknown }; open_tracking?: { enable?: unknown } };
}

const EVENT_NAMES: Partial<Record<Told['status'], string>> = {
  accepted: 'processed',
  delivered: 'delivered',
  undelivered: 'bounce',
  failed: 'dropped',
  read: 'open',
  clicked: 'click',
};

/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send and the Event Webhook. */
export async function openSendgrid({ webhookUrl }: { webhookUrl: string }): Promise<SendgridStandIn> {
  const apiKey = `SG.${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const shownKey = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const moods = new Moods();
  const carried: Carried[] = [];
  const complaints: string[] = [];
  let connections = 0;

  const { url, server, close } = await serve(async (request) => {
    if (request.headers.authorization !== `Bearer ${apiKey}`) {
      complaints.push('the Authorization header has another key');
      return refusal(401, 'The provided authorization grant is invalid, expired, or revoked', null);
    }
    if (request.method === 'GET' && request.path === '/v3/scopes') {
      return { status: 200, body: { scopes: standIn.scopes } };
    }
    if (request.method !== 'POST' || request.path !== '/v3/mail/send') {
      complaints.push(`there is no ${request.method} ${request.path}`);
      return refusal(404, 'Not Found', null);
    }
    return takeMail(request, moods.take());
  });
  server.on('connection', () => connections++);

  const takeMail = async (request: StandInRequest, mood: Mood): Promise<StandInAnswer | null> => {
    if (mood === 'busy') return { ...refusal(429, 'too many requests', null), headers: { 'retry-after': '1' } };
    if (mood === 'away') return refusal(503, 'Service Unavailable', null);
    if (typeof mood === 'object') return refusalFor(mood.refuses);
    const mail = JSON.parse(request.body.toString('utf8')) as MailBody;
    const wrong = wrongIn(mail, request.headers['content-type']);
    if (wrong) {
      complaints.push(`${wrong.field}: ${wrong.message}`);
      return refusal(400, wrong.message, wrong.field);
    }
    const message = carriedOf(mail);
    carried.push(message);
    await standIn.beforeAnswer?.(message);
    if (mood === 'hangs') return null;
    if (mood === 'broken') return refusal(500, 'Internal Server Error', null);
    return { status: 202, headers: { 'x-message-id': message.providerMessageId }, body: '' };
  };

  const standIn: SendgridStandIn = {
    provider: 'sendgrid',
    account: {
      settings: { from: 'Onward <orders@shop.example>', apiUrl: url, webhookPublicKey: shownKey },
      credentials: { apiKey },
    },
    carried,
    complaints,
    meets: (...next) => moods.set(next),
    beforeAnswer: null,
    knows() {
      throw new Error('SendGrid cannot be asked about a message');
    },
    webhook: (message, told) => standIn.batch([eventOf(standIn.about(message), told)]),
    webhookUrl,
    close,
    publicKey: shownKey,
    about: aboutOf,
    batch: (events, signedAtMs = Date.now()) => signedCall(standIn.webhookUrl, privateKey, events, signedAtMs),
    scopes: ['mail.send', 'user.account.read'],
    connections: () => connections,
  };
  return standIn;
}

function wrongIn(mail: MailBody, contentType: string | undefined): { field: string; message: string } | null {
  const found = (field: string, message: string) => ({ field, message });
  if (!contentType?.startsWith('application/json')) return found('headers', 'Content-Type should be application/json');
  if (!isAddress(mail.from?.email)) return found('from.email', 'Does not contain a valid address.');
  if (mail.reply_to !== undefined && !isAddress(mail.reply_to.email)) {
    return found('reply_to.email', 'Does not contain a valid address.');
  }
  const [envelope, ...more] = mail.personalizations ?? [];
  if (!envelope) return found('personalizations', 'You must have at least one personalization.');
  if (more.length > 0) return found('personalizations', 'One mail went to more than one envelope.');
  if (envelope.to?.length !== 1 || !isAddress(envelope.to[0]?.email)) {
    return found('personalizations.0.to.0.email', 'Does not contain a valid address.');
  }
  if (!isText(envelope.custom_args?.ref)) return found('personalizations.0.custom_args', 'The ref is missing.');
  if (!isText(mail.subject)) return found('subject', 'The subject is required.');
  const types = mail.content?.map(({ type }) => type) ?? [];
  if (types.length === 0) return found('content', 'There must be at least one defined content block.');
  if (types.length === 2 && types[0] !== 'text/plain') return found('content.0.type', 'text/plain needs to be first.');
  if (mail.content?.some(({ value }) => !isText(value))) {
    return found('content.0.value', 'The content value must be a string at least one character in length.');
  }
  const { click_tracking: clicks, open_tracking: opens } = mail.tracking_settings ?? {};
  if (clicks?.enable !== true || opens?.enable !== true) return found('tracking_settings', 'Tracking is off.');
  return null;
}

function carriedOf(mail: MailBody): Carried {
  const [envelope] = mail.personalizations ?? [];
  return {
    to: String(envelope?.to?.[0]?.email),
    text: (mail.content?.find(({ type }) => type === 'text/plain')?.value as string | undefined) ?? null,
    ref: String(envelope?.custom_args?.ref),
    providerMessageId: randomBytes(16).toString('base64url'),
    raw: mail,
  };
}

/** A code is a field, a status, or the one message that names the account's own trouble. */
function refusalFor(code: string): StandInAnswer {
  if (code === 'Maximum credits exceeded') return refusal(401, code, null);
  if (/^\d{3,5}$/.test(code)) return refusal(Number(code), 'Refused', null);
  return refusal(400, 'It is not as it has to be.', code);
}

function refusal(status: number, message: string, field: string | null): StandInAnswer {
  return { status, body: { errors: [{ message, field, help: null }] } };
}

function aboutOf({ to, ref, providerMessageId }: Carried): SendgridEvent {
  return {
    email: to,
    timestamp: Math.floor(Date.now() / 1000),
    'smtp-id': `<${providerMessageId}@geopod-ismtpd-3>`,
    sg_event_id: randomBytes(16).toString('base64'),
    sg_message_id: `${providerMessageId}.recvd-5f54b5d587-l4lzr-1-63F5A9E5-2B.0`,
    ref,
  };
}

function eventOf(about: SendgridEvent, { status, code }: Told): SendgridEvent {
  const event = EVENT_NAMES[status];
  if (event === undefined) throw new Error(`SendGrid has no event for ${status}`);
  const human = {
    useragent: 'Mozilla/5.0',
    ip: '203.0.113.7',
    sg_machine_open: false,
    url: 'https://shop.example/?c=1',
  };
  if (event === 'open' || event === 'click') return { ...about, event, ...human };
  if (event === 'dropped') return { ...about, event, reason: code, status: '5.0.0' };
  if (event !== 'bounce') return { ...about, event, response: '250 OK' };
  const enhanced = /^\d\.\d+\.\d+$/.test(code ?? '') ? code : '5.0.0';
  const reply = /^\d{3}$/.test(code ?? '') ? code : '599';
  const known = enhanced === code || reply === code;
  const bounce_classification = known ? 'Unclassified' : code;
  const reason = `${reply} ${enhanced} <${String(about.email)}>: not taken`;
  return { ...about, event, type: 'bounce', status: enhanced, bounce_classification, reason };
}

/** The body ends as SendGrid's does: what is verified must not be trimmed. */
function signedCall(url: string, key: KeyObject, events: readonly SendgridEvent[], signedAtMs: number): Webhook {
  const body = Buffer.from(`[${events.map((event) => JSON.stringify(event)).join(',\r\n')}]\r\n`);
  const timestamp = String(Math.floor(signedAtMs / 1000));
  const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), body]), key).toString('base64');
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'SendGrid Event API',
    'x-twilio-email-event-webhook-signature': signature,
    'x-twilio-email-event-webhook-timestamp': timestamp,
  };
  return { method: 'POST', url, headers, body };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^[^@\s<>]+@[^@\s<>]+$/.test(value);
}
