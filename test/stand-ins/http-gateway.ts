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

const API_KEY = 'gw-key-7d1c';
const SIGNING_SECRET = 'gw-signing-secret';

/** The gateway's words for what a receipt says. */
const WORDS: Partial<Record<ReceiptStatus, string>> = {
  sent: 'SENT',
  delivered: 'DELIVERED',
  undelivered: 'UNDELIVERED',
  expired: 'TTL_OVER',
  recalled: 'WITHDRAWN',
};

/** An imaginary gateway, described whole; docs/add-a-provider.md shows the same one. */
export function gatewaySettings(url: string): Record<string, unknown> {
  const bearer = { Authorization: 'Bearer {{credentials.apiKey}}' };
  const message = { method: 'GET', url: `${url}/v2/messages/{{providerMessageId}}`, headers: bearer };
  const statuses = {
    QUEUED: null,
    SENT: 'sent',
    DELIVERED: 'delivered',
    UNDELIVERED: 'undelivered',
    TTL_OVER: { status: 'expired', reason: 'expired' },
    WITHDRAWN: 'recalled',
  };
  return {
    channels: { sms: ['accepted', 'sent', 'delivered', 'undelivered', 'expired', 'recalled'] },
    validity: { min: 30, max: 86_400 },
    send: {
      url: `${url}/v2/messages`,
      headers: { ...bearer, 'X-Trace': '{{invocationId}}' },
      body: {
        json: {
          to: '{{address}}',
          from: 'ONWARD',
          body: '{{text}}',
          title: { $optional: '{{title}}' },
          ttl: { $number: '{{validitySeconds}}' },
          client: { reference: '{{ref}}', report: ['{{callbackUrl}}'] },
        },
      },
    },
    answer: {
      accepted: [202],
      messageId: '/data/0/id',
      code: '/error/code',
      cost: { at: '/data/0/price', unit: 'currency' },
    },
    codes: { E_NUMBER: 'invalid_address', E_OPTOUT: 'opted_out', E_TEXT: 'content_rejected', E_ABSENT: 'unreachable' },
    lookup: {
      request: message,
      status: '/data/0/state',
      statuses,
      code: '/data/0/code',
      at: { at: '/data/0/changed', format: 'rfc3339' },
    },
    recall: { request: { ...message, method: 'DELETE' }, confirmed: [204], code: '/error/code' },
    test: { request: { method: 'GET', url: `${url}/v2/account`, headers: bearer } },
    redelivers: true,
    receipts: {
      format: 'json',
      list: '/reports',
      ref: '/reference',
      providerMessageId: '/id',
      status: '/state',
      statuses,
      code: '/code',
      at: { field: '/changed', format: 'unix' },
      cost: { field: '/price', unit: 'cents' },
      signature: {
        header: 'X-Gateway-Signature',
        algorithm: 'hmac-sha256',
        encoding: 'hex',
        prefix: 'v1=',
        signed: 'timestamp.body',
        timestampHeader: 'X-Gateway-Timestamp',
        secret: 'signingSecret',
      },
    },
  };
}

/** It, on this machine. */
export async function openHttpGateway({ webhookUrl }: { webhookUrl: string }): Promise<StandIn> {
  const gateway = new Gateway(webhookUrl);
  const { url, close } = await serve((request) => gateway.handle(request));
  gateway.account.settings = gatewaySettings(url);
  return Object.assign(gateway, { close });
}

interface Sent {
  to: string;
  body: string;
  ttl: number;
  client: { reference: string; report: string[] };
}

class Gateway implements Omit<StandIn, 'close'> {
  readonly provider = 'http';
  readonly account: StandIn['account'] & { settings: Record<string, unknown> } = {
    settings: {},
    credentials: { apiKey: API_KEY, signingSecret: SIGNING_SECRET },
  };
  readonly carried: Carried[] = [];
  readonly complaints: string[] = [];
  beforeAnswer: StandIn['beforeAnswer'] = null;
  private readonly moods = new Moods();
  private readonly known = new Map<string, Told>();

  constructor(readonly webhookUrl: string) {}

  meets(...moods: Parameters<StandIn['meets']>): void {
    this.moods.set(moods);
  }

