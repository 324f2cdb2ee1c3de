import { type ClientResponse, type MailDataRequired, MailService } from '@sendgrid/mail';
import type { RenderedContent } from '../../schemas/template';
import { reasonOf } from '../codes';
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
import { attempt, byHttpStatus, faultCode } from '../http-call';
import { AccountClient } from './client';
import { accountErrors, fieldErrors, statusErrors } from './codes';
import { publicKeyOf, receiptsIn, verifyEvents } from './webhook';

const TRIAL_PATIENCE_MS = 10_000;
/** `ann@example.com` or `Ann <ann@example.com>`. */
const MAILBOX = '^(?:[^<>]*<[^@\\s<>]+@[^@\\s<>]+>|[^@\\s<>]+@[^@\\s<>]+)$';

interface Settings {
  from?: string;
  replyTo?: string;
  apiUrl?: string;
  webhookPublicKey?: string;
}

/** Email by SendGrid's v3 Mail Send: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send. */
export const sendgrid: ProviderKind = {
  provider: 'sendgrid',
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['from'],
    properties: {
      from: { type: 'string', maxLength: 320, pattern: MAILBOX, description: 'The sender, with or without a name.' },
      replyTo: { type: 'string', maxLength: 320, pattern: MAILBOX },
      apiUrl: { type: 'string', pattern: '^https?://', description: 'https://api.eu.sendgrid.com in the EU.' },
      webhookPublicKey: {
        type: 'string',
        maxLength: 1024,
        description: 'The verification key of the Signed Event Webhook; without it no receipt is taken.',
      },
    },
  },
  credentials: {
    type: 'object',
    additionalProperties: false,
    required: ['apiKey'],
    properties: { apiKey: { type: 'string', minLength: 1 } },
  },
  fromEnvironment(env) {
    const { SENDGRID_API_KEY: apiKey, SENDGRID_FROM: from, SENDGRID_API_URL: apiUrl } = env;
    if (!apiKey) return null;
    const webhookPublicKey = env.SENDGRID_WEBHOOK_PUBLIC_KEY;
    const settings: Settings = {
      ...(from ? { from } : {}),
      ...(apiUrl ? { apiUrl } : {}),
      ...(webhookPublicKey ? { webhookPublicKey } : {}),
    };
    return { settings: { ...settings }, credentials: { apiKey } };
  },
  factsOf: () => PROVIDER_CATALOG.sendgrid,
  open: openSendgridAccount,
};

/** @throws Error where the webhook's key is none */
function openSendgridAccount({ settings, credentials }: AccountOptions, world: ProviderWorld): ProviderAdapter {
  const account = settings as Settings;
  const client = new AccountClient(credentials.apiKey ?? '', account.apiUrl);
  const key = account.webhookPublicKey ? publicKeyOf(account.webhookPublicKey) : null;
  return {
    facts: PROVIDER_CATALOG.sendgrid,
    send: (request) => attempt(() => send(client, account, world, request)),
    verify: (request) => (key ? verifyEvents(key, request, world.clock()) : 'unsigned'),
    normalise: ({ body }) => receiptsIn(body, world.unknownCode),
    test: () => trial(client.until(AbortSignal.timeout(TRIAL_PATIENCE_MS))),
    async close() {
      client.close();
    },
  };
}

async function send(
  client: AccountClient,
  account: Settings,
  world: ProviderWorld,
  request: SendRequest,
): Promise<SendAnswer> {
  const service = new MailService();
  service.setClient(client.until(request.signal));
  const [{ statusCode, body, headers }] = await service.send(mailOf(account, request));
  if (statusCode >= 200 && statusCode < 300) {
    const id: unknown = headers['x-message-id'];
    return { outcome: 'accepted', providerMessageId: typeof id === 'string' && id ? id : null, costMicros: null };
  }
  return refusal({ status: statusCode, headers: waitOf(headers, world.clock()), body }, world.unknownCode);
}

