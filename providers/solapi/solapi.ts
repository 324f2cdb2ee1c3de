import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { LookupOutcome } from '../../core/input';
import { isDateTime } from '../../schemas/validate';
import type { Reason } from '../../schemas/vocabulary';
import { reasonOf } from '../codes';
import type {
  AccountOptions,
  AccountTrial,
  MessageHandle,
  ProviderAdapter,
  ProviderKind,
  ProviderWorld,
  SendAnswer,
  SendRequest,
} from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import { type Answer, attempt, byHttpStatus, type Call, call, objectIn, retryAfterMs } from '../http-call';
import { CODES, ERRORS, statusOf } from './codes';
import { messageOf, type SolapiSettings } from './message';
import { receiptsIn, toldBy } from './receipts';

const API_URL = 'https://api.solapi.com';

/** Korean SMS and LMS, and AlimTalk in KakaoTalk (https://docs.solapi.com). */
export const solapi: ProviderKind = {
  provider: 'solapi',
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['from'],
    properties: {
      from: { type: 'string', pattern: '^[0-9]{8,15}$', description: 'A registered sender number, digits only.' },
      pfId: { type: 'string', minLength: 1, maxLength: 256, description: 'The Kakao channel of what names none.' },
      apiUrl: { type: 'string', pattern: '^https?://', maxLength: 2048, description: `Default: ${API_URL}.` },
    },
  },
  credentials: {
    type: 'object',
    additionalProperties: false,
    required: ['apiKey', 'apiSecret'],
    properties: {
      apiKey: { type: 'string', minLength: 1, maxLength: 256 },
      apiSecret: { type: 'string', minLength: 1, maxLength: 256 },
      webhookSecret: {
        type: 'string',
        minLength: 1,
        maxLength: 256,
        description: 'As it was given with the webhook. Left out: the webhook calls the secret path.',
      },
    },
  },
  fromEnvironment({ SOLAPI_API_KEY, SOLAPI_API_SECRET, SOLAPI_FROM, SOLAPI_API_URL, SOLAPI_WEBHOOK_SECRET }) {
    if (!SOLAPI_API_KEY || !SOLAPI_API_SECRET || !SOLAPI_FROM) return null;
    return {
      settings: { from: SOLAPI_FROM.replace(/[^0-9]/g, ''), ...(SOLAPI_API_URL && { apiUrl: SOLAPI_API_URL }) },
      credentials: {
        apiKey: SOLAPI_API_KEY,
        apiSecret: SOLAPI_API_SECRET,
        ...(SOLAPI_WEBHOOK_SECRET && { webhookSecret: SOLAPI_WEBHOOK_SECRET }),
      },
    };
  },
  factsOf: () => PROVIDER_CATALOG.solapi,
  open: openSolapi,
};

function openSolapi({ settings, credentials }: AccountOptions, world: ProviderWorld): ProviderAdapter {
  const given = settings as unknown as SolapiSettings;
  const { webhookSecret } = credentials;
  const ask: Ask = (path, { method, body, signal }) =>
    call({
      method,
      url: `${(given.apiUrl ?? API_URL).replace(/\/+$/, '')}${path}`,
      headers: { authorization: authorization(credentials, world.clock()), 'content-type': 'application/json' },
      body,
      signal,
    });
  const unknown = (code: string) => world.unknownCode(code);
  return {
    facts: PROVIDER_CATALOG.solapi,
    send: (request) => attempt(() => send(ask, given, request, unknown)),
    lookup: (message) => lookup(ask, message, unknown),
    ...(webhookSecret !== undefined && {
      verify: ({ headers }) => verdictOn(headers['x-solapi-secret'], webhookSecret),
    }),
    normalise: ({ body }) => receiptsIn(body, unknown),
    test: () => trial(ask),
  };
}

type Ask = (path: string, what: Pick<Call, 'method' | 'body' | 'signal'>) => Promise<Answer>;

/** https://docs.solapi.com/authentication/api-key. A signature can be used once, hence the salt. */
export function authorization(
  { apiKey = '', apiSecret = '' }: AccountOptions['credentials'],
  now: number,
  salt = randomBytes(16).toString('hex'),
): string {
  const date = new Date(now).toISOString();
  const signature = createHmac('sha256', apiSecret).update(`${date}${salt}`).digest('hex');
  return `HMAC-SHA256 apiKey=${apiKey}, date=${date}, salt=${salt}, signature=${signature}`;
}

