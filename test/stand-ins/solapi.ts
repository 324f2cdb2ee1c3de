import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import {
  type Carried,
  Moods,
  type StandIn,
  type StandInAnswer,
  type StandInRequest,
  serve,
  type Told,
} from './stand-in';

const API_KEY = 'NCSAYU7YDBXYORXC';
const API_SECRET = 'solapi-api-secret';
const WEBHOOK_SECRET = 'solapi-webhook-secret';
const FROM = '0212345678';

/** https://docs.solapi.com: authentication by API key, /messages/v4/send-many/detail, /messages/v4/list, reports. */
export async function openSolapi({ webhookUrl }: { webhookUrl: string }): Promise<StandIn> {
  const solapi = new Solapi(webhookUrl);
  const { url, close } = await serve((request) => solapi.handle(request));
  solapi.account.settings.apiUrl = url;
  return Object.assign(solapi, { close });
}

interface Message {
  to?: string;
  from?: string;
  type?: string;
  text?: string;
  subject?: string;
  country?: string;
  autoTypeDetect?: boolean;
  replacements?: unknown;
  customFields?: Record<string, string>;
  kakaoOptions?: { pfId?: string; templateId?: string; variables?: Record<string, string>; disableSms?: boolean };
}

class Solapi implements Omit<StandIn, 'close'> {
  readonly provider = 'solapi';
  readonly account = {
    settings: { from: FROM } as Record<string, string>,
    credentials: { apiKey: API_KEY, apiSecret: API_SECRET, webhookSecret: WEBHOOK_SECRET },
  };
  readonly carried: Carried[] = [];
  readonly complaints: string[] = [];
  beforeAnswer: StandIn['beforeAnswer'] = null;
  private readonly moods = new Moods();
  private readonly known = new Map<string, Told>();
  private readonly usedSignatures = new Set<string>();

  constructor(readonly webhookUrl: string) {}

  meets(...moods: Parameters<StandIn['meets']>): void {
    this.moods.set(moods);
  }

  knows({ providerMessageId }: Carried, told: Told): void {
    this.known.set(providerMessageId, told);
  }

  readonly webhook: NonNullable<StandIn['webhook']> = (message, told) => ({
    method: 'POST',
    url: this.webhookUrl,
    headers: {
      'Content-Type': 'application/json',
      'X-Solapi-Event-Name': 'SINGLE-REPORT',
      'X-Solapi-Secret': createHash('sha1').update(WEBHOOK_SECRET).digest('hex'),
    },
    body: Buffer.from(JSON.stringify([this.stored(message, told)])),
  });

  async handle(request: StandInRequest): Promise<StandInAnswer | null> {
    const wrong = this.wrongAuthorization(request.headers.authorization ?? '');
    if (wrong !== null) {
      this.complaints.push(wrong);
      return { status: 403, body: { errorCode: wrong, errorMessage: wrong } };
    }
    const { method, path } = request;
    if (method === 'GET' && path === '/cash/v1/balance') return { status: 200, body: { balance: 100, point: 50 } };
    if (method === 'GET' && path === '/messages/v4/list') return this.list(request.query.get('messageId'));
    if (method === 'POST' && path === '/messages/v4/send-many/detail') return this.send(request);
    return { status: 404, body: { errorCode: 'ResourceNotFound', errorMessage: path } };
  }

  private wrongAuthorization(header: string): string | null {
    const shape = /^HMAC-SHA256 apiKey=(\w+), date=([^,]+), salt=(\w{12,64}), signature=([0-9a-f]{64})$/;
    const [, apiKey, date = '', salt, signature = ''] = shape.exec(header) ?? [];
    if (apiKey !== API_KEY) return 'InvalidAPIKey';
    if (!(Math.abs(Date.parse(date) - Date.now()) < 15 * 60_000)) return 'RequestTimeTooSkewed';
    const right = createHmac('sha256', API_SECRET).update(`${date}${salt}`).digest();
    if (!timingSafeEqual(right, Buffer.from(signature, 'hex'))) return 'SignatureDoesNotMatch';
    if (this.usedSignatures.has(signature)) return 'DuplicatedSignature';
    this.usedSignatures.add(signature);
    return null;
  }