  knows({ providerMessageId }: Carried, told: Told): void {
    this.known.set(providerMessageId, told);
  }

  async handle(request: StandInRequest): Promise<StandInAnswer | null> {
    const { method, path, headers } = request;
    if (headers.authorization !== `Bearer ${API_KEY}`) {
      this.complaints.push('the key is missing or wrong');
      return { status: 401, body: { error: { code: 'E_KEY' } } };
    }
    if (path === '/v2/account' && method === 'GET') return { status: 200, body: { balance: 12 } };
    if (path === '/v2/messages' && method === 'POST') return this.send(request);
    const id = /^\/v2\/messages\/([^/]+)$/.exec(path)?.[1];
    const message = this.carried.find(({ providerMessageId }) => providerMessageId === id);
    if (!message) return { status: 404, body: { error: { code: 'E_NO_MESSAGE' } } };
    return method === 'DELETE' ? this.withdraw(message) : { status: 200, body: { data: [this.stateOf(message)] } };
  }

  readonly webhook: NonNullable<StandIn['webhook']> = (message, told) => {
    const seconds = Math.floor(Date.now() / 1000);
    const { changed: _, ...state } = this.stateOf(message, told);
    const report = { ...state, changed: seconds, price: 4.5, number: message.to, reference: message.ref };
    const body = Buffer.from(JSON.stringify({ reports: [report] }));
    const signature = createHmac('sha256', SIGNING_SECRET).update(`${seconds}.`).update(body).digest('hex');
    return {
      method: 'POST',
      url: (message.raw as Sent).client.report[0] ?? this.webhookUrl,
      headers: {
        'Content-Type': 'application/json',
        'X-Gateway-Timestamp': String(seconds),
        'X-Gateway-Signature': `v1=${signature}`,
      },
      body,
    };
  };

  private async send({ headers, body }: StandInRequest): Promise<StandInAnswer | null> {
    const sent = JSON.parse(body.toString('utf8')) as Sent;
    if (!headers['x-trace']?.toString().startsWith('inv_')) this.complaints.push('no X-Trace');
    if (!/^\+\d{6,15}$/.test(sent.to)) this.complaints.push('“to” is no number');
    if (typeof sent.ttl !== 'number') this.complaints.push('“ttl” is no number');
    if (typeof sent.body !== 'string' || sent.body === '') this.complaints.push('no “body”');
    if (!sent.client.report[0]?.startsWith('http')) this.complaints.push('no “report”');
    const mood = this.moods.take();
    if (mood === 'busy') return { status: 429, headers: { 'retry-after': '1' }, body: {} };
    if (mood === 'away') return { status: 503, body: {} };
    if (typeof mood === 'object') return { status: 422, body: { error: { code: mood.refuses, text: 'refused' } } };
    const message: Carried = {
      to: sent.to,
      text: sent.body,
      ref: sent.client.reference,
      providerMessageId: `gw-${this.carried.length + 1}-${Math.random().toString(36).slice(2)}`,
      raw: sent,
    };
    this.carried.push(message);
    if (mood === 'broken') return { status: 500, body: {} };
    if (mood === 'hangs') return null;
    await this.beforeAnswer?.(message);
    return { status: 202, body: { data: [{ id: message.providerMessageId, price: '0.045' }] } };
  }

  private withdraw(message: Carried): StandInAnswer {
    const { status } = this.known.get(message.providerMessageId) ?? { status: 'sent' };
    if (status === 'delivered') return { status: 409, body: { error: { code: 'E_TOO_LATE' } } };
    this.knows(message, { status: 'recalled' });
    return { status: 204 };
  }

  private stateOf({ providerMessageId }: Carried, told = this.known.get(providerMessageId)): Record<string, unknown> {
    const state = told ? WORDS[told.status] : 'QUEUED';
    return { id: providerMessageId, state, changed: new Date().toISOString(), ...(told?.code && { code: told.code }) };
  }
}

/** What its own servers compare signatures by; here for the tests that sign by hand. */
export function signedBy(
  secret: string,
  bytes: Buffer | string,
  algorithm: string,
  encoding: 'hex' | 'base64',
): string {
  return createHmac(algorithm, secret).update(bytes).digest(encoding);
}
