import { createHmac } from 'node:crypto';
import type { ReceiptStatus } from '../../schemas/vocabulary';
import {
  type Carried,
  Moods,
  type StandIn,
  type StandInAnswer,
  type StandInRequest,
  serve,
  type Told,
} from './stand-in';

export const PHONE_NUMBER_ID = '106540352242922';
export const BUSINESS_ACCOUNT_ID = '102290129340398';
export const APP_SECRET = 'app-secret-of-the-stand-in';
export const VERIFY_TOKEN = 'verify-token-of-the-stand-in';
const ACCESS_TOKEN = 'EAAJB-access-token-of-the-stand-in';
const VERSION = 'v26.0';

/** A template as the Graph API has it. */
export interface GraphTemplate {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  components: unknown[];
  rejected_reason?: string;
  message_send_ttl_seconds?: number;
  parameter_format?: string;
}

export interface WhatsappCloudStandIn extends StandIn {
  /** What it was asked to approve, and what it has besides. */
  templates: GraphTemplate[];
  /** A webhook with any content, signed. */
  signed(body: unknown): ReturnType<NonNullable<StandIn['webhook']>>;
}

const STATUS_WORDS: Partial<Record<ReceiptStatus, string>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
};
/** The codes that the error page has under another status than 400. */
const HTTP_STATUSES: Record<string, number> = {
  '0': 401,
  '2': 503,
  '3': 500,
  '10': 403,
  '190': 401,
  '368': 403,
  '131000': 500,
  '131005': 403,
  '131016': 500,
  '131031': 403,
  '131045': 500,
  '131057': 500,
  '132001': 404,
  '133004': 503,
};

/** Meta's Graph API for one number: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages */
export async function openWhatsappCloud({ webhookUrl }: { webhookUrl: string }): Promise<WhatsappCloudStandIn> {
  const carried: Carried[] = [];
  const complaints: string[] = [];
  const templates: GraphTemplate[] = [];
  const moods = new Moods();
  let served = 0;

  const handle = async (request: StandInRequest): Promise<StandInAnswer | null> => {
    if (request.headers.authorization !== `Bearer ${ACCESS_TOKEN}`) {
      return fail(401, 190, 'Invalid OAuth access token - Cannot parse access token');
    }
    const { method, path } = request;
    if (path === `/${VERSION}/${PHONE_NUMBER_ID}` && method === 'GET') return number(request);
    if (path === `/${VERSION}/${BUSINESS_ACCOUNT_ID}/message_templates`) {
      return method === 'POST' ? submit(request) : list(request);
    }
    if (path === `/${VERSION}/${PHONE_NUMBER_ID}/messages` && method === 'POST') return messages(request);
    return fail(400, 100, `Unsupported ${method.toLowerCase()} request.`, 33);
  };

  const messages = async ({ headers, body }: StandInRequest): Promise<StandInAnswer | null> => {
    const mood = moods.take();
    if (mood === 'busy') return { ...fail(429, 130429, '(#130429) Rate limit hit'), headers: { 'retry-after': '1' } };
    if (mood === 'away') return fail(503, 2, 'Service temporarily unavailable');
    if (typeof mood === 'object') return refusal(mood.refuses);
    const given = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    const faults = faultsOf(given, headers['content-type']);
    if (faults.length > 0) {
      complaints.push(...faults);
      return fail(400, 100, `(#100) ${faults.join(' ')}`);
    }
    const message: Carried = {
      to: String(given.to),
      text: given.type === 'text' ? String((given.text as { body: string }).body) : null,
      ref: typeof given.biz_opaque_callback_data === 'string' ? given.biz_opaque_callback_data : null,
      providerMessageId: `wamid.HBgMMzkzMzUxMjM0NTY3FQIAERgS${(++served).toString(16).toUpperCase().padStart(8, '0')}AA==`,
      raw: given,
    };
    carried.push(message);
    await standIn.beforeAnswer?.(message);
    if (mood === 'hangs') return null;
    if (mood === 'broken') return fail(500, 131000, '(#131000) Something went wrong');
    return {
      status: 200,
      body: {
        messaging_product: 'whatsapp',
        contacts: [{ input: message.to, wa_id: message.to }],
        messages: [{ id: message.providerMessageId, message_status: 'accepted' }],
      },
    };
  };

  const submit = ({ body }: StandInRequest): StandInAnswer => {
    const given = JSON.parse(body.toString('utf8')) as GraphTemplate;
    const faults = templateFaultsOf(given);
    if (faults.length > 0) return fail(400, 100, faults.join(' '));
    if (templates.some(({ name, language }) => name === given.name && language === given.language)) {
      return fail(400, 100, 'Content in this language already exists', 2388024);
    }
    const made = { ...given, id: String(572279198452421 + templates.length), status: 'PENDING' };
    templates.push(made);
    return { status: 200, body: { id: made.id, status: made.status, category: made.category } };
  };

  const list = ({ query }: StandInRequest): StandInAnswer => {
    const fields = (query.get('fields') ?? '').split(',');
    const found = templates.filter(({ name }) => name.includes(query.get('name') ?? ''));
    const data = found.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => fields.includes(name))));
    return { status: 200, body: { data, paging: { cursors: { before: 'MAZDZD', after: 'MjQZD' } } } };
  };

  const number = ({ query }: StandInRequest): StandInAnswer => {
    const all = { display_phone_number: '+39 335 000 0000', verified_name: 'Jasper’s Market', quality_rating: 'GREEN' };
    const fields = (query.get('fields') ?? '').split(',');
    const shown = Object.entries(all).filter(([name]) => fields.includes(name));
    return { status: 200, body: { ...Object.fromEntries(shown), id: PHONE_NUMBER_ID } };
  };

  const { url, close } = await serve(handle);
  const signed = (body: unknown) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const signature = createHmac('sha256', APP_SECRET).update(bytes).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    return { method: 'POST' as const, url: webhookUrl, headers, body: bytes };
  };
  const standIn: WhatsappCloudStandIn = {
    provider: 'whatsapp-cloud',
    account: {
      settings: { phoneNumberId: PHONE_NUMBER_ID, businessAccountId: BUSINESS_ACCOUNT_ID, apiUrl: url },
      credentials: { accessToken: ACCESS_TOKEN, appSecret: APP_SECRET, verifyToken: VERIFY_TOKEN },
    },
    carried,
    complaints,
    templates,
    meets: (...next) => moods.set(next),
    beforeAnswer: null,
    knows: () => {},
    signed,
    webhook: (message, told) =>
      signed(webhookOf(told.status === 'replied' ? replyTo(message) : statusOf(message, told))),
    webhookUrl,
    close,
  };
  return standIn;
}