  private async send({ headers, body }: StandInRequest): Promise<StandInAnswer | null> {
    if (headers['content-type'] !== 'application/json') this.complaints.push('no JSON');
    const { messages, showMessageList } = JSON.parse(body.toString('utf8')) as {
      messages: Message[];
      showMessageList?: boolean;
    };
    const [given, ...more] = messages;
    if (!given || more.length > 0) {
      this.complaints.push('not one message');
      return { status: 400, body: { errorCode: 'ValidationError' } };
    }
    this.judge(given);
    const mood = this.moods.take();
    if (mood === 'busy') return { status: 429, headers: { 'retry-after': '1' }, body: {} };
    if (mood === 'away') return { status: 503, body: {} };
    if (typeof mood === 'object') return this.refuse(given, mood.refuses);
    const message: Carried = {
      to: given.to ?? '',
      text: given.text ?? null,
      ref: given.customFields?.ref ?? null,
      providerMessageId: `M4V2026${String(this.carried.length).padStart(20, '0')}`,
      raw: given,
    };
    this.carried.push(message);
    if (mood === 'broken') return { status: 500, body: { errorCode: 'InternalError' } };
    if (mood === 'hangs') return null;
    await this.beforeAnswer?.(message);
    const { providerMessageId: messageId, ref } = message;
    const item = { messageId, statusCode: '2000', statusMessage: '정상 접수', customFields: { ref } };
    const count = { total: 1, registeredFailed: 0, registeredSuccess: 1 };
    return {
      status: 200,
      body: { failedMessageList: [], ...(showMessageList && { messageList: [item] }), groupInfo: { count } },
    };
  }

  /** Codes of messages are numbers and stand in a 200; those of whole requests are words. */
  private refuse({ to, from, type }: Message, code: string): StandInAnswer {
    if (!/^\d/.test(code)) return { status: 400, body: { errorCode: code, errorMessage: '' } };
    const failed = { to, from, type, statusCode: code, statusMessage: '', messageId: 'M4Vnone', country: '82' };
    return { status: 200, body: { failedMessageList: [failed], groupInfo: { count: { registeredFailed: 1 } } } };
  }

  private judge({ to, from, type, text, subject, autoTypeDetect, replacements, customFields, kakaoOptions }: Message) {
    const wrong = [
      !/^\d{4,15}$/.test(to ?? '') && '“to” is no number of digits',
      from !== FROM && '“from” is not registered',
      autoTypeDetect !== false && 'the type would be guessed',
      replacements !== undefined && 'it would be replaced by another message',
      (customFields?.ref ?? '').length > 100 && 'a custom field is too long',
      !['SMS', 'LMS', 'ATA'].includes(type ?? '') && 'no type',
      type === 'SMS' && subject !== undefined && 'an SMS has no subject',
      type !== 'ATA' && !text && 'no text',
      type === 'ATA' && !(kakaoOptions?.pfId && kakaoOptions.templateId) && 'no pfId or templateId',
      type === 'ATA' && kakaoOptions?.disableSms !== true && 'an SMS would be sent in its place',
    ];
    this.complaints.push(...wrong.filter((one) => one !== false));
  }

  private list(messageId: string | null): StandInAnswer {
    const message = this.carried.find(({ providerMessageId }) => providerMessageId === messageId);
    const messageList = message ? { [message.providerMessageId]: this.stored(message) } : {};
    return { status: 200, body: { startKey: null, limit: 1, messageList } };
  }

  private stored(message: Carried, told = this.known.get(message.providerMessageId)): Record<string, unknown> {
    const { to, text, ref, providerMessageId } = message;
    const good: Partial<Record<Told['status'], string>> = { accepted: '2000', sent: '3000', delivered: '4000' };
    const statusCode = told?.code ?? (told && good[told.status]) ?? '2000';
    const now = new Date().toISOString();
    const { type } = message.raw as Message;
    return {
      ...{ messageId: providerMessageId, groupId: 'G4V2026', accountId: '12925149', type, to, from: FROM, text },
      ...{ country: '82', statusCode, statusMessage: '', networkName: 'KT', customFields: { ref }, replacement: false },
      ...{ dateProcessed: now, dateReported: now, dateReceived: statusCode === '4000' ? now : null },
    };
  }
}