async function send(
  ask: Ask,
  settings: SolapiSettings,
  request: SendRequest,
  unknown: (code: string) => void,
): Promise<SendAnswer> {
  const written = messageOf(request, settings);
  if ('refused' in written) {
    return { outcome: 'rejected', reason: written.refused, code: written.code, retryAfterMs: null };
  }
  const body = JSON.stringify({ messages: [written.message], showMessageList: true });
  const answer = await ask('/messages/v4/send-many/detail', { method: 'POST', body, signal: request.signal });
  const told = objectIn(answer.text);
  const rejected = (reason: Reason, code: string): SendAnswer => {
    return { outcome: 'rejected', reason, code, retryAfterMs: retryAfterMs(answer.headers.get('retry-after')) };
  };
  if (answer.status >= 200 && answer.status < 300) {
    const failed = firstOf(told?.failedMessageList);
    const taken = firstOf(told?.messageList);
    const code = textOf(failed?.statusCode) ?? textOf(taken?.statusCode);
    if (failed || (code !== null && statusOf(code) === 'failed')) {
      return rejected(code === null ? 'unknown' : reasonOf(CODES, code, unknown), code ?? 'failed');
    }
    const id = textOf(taken?.messageId);
    return id === null ? { outcome: 'uncertain' } : { outcome: 'accepted', providerMessageId: id, costMicros: null };
  }
  const code = textOf(told?.errorCode);
  if (code !== null && Object.hasOwn(ERRORS, code)) return rejected(reasonOf(ERRORS, code, unknown), code);
  return (
    byHttpStatus(answer, code) ??
    rejected(reasonOf(ERRORS, code ?? String(answer.status), unknown), code ?? String(answer.status))
  );
}

/** https://docs.solapi.com/api-reference/messages/getmessagelist: by its ID only. */
async function lookup(
  ask: Ask,
  { providerMessageId }: MessageHandle,
  unknown: (code: string) => void,
): Promise<LookupOutcome> {
  if (providerMessageId === null) return { known: 'unknown' };
  const query = new URLSearchParams({ messageId: providerMessageId, limit: '1' });
  const { status, text } = await ask(`/messages/v4/list?${query}`, { method: 'GET' });
  const list = status === 200 ? objectIn(text)?.messageList : null;
  if (list === null || typeof list !== 'object' || !Object.hasOwn(list, providerMessageId)) return { known: 'unknown' };
  const found = (list as Record<string, Record<string, unknown>>)[providerMessageId];
  const told = toldBy(textOf(found?.statusCode), unknown);
  const known: LookupOutcome = { known: 'yes', providerMessageId, costMicros: null };
  if (!told) return known;
  const at = textOf(found?.dateReceived) ?? textOf(found?.dateReported);
  return { ...known, news: { ...told, at: at !== null && isDateTime(at) ? Date.parse(at) : null } };
}

/** `X-Solapi-Secret` is the SHA-1 of the secret that the webhook was given, in hex: the same with every call. */
function verdictOn(header: string | string[] | undefined, secret: string) {
  if (typeof header !== 'string' || header === '') return 'unsigned';
  const expected = createHash('sha1').update(secret).digest();
  const claimed = Buffer.from(header, 'hex');
  return claimed.length === expected.length && timingSafeEqual(claimed, expected) ? 'genuine' : 'forged';
}

async function trial(ask: Ask): Promise<AccountTrial> {
  try {
    const { status, text } = await ask('/cash/v1/balance', { method: 'GET' });
    if (status === 200) return { ok: true, detail: 'The balance of the account can be read.' };
    const code = textOf(objectIn(text)?.errorCode) ?? String(status);
    return { ok: false, code, detail: `Solapi refused to tell the balance (${code}).` };
  } catch {
    return { ok: false, code: null, detail: 'Solapi could not be reached.' };
  }
}

function firstOf(list: unknown): Record<string, unknown> | null {
  const first: unknown = Array.isArray(list) ? list[0] : null;
  return first !== null && typeof first === 'object' ? (first as Record<string, unknown>) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 64) : null;
}