/** https://developers.facebook.com/docs/graph-api/guides/error-handling */
function fail(status: number, code: number, message: string, subcode?: number): StandInAnswer {
  const details = 'As the documentation has it.';
  const error = {
    message,
    type: 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    error_data: { messaging_product: 'whatsapp', details },
    fbtrace_id: 'Az8or2yhqkZfEZ-_4Qn_Bam',
  };
  return { status, body: { error } };
}

/** `131000@400` under that status; a code by itself under the one that the error page has for it. */
function refusal(refuses: string): StandInAnswer {
  const [code = '', status] = refuses.split('@');
  return fail(Number(status ?? HTTP_STATUSES[code] ?? 400), Number(code), `(#${code}) as the page has it`);
}

function faultsOf(given: Record<string, unknown>, contentType: string | undefined): string[] {
  const faults: string[] = [];
  const ask = (right: unknown, fault: string) => void (right || faults.push(fault));
  ask(contentType === 'application/json', 'The content type is application/json.');
  ask(given.messaging_product === 'whatsapp', 'messaging_product is required.');
  ask(/^[1-9]\d{5,14}$/.test(String(given.to)), 'to is a number without a plus.');
  const { biz_opaque_callback_data: echoed = '' } = given;
  ask(String(echoed).length <= 512, 'biz_opaque_callback_data has at most 512 characters.');
  if (given.type === 'text') {
    const { body } = (given.text ?? {}) as { body?: unknown };
    ask(typeof body === 'string' && body.length >= 1 && body.length <= 4096, 'text.body has 1 to 4096 characters.');
  } else if (given.type === 'template') {
    const { name, language } = (given.template ?? {}) as { name?: unknown; language?: { code?: unknown } };
    ask(typeof name === 'string' && name !== '', 'template.name is required.');
    ask(typeof language?.code === 'string', 'template.language.code is required.');
  } else faults.push('type is required.');
  return faults;
}

/** https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates */
function templateFaultsOf({ name, language, category, components }: GraphTemplate): string[] {
  const faults: string[] = [];
  if (!/^[a-z0-9_]{1,512}$/.test(String(name))) faults.push('name is required.');
  if (!language) faults.push('language is required.');
  if (!['AUTHENTICATION', 'MARKETING', 'UTILITY'].includes(category)) faults.push('category is required.');
  const body = (components as { type?: string; text?: string; example?: unknown }[]).find(
    ({ type }) => type === 'BODY',
  );
  if (!body) faults.push('A body is required.');
  if (body && category !== 'AUTHENTICATION' && !body.text) faults.push('The body needs a text.');
  if (body?.text?.includes('{{') && !body.example) faults.push('Variables need examples.');
  return faults;
}

function statusOf({ to, ref, providerMessageId }: Carried, { status, code }: Told): object {
  const failed = status === 'failed';
  return {
    statuses: [
      {
        id: providerMessageId,
        status: STATUS_WORDS[status] ?? status,
        timestamp: '1790000000',
        recipient_id: to,
        ...(ref === null ? {} : { biz_opaque_callback_data: ref }),
        ...(failed
          ? { errors: [{ code: Number(code), title: 'As the page has it', message: to, error_data: { details: to } }] }
          : { pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' } }),
      },
    ],
  };
}

function replyTo({ to, providerMessageId }: Carried): object {
  const context = { from: '15550783881', id: providerMessageId };
  const message = {
    context,
    from: to,
    id: 'wamid.HBgL',
    timestamp: '1790000000',
    type: 'text',
    text: { body: '493021?' },
  };
  return { contacts: [{ profile: { name: 'Ann' }, wa_id: to }], messages: [message] };
}

/** One change of the field `messages`, in the envelope of every webhook of Meta's. */
export function webhookOf(value: object, field = 'messages'): object {
  const metadata = { display_phone_number: '15550783881', phone_number_id: PHONE_NUMBER_ID };
  const change = { value: { messaging_product: 'whatsapp', metadata, ...value }, field };
  return { object: 'whatsapp_business_account', entry: [{ id: BUSINESS_ACCOUNT_ID, changes: [change] }] };
}
