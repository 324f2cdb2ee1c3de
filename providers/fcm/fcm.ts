import type { Reason } from '../../schemas/vocabulary';
import type {
  AccountOptions,
  AccountTrial,
  ProviderAdapter,
  ProviderKind,
  ProviderWorld,
  SendAnswer,
  SendRequest,
} from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import { type Answer, attempt, byHttpStatus, call, faultCode, objectIn, retryAfterMs } from '../http-call';
import { fcmErrors, fieldErrors, NO_TOKEN, rpcStatuses } from './codes';
import { type FcmMessage, messageOf } from './message';
import { serviceAccountFrom, serviceAccountOf } from './service-account';
import { createTokens, NoToken, type Tokens } from './token';

const GOOGLE_API_URL = 'https://fcm.googleapis.com';
const TRIAL_PATIENCE_MS = 10_000;

interface Settings {
  projectId?: string;
  apiUrl?: string;
  tokenUrl?: string;
}

/** Push by FCM's HTTP v1: https://firebase.google.com/docs/cloud-messaging/send/v1-api. */
export const fcm: ProviderKind = {
  provider: 'fcm',
  settings: {
    type: 'object',
    additionalProperties: false,
    properties: {
      projectId: { type: 'string', pattern: '^[a-z0-9:.-]{1,64}$', description: 'Default: the service account’s.' },
      apiUrl: { type: 'string', pattern: '^https?://' },
      tokenUrl: { type: 'string', pattern: '^https?://', description: 'Where access tokens come from.' },
    },
  },
  credentials: {
    type: 'object',
    additionalProperties: false,
    anyOf: [
      { type: 'object', required: ['serviceAccount'], properties: { serviceAccount: true } },
      { type: 'object', required: ['clientEmail', 'privateKey'], properties: { clientEmail: true, privateKey: true } },
    ],
    properties: {
      serviceAccount: { type: 'string', minLength: 1, description: 'The JSON of its key file.' },
      clientEmail: { type: 'string', minLength: 1 },
      privateKey: { type: 'string', minLength: 1, description: 'PEM.' },
    },
  },
  fromEnvironment(env) {
    const serviceAccount = serviceAccountFrom(env);
    if (serviceAccount === null) return null;
    const { FCM_PROJECT_ID: projectId, FCM_API_URL: apiUrl, FCM_TOKEN_URL: tokenUrl } = env;
    const settings = {
      ...(projectId ? { projectId } : {}),
      ...(apiUrl ? { apiUrl } : {}),
      ...(tokenUrl ? { tokenUrl } : {}),
    };
    return { settings, credentials: { serviceAccount } };
  },
  factsOf: () => PROVIDER_CATALOG.fcm,
  open: openFcmAccount,
};

/** @throws Error where the service account is incomplete, or no project is named */
function openFcmAccount({ settings, credentials }: AccountOptions, world: ProviderWorld): ProviderAdapter {
  const { projectId, apiUrl = GOOGLE_API_URL, tokenUrl } = settings as Settings;
  const account = serviceAccountOf(credentials);
  const project = projectId ?? account.projectId;
  if (!project) throw new Error('neither the settings nor the service account name a project');
  const tokens = createTokens(account, tokenUrl);
  const url = `${apiUrl.replace(/\/+$/, '')}/v1/projects/${encodeURIComponent(project)}/messages:send`;
  return {
    facts: PROVIDER_CATALOG.fcm,
    send: (request) => attempt(() => send(url, tokens, world, request)),
    test: () => trial(url, tokens),
  };
}

interface SendMessageRequest {
  message: FcmMessage | { token: string };
  validate_only?: true;
}

async function post(url: string, tokens: Tokens, body: SendMessageRequest, signal: AbortSignal): Promise<Answer> {
  const token = await tokens.get();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await call({ url, headers, body: JSON.stringify(body), signal });
  if (answer.status === 401 && errorIn(answer).code === 'UNAUTHENTICATED') tokens.forget();
  return answer;
}

