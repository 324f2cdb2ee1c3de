import type { SendAnswer } from './contract';

/** What one answer may have at most; more than that is none of ours. */
const ANSWER_BYTES_MAX = 1_048_576;
/** How long anything but a send may take; a send has a signal of its own. */
const PATIENCE_MS = 10_000;

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** No connection came to be: whatever was to be sent was surely not. */
export class NotReached extends Error {
  constructor(readonly code: string) {
    super(`the provider could not be reached (${code})`);
    this.name = 'NotReached';
  }
}

/** What Node and undici call it when not one byte of a request has gone out. */
const BEFORE_THE_REQUEST: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * One HTTP request on a connection that is kept open. Follows no redirect: credentials go where they were meant for.
 * @throws NotReached where it surely did not arrive; anything else thrown leaves that open
 */
export async function call({ method = 'POST', url, headers = {}, body, signal }: Call): Promise<Answer> {
  const written = writtenRequest(url, headers);
  try {
    const patience = signal ?? AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(written.url, {
      method,
      headers: written.headers,
      body,
      signal: patience,
      redirect: 'manual',
    });
    return { status: response.status, headers: response.headers, text: await textOf(response) };
  } catch (error) {
    const code = faultCode(error);
    throw code !== null && BEFORE_THE_REQUEST.has(code) ? new NotReached(code) : error;
  }
}

/** What cannot even be written down is not sent. `fetch` would say so with the address or the credential in its error. */
function writtenRequest(text: string, headers: Readonly<Record<string, string>>): { url: URL; headers: Headers } {
  if (!URL.canParse(text)) throw new NotReached('ERR_INVALID_URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw new NotReached('ERR_INVALID_URL');
  try {
    return { url, headers: new Headers(headers) };
  } catch {
    throw new NotReached('ERR_INVALID_HEADER');
  }
}

/** The code of the innermost cause, whichever client threw it; null where there is none. */
export function faultCode(error: unknown): string | null {
  let at = error;
  // Told by what it has and not by its class: an error of Node's own may be of another realm than ours.
  for (let depth = 0; typeof at === 'object' && at !== null && depth < 5; depth++) {
    const { code, errors, cause } = at as NodeJS.ErrnoException & Partial<AggregateError>;
    if (typeof code === 'string') return code;
    // Node tries IPv6 and IPv4, and has an error for each.
    at = Array.isArray(errors) ? errors[0] : cause;
  }
  return null;
}

/** Whether a client's error means that no connection came to be. */
export function isNotReached(error: unknown): boolean {
  if (error instanceof NotReached) return true;
  const code = faultCode(error);
  return code !== null && BEFORE_THE_REQUEST.has(code);
}

async function textOf(response: Response): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw new Error('the provider answered more than a mebibyte');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A send that throws NotReached was not made; any other throw counts as uncertain further up. */
export async function attempt(send: () => Promise<SendAnswer>): Promise<SendAnswer> {
  try {
    return await send();
  } catch (error) {
    if (!isNotReached(error)) throw error;
    const code = faultCode(error);
    return { outcome: 'rejected', reason: 'provider_unavailable', code, retryAfterMs: null };
  }
}

/**
 * What a status says of any provider (RFC 9110, RFC 6585), whatever stands in the body; null where the body has to tell.
 * After 500, 502 and 504 the provider may have the message; 503 says that it did not take it up.
 */
export function byHttpStatus(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  code: string | null,
): SendAnswer | null {
  const rejected = (reason: Extract<SendAnswer, { outcome: 'rejected' }>['reason']): SendAnswer => ({
    outcome: 'rejected',
    reason,
    code: code ?? String(status),
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  });
  if (status === 429) return rejected('rate_limited');
  if (status === 503) return rejected('provider_unavailable');
  if (status >= 500) return { outcome: 'uncertain' };
  if (status === 401 || status === 403) return rejected('auth_failed');
  if (status === 402) return rejected('insufficient_funds');
  return null;
}

/** RFC 9110, 10.2.3: seconds, or a date. Null for neither. */
export function retryAfterMs(header: string | null | undefined): number | null {
  if (!header) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** JSON that should be an object; null for anything else. */
export function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