function mailOf({ from = '', replyTo }: Settings, { address, ref, content }: SendRequest): MailDataRequired {
  return {
    from,
    ...(replyTo === undefined ? {} : { replyTo }),
    subject: content.subject,
    content: blocksOf(content) as [{ type: string; value: string }],
    // An object: a text would be searched for a name and an address.
    personalizations: [{ to: [{ email: address }], customArgs: { ref } }],
    // Without them nothing is ever read or clicked; links in plain text stay as they are, so that they can be copied.
    trackingSettings: { clickTracking: { enable: true, enableText: false }, openTracking: { enable: true } },
  };
}

/** Plain text has to stand first (RFC 1341, 7.2; SendGrid's `content.value`). */
function blocksOf({ text, html }: RenderedContent): { type: string; value: string }[] {
  return [
    ...(text === undefined ? [] : [{ type: 'text/plain', value: text }]),
    ...(html === undefined ? [] : [{ type: 'text/html', value: html }]),
  ];
}

interface Refused {
  status: number;
  headers: Headers;
  body: unknown;
}

function refusal({ status, headers, body }: Refused, unknown: (code: string) => void): SendAnswer {
  const { field, message } = errorIn(body);
  const rejected = (reason: Extract<SendAnswer, { outcome: 'rejected' }>['reason'], code: string): SendAnswer => ({
    outcome: 'rejected',
    reason,
    code,
    retryAfterMs: null,
  });
  const account = message === null || !Object.hasOwn(accountErrors, message) ? null : accountErrors[message];
  if (account && message !== null && status < 500) return rejected(account.reason, message);
  const settled = byHttpStatus({ status, headers }, field);
  if (settled) return settled;
  if (field === null) return rejected(reasonOf(statusErrors, String(status), unknown), String(status));
  const path = field.replace(/\.\d+(?=\.|$)/g, '');
  return rejected(
    reasonOf(fieldErrors, path, () => unknown(field)),
    field,
  );
}

/** `{ errors: [{ message, field, help }] }`: the first that names a field, else the first message. */
function errorIn(body: unknown): { field: string | null; message: string | null } {
  const errors: unknown = (body as { errors?: unknown } | null)?.errors;
  const found = (Array.isArray(errors) ? errors : []) as ({ field?: unknown; message?: unknown } | null)[];
  const field = found.map((error) => error?.field).find((value) => typeof value === 'string' && value !== '');
  const message = found.map((error) => error?.message).find((value) => typeof value === 'string');
  return { field: (field as string | undefined)?.slice(0, 64) ?? null, message: (message as string) ?? null };
}

/**
 * How long to wait, as `Retry-After`; else from the time at which the limit is lifted:
 * https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits.
 */
function waitOf(given: Record<string, unknown>, nowMs: number): Headers {
  const retryAfter = given['retry-after'];
  const reset = Number(given['x-ratelimit-reset']);
  const seconds = Math.max(0, Math.ceil(reset - nowMs / 1000));
  if (typeof retryAfter === 'string') return new Headers({ 'retry-after': retryAfter });
  return new Headers(reset > 0 ? { 'retry-after': String(seconds) } : {});
}

/** https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions: what the key may do. */
async function trial(client: AccountClient): Promise<AccountTrial> {
  const answered = await client.request({ method: 'GET', url: '/v3/scopes' }).catch((error: unknown) => error);
  if (!Array.isArray(answered)) return { ok: false, code: faultCode(answered), detail: 'SendGrid did not answer.' };
  const [{ statusCode, body }] = answered as [ClientResponse, unknown];
  const code = String(statusCode);
  if (statusCode === 401 || statusCode === 403)
    return { ok: false, code, detail: 'SendGrid does not know this API key.' };
  if (statusCode !== 200) return { ok: false, code, detail: `SendGrid answered ${code}.` };
  const scopes: unknown = (body as { scopes?: unknown }).scopes;
  if (Array.isArray(scopes) && scopes.includes('mail.send')) return { ok: true, detail: 'The key may send mail.' };
  return {
    ok: false,
    code: 'mail.send',
    detail: 'The key is known, but lacks the permission to send mail (mail.send).',
  };
}
