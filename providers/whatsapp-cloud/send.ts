import { reasonOf } from '../codes';
import type { ProviderWorld, SendAnswer, SendRequest } from '../contract';
import { type Answer, attempt, byHttpStatus, objectIn, retryAfterMs } from '../http-call';
import { CODES, SAYS_NOTHING_AT_500 } from './codes';
import { errorIn, type GraphAccount, graphCall } from './graph';

/**
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages. The step's timeout is not handed over: a
 * message has the time to live that its template was made with, and the send has no field for another.
 */
export function send(account: GraphAccount, world: ProviderWorld, request: SendRequest): Promise<SendAnswer> {
  const message = messageOf(request);
  if (!message) {
    return Promise.resolve({ outcome: 'rejected', reason: 'template_invalid', code: 'no_content', retryAfterMs: null });
  }
  return attempt(async () => {
    const path = `${encodeURIComponent(account.phoneNumberId)}/messages`;
    return outcomeOf(await graphCall(account, 'POST', path, message, request.signal), world);
  });
}

/** A template of Meta's where there is one; else a text, which is only taken within 24 h of the person's own message. */
function messageOf({ content, address, ref }: SendRequest): object | null {
  const common = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: address.replace(/^\+/, ''),
    // At most 512 characters; comes back in every receipt.
    biz_opaque_callback_data: ref,
  };
  if (content.whatsapp) {
    const { name, language, components } = content.whatsapp;
    const template = { name, language: { code: language }, ...(components?.length ? { components } : {}) };
    return { ...common, type: 'template', template };
  }
  if (content.text === undefined) return null;
  return { ...common, type: 'text', text: { preview_url: false, body: content.text } };
}

function outcomeOf(answer: Answer, world: ProviderWorld): SendAnswer {
  if (answer.status >= 200 && answer.status < 300) return acceptedIn(answer.text);
  const code = errorIn(answer.text)?.code ?? null;
  if (code === null) return byHttpStatus(answer, null) ?? rejected('provider_rejected', String(answer.status), answer);
  if (!Object.hasOwn(CODES, code)) {
    world.unknownCode(code);
    return byHttpStatus(answer, code) ?? rejected('unknown', code, answer);
  }
  if (answer.status >= 500 && SAYS_NOTHING_AT_500.has(code)) {
    return byHttpStatus(answer, code) ?? { outcome: 'uncertain' };
  }
  return rejected(reasonOf(CODES, code, world.unknownCode), code, answer);
}

/** `messages[0].message_status` may say that it is held until the template's quality is known: a receipt tells then. */
function acceptedIn(text: string): SendAnswer {
  const messages = objectIn(text)?.messages;
  const id = Array.isArray(messages) ? (messages[0] as { id?: unknown } | undefined)?.id : undefined;
  // Taken, by its status, and yet no ID by which a receipt could be known: the reference in the receipt will do.
  if (typeof id !== 'string' || id === '') return { outcome: 'uncertain' };
  return { outcome: 'accepted', providerMessageId: id, costMicros: null };
}

function rejected(
  reason: Extract<SendAnswer, { outcome: 'rejected' }>['reason'],
  code: string,
  { headers }: Answer,
): SendAnswer {
  return { outcome: 'rejected', reason, code, retryAfterMs: retryAfterMs(headers.get('retry-after')) };
}
