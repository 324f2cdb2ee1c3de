import type { CallbackSender } from '../callbacks/contract';
import type { CallbackProfileWrite } from '../schemas/callback-profile';
import type { FieldError } from '../schemas/problem';
import type { CallbackAuth, CallbackProfile } from '../store/contract';
import { hintOf } from './callback-profile-view';

type Sealed = Pick<CallbackProfile, 'headers' | 'auth'>;
type Judged = ({ ok: true } & Sealed) | { ok: false; errors: FieldError[]; hint?: string };

/** Headers that are ours, or the connection's (RFC 9110, 7.6.1), in a callback. */
const OURS =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-.*|webhook-.*)$/i;

/** A field's value by RFC 9110, 5.5, in ASCII. */
const FIELD_VALUE = /^([!-~]([ -~\t]*[!-~])?)?$/;

/**
 * What the schema cannot tell. The errors name fields and never what stands in them.
 * @param before what stays where the body leaves it out, or has a header as it was shown
 */
export async function judgeCallbackProfile(
  callbacks: Pick<CallbackSender, 'refusal'>,
  body: CallbackProfileWrite,
  before: Sealed & { url?: string },
): Promise<Judged> {
  const auth = authOf(body.auth, before.auth);
  const headers = headersOf(body.headers, before.headers, auth.auth !== null);
  const errors = [...urlErrors(body.url), ...headers.errors, ...auth.errors];
  if (errors.length > 0) return { ok: false, errors };
  const refusal = await callbacks.refusal(body.url);
  if (refusal !== null) {
    const hint = 'Callbacks go to public addresses. ONWARD_CALLBACK_ALLOW permits other ranges by name: 10.1.0.0/16.';
    return { ok: false, errors: [{ pointer: '/url', message: `No callback can go to this URL: ${refusal}.` }], hint };
  }
  const moved = movedErrors(body, before);
  return moved.length > 0 ? { ok: false, errors: moved } : { ok: true, headers: headers.headers, auth: auth.auth };
}

/** What is never given back would be given to whoever has the other host. */
function movedErrors(body: CallbackProfileWrite, { url, headers, auth }: Sealed & { url?: string }): FieldError[] {
  if (url === undefined || !URL.canParse(body.url) || new URL(body.url).origin === new URL(url).origin) return [];
  const message = 'The URL leads to another host: what was sealed for the one before has to be given again.';
  const kept = Object.entries(headers).filter(
    ([name, value]) =>
      body.headers === undefined || (Object.hasOwn(body.headers, name) && body.headers[name] === hintOf(value)),
  );
  return [
    ...kept.map(([name]) => ({ pointer: `/headers/${name.replaceAll('~', '~0')}`, message })),
    ...(auth !== null && body.auth === undefined ? [{ pointer: '/auth', message }] : []),
  ];
}

function urlErrors(text: string): FieldError[] {
  const message = urlError(text);
  return message === null ? [] : [{ pointer: '/url', message }];
}

function urlError(text: string): string | null {
  if (!URL.canParse(text)) return '“url” must be a whole URL, such as https://example.com/callbacks.';
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return '“url” must begin with https:// or http://.';
  if (username !== '' || password !== '') return 'No account may stand in “url”: give it as “auth”.';
  return text.includes('#') ? 'A URL that is called has no fragment: leave out “#” and what follows it.' : null;
}

function headersOf(given: Record<string, unknown> | undefined, before: Sealed['headers'], withAuth: boolean) {
  const headers: Record<string, string> = {};
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [name, value] of Object.entries(given ?? before)) {
    const kept = Object.hasOwn(before, name) ? before[name] : undefined;
    // Whoever sends back what was read means that it stays. The schema lets only strings in.
    const text = kept !== undefined && value === hintOf(kept) ? kept : (value as string);
    const wrong = headerError(name, text, names, withAuth);
    if (wrong !== null) errors.push({ pointer: `/headers/${name.replaceAll('~', '~0')}`, message: wrong });
    names.add(name.toLowerCase());
    headers[name] = text;
  }
  return { headers, errors };
}

function headerError(name: string, value: string, others: ReadonlySet<string>, withAuth: boolean): string | null {
  if (OURS.test(name)) return `“${name}” is set by Onward itself.`;
  if (withAuth && name.toLowerCase() === 'authorization') return `“${name}” is set by “auth”: give one of the two.`;
  if (!FIELD_VALUE.test(value))
    return `“${name}” may hold letters, digits and signs of ASCII, and no space at its ends.`;
  return others.has(name.toLowerCase()) ? `“${name}” stands there twice.` : null;
}

function authOf(given: CallbackProfileWrite['auth'], before: CallbackAuth | null) {
  if (given === undefined) return { auth: before, errors: [] };
  if (given === null) return { auth: null, errors: [] };
  const { type, username, password, token } = given;
  const wanted = type === 'basic' ? { username, password } : { token };
  const others = type === 'basic' ? { token } : { username, password };
  const errors = [
    ...Object.entries(wanted)
      .filter(([, value]) => value === undefined)
      .map(([field]) => ({ pointer: `/auth/${field}`, message: `With “${type}” there has to be “${field}”.` })),
    ...Object.entries(others)
      .filter(([, value]) => value !== undefined)
      .map(([field]) => ({ pointer: `/auth/${field}`, message: `With “${type}” there is no “${field}”.` })),
  ];
  const auth: CallbackAuth =
    type === 'basic'
      ? { type, username: username ?? '', password: password ?? '' }
      : { type: 'bearer', token: token ?? '' };
  return { auth, errors };
}