async function send(url: string, tokens: Tokens, world: ProviderWorld, request: SendRequest): Promise<SendAnswer> {
  try {
    const answer = await post(url, tokens, { message: messageOf(request, world.clock()) }, request.signal);
    if (answer.status < 200 || answer.status >= 300) return refusal(answer, world.unknownCode);
    const name: unknown = objectIn(answer.text)?.name;
    return { outcome: 'accepted', providerMessageId: typeof name === 'string' ? name : null, costMicros: null };
  } catch (error) {
    if (error instanceof NoToken) return error.answer;
    throw error;
  }
}

interface FcmError {
  /** The FcmError's own code, else the status; null where the answer is not Google's. */
  code: string | null;
  table: typeof fcmErrors;
  /** Why, where INVALID_ARGUMENT is about one field that a table has. */
  byField: Reason | null;
}

function refusal(answer: Answer, unknown: (code: string) => void): SendAnswer {
  const { code, table, byField } = errorIn(answer);
  const row = code !== null && Object.hasOwn(table, code) ? table[code] : undefined;
  if (code === null || !row) {
    const told = code ?? String(answer.status);
    const settled = byHttpStatus(answer, code);
    if (code !== null || !settled) unknown(told);
    return settled ?? { outcome: 'rejected', reason: 'unknown', code: told, retryAfterMs: null };
  }
  if (row.reason === 'uncertain' || (answer.status >= 500 && answer.status !== 503)) return { outcome: 'uncertain' };
  const wait = retryAfterMs(answer.headers.get('retry-after'));
  return { outcome: 'rejected', reason: byField ?? row.reason, code, retryAfterMs: wait };
}

/** `{ error: { code, message, status, details: [FcmError, BadRequest] } }` */
function errorIn({ text }: Answer): FcmError {
  const error = objectIn(text)?.error as { status?: unknown; message?: unknown; details?: unknown } | undefined;
  const details = (Array.isArray(error?.details) ? error.details : []) as Record<string, unknown>[];
  const own = details.map((detail) => detail?.errorCode).find((code) => typeof code === 'string');
  const status = typeof error?.status === 'string' ? error.status : null;
  const code = (own as string | undefined) ?? status;
  const fields = details.flatMap((detail) => (Array.isArray(detail?.fieldViolations) ? detail.fieldViolations : []));
  const byField = fields.map(({ field }) => fieldErrors[String(field)]?.reason).find((reason) => reason !== undefined);
  const noToken = NO_TOKEN.test(String(error?.message ?? '')) ? fieldErrors['message.token']?.reason : undefined;
  return {
    code: code?.slice(0, 64) ?? null,
    table: own === undefined ? rpcStatuses : fcmErrors,
    byField: code === 'INVALID_ARGUMENT' ? (byField ?? noToken ?? null) : null,
  };
}

/**
 * `validate_only` (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send) delivers nothing. The
 * token is none, and FCM says so only to those who may send: to others it says 401 or 403 first.
 */
async function trial(url: string, tokens: Tokens): Promise<AccountTrial> {
  try {
    const request = { message: { token: 'onward-tries-its-credentials' }, validate_only: true as const };
    const answer = await post(url, tokens, request, AbortSignal.timeout(TRIAL_PATIENCE_MS));
    const { code } = errorIn(answer);
    const works = answer.status === 200 || code === 'INVALID_ARGUMENT' || code === 'UNREGISTERED';
    if (works) return { ok: true, detail: 'The service account may send for this project.' };
    return { ok: false, code: code ?? String(answer.status), detail: `FCM answered ${answer.status}.` };
  } catch (error) {
    if (!(error instanceof NoToken)) return { ok: false, code: faultCode(error), detail: 'FCM did not answer.' };
    const code = error.answer.outcome === 'rejected' ? error.answer.code : null;
    return { ok: false, code, detail: 'Google gave no access token for the service account.' };
  }
}
