import type { MessageHandle, ProviderWorld, SendRequest } from '../contract';
import type { Call } from '../http-call';
import { atPointer } from './locate';
import type { HttpSettings, RequestSettings } from './settings';
import { asItIs, escapeFor, fill, forHeader, forUrl, type View } from './template';

/** What was filled in would lead to another path than the one that is configured. */
export class PathLeft extends Error {
  constructor() {
    super('what was filled in would leave the path of the address');
    this.name = 'PathLeft';
  }
}

type Callbacks = Pick<ProviderWorld, 'callbackUrl' | 'secretUrl'>;

export function viewOfSend(
  request: SendRequest,
  { validity }: Pick<HttpSettings, 'validity'>,
  credentials: View['credentials'],
  callbacks: Callbacks,
): View {
  const { content, ref, channel } = request;
  const seconds = validity
    ? Math.min(Math.max(Math.ceil(request.validitySeconds), validity.min), validity.max)
    : Math.ceil(request.validitySeconds);
  return {
    credentials,
    content,
    values: {
      ...always(ref, channel, callbacks),
      address: request.address,
      text: content.text ?? '',
      subject: content.subject ?? '',
      html: content.html ?? '',
      title: content.title ?? '',
      validitySeconds: String(seconds),
      invocationId: request.invocationId,
      step: request.step,
      attempt: String(request.attempt),
      purpose: request.purpose,
      template: request.template,
      locale: request.recipient.locale ?? '',
      encoding: content.message?.encoding ?? '',
      parts: String(content.message?.parts ?? 1),
    },
  };
}

export function viewOfQuestion(
  { ref, channel, providerMessageId }: MessageHandle,
  credentials: View['credentials'],
  callbacks: Callbacks,
): View {
  return {
    credentials,
    content: {},
    values: { ...always(ref, channel, callbacks), providerMessageId: providerMessageId ?? '' },
  };
}

function always(ref: string, channel: string, { callbackUrl, secretUrl }: Callbacks): Record<string, string> {
  return { ref, channel, callbackUrl: callbackUrl(ref), secretCallbackUrl: secretUrl(ref) };
}

/**
 * The request, filled in.
 * @throws MissingCredential, PathLeft: nothing was sent then
 */
export function callOf({ method = 'POST', url, headers = {}, basicAuth, body }: RequestSettings, view: View): Call {
  const filled = fill(url, view, forUrl);
  // A URL's dot segments are resolved however they are encoded (WHATWG URL, 4.4), so that ".." cannot be let in.
  if (/\/(\.|%2e){1,2}([/?#]|$)/i.test(filled)) throw new PathLeft();
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(value, view, forHeader)]);
  const content = body && contentOf(body, view);
  return {
    method,
    url: filled,
    headers: {
      ...(content ? { 'content-type': content.type } : {}),
      ...(basicAuth ? { authorization: basic(basicAuth, view) } : {}),
      ...Object.fromEntries(given),
    },
    body: content?.text,
  };
}

function basic({ username, password }: NonNullable<RequestSettings['basicAuth']>, view: View): string {
  const both = `${fill(username, view, asItIs)}:${fill(password, view, asItIs)}`;
  return `Basic ${Buffer.from(both).toString('base64')}`;
}

function contentOf(body: NonNullable<RequestSettings['body']>, view: View): { type: string; text: string } {
  if ('json' in body) return { type: 'application/json', text: JSON.stringify(filledJson(body.json, view)) };
  if ('form' in body) {
    const fields = Object.entries(body.form).map(([name, value]): [string, string] => [
      name,
      fill(value, view, asItIs),
    ]);
    return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() };
  }
  return { type: body.contentType, text: fill(body.text, view, escapeFor(body.contentType)) };
}

/** Undefined: left out. */
function filledJson(value: unknown, view: View): unknown {
  if (typeof value === 'string') return fill(value, view, asItIs);
  if (Array.isArray(value)) return value.map((one) => filledJson(one, view)).filter((one) => one !== undefined);
  if (value === null || typeof value !== 'object') return value;
  const marked = markedText(value);
  if (marked?.mark === '$content') return atPointer(view.content, marked.text);
  if (marked) {
    const text = fill(marked.text, view, asItIs);
    if (marked.mark === '$number') return numberOf(text);
    return text === '' ? undefined : text;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filledJson(inner, view)]));
}

const MARKS = ['$number', '$optional', '$content'] as const;

/** `{ "$number": "…" }` and its like; null for any other object. */
export function markedText(value: object): { mark: (typeof MARKS)[number]; text: string } | null {
  const [[name, text] = [], ...more] = Object.entries(value);
  const mark = MARKS.find((one) => one === name);
  return mark === undefined || more.length > 0 || typeof text !== 'string' ? null : { mark, text };
}

function numberOf(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}
