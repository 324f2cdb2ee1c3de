import { createHash } from 'node:crypto';
import type { Reason } from '../../schemas/vocabulary';
import { reasonOf } from '../codes';
import type { ProviderWorld, SendAnswer, SendRequest } from '../contract';
import { type Answer, attempt, byHttpStatus, call, objectIn, retryAfterMs } from '../http-call';
import { BY_MESSAGE, CODES } from './codes';

export interface LineAccount {
  apiUrl: string;
  channelAccessToken: string;
  channelSecret: string | undefined;
}

const USER_ID = /^U[0-9a-f]{32}$/;
const PHONE = /^\+[1-9]\d{5,14}$/;

/**
 * To a LINE user ID a push message; to a phone number a LINE notification message (flexible), which reaches people that
 * have not added the account, in Japan, Taiwan and Thailand.
 */
export async function send(account: LineAccount, world: ProviderWorld, request: SendRequest): Promise<SendAnswer> {
  const { content, address, ref } = request;
  const messages = content.line?.messages ?? (content.text === undefined ? [] : [{ type: 'text', text: content.text }]);
  if (messages.length === 0) return refused('template_invalid', 'no_content');
  if (USER_ID.test(address)) {
    // https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
    const headers = { 'x-line-retry-key': retryKeyOf(ref) };
    return post(account, world, request.signal, '/v2/bot/message/push', headers, { to: address, messages });
  }
  // Another messenger's ID: this one cannot reach the person, and the address may well serve elsewhere.
  if (!PHONE.test(address)) return refused('not_on_channel', 'not_a_line_address');
  // https://developers.line.biz/en/reference/line-notification-messages/: 16 to 100 characters, in which a reference of
  // 57 to 62 fits as it is; retry keys are refused there.
  const headers = { 'x-line-delivery-tag': ref };
  return post(account, world, request.signal, '/bot/pnp/push', headers, { to: sha256(address), messages });
}

async function post(
  { apiUrl, channelAccessToken }: LineAccount,
  world: ProviderWorld,
  signal: AbortSignal,
  path: string,
  own: Record<string, string>,
  body: object,
): Promise<SendAnswer> {
  const headers = { authorization: `Bearer ${channelAccessToken}`, 'content-type': 'application/json', ...own };
  return attempt(async () => {
    const answer = await call({ url: `${apiUrl}${path}`, headers, body: JSON.stringify(body), signal });
    return outcomeOf(answer, 'x-line-retry-key' in own, world);
  });
}

function outcomeOf(answer: Answer, hasRetryKey: boolean, world: ProviderWorld): SendAnswer {
  const { status, headers, text } = answer;
  if (status >= 200 && status < 300) return accepted(text, headers.get('x-line-request-id'));
  // The same attempt was accepted before, and its first answer was lost.
  if (status === 409 && hasRetryKey) return accepted(text, headers.get('x-line-accepted-request-id'));
  const code = String(status);
  const told = toldBy(answer);
  if (told) return refused(told, code, headers);
  return byHttpStatus(answer, code) ?? refused(reasonOf(CODES, code, world.unknownCode), code, headers);
}

/** A push names its messages; a notification message has only the ID of its request. */
function accepted(text: string, requestId: string | null): SendAnswer {
  const sent = objectIn(text)?.sentMessages;
  const id = Array.isArray(sent) ? (sent[0] as { id?: unknown } | undefined)?.id : undefined;
  const providerMessageId = typeof id === 'string' && id !== '' ? id : requestId;
  return { outcome: 'accepted', providerMessageId, costMicros: null };
}

/** What the body tells more closely than the status. */
function toldBy({ status, text }: Answer): Reason | null {
  const body = objectIn(text);
  const found = BY_MESSAGE.find((row) => row.status === status && body?.message === row.message);
  if (found) return found.reason;
  const details = Array.isArray(body?.details) ? (body.details as { property?: unknown }[]) : [];
  const word = typeof body?.message === 'string' ? body.message : '';
  const address = details.some((one) => one?.property === 'to') || word.startsWith("The property, 'to',");
  return status === 400 && address ? 'invalid_address' : null;
}

function refused(reason: Reason, code: string, headers?: Headers): SendAnswer {
  return { outcome: 'rejected', reason, code, retryAfterMs: retryAfterMs(headers?.get('retry-after')) };
}

/** The same for the same attempt, so that LINE takes it once whoever asks again. A UUID of version 8 (RFC 9562). */
export function retryKeyOf(ref: string): string {
  const hex = sha256(ref);
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
