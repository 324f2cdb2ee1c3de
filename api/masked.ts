import { allows } from './access';
import type { ApiResponse, Route } from './route';

const HIDDEN = '•••';
const LAST_SHOWN = 4;

/** Fields that hold an address, whatever it looks like. */
const ADDRESSES: ReadonlySet<string> = new Set(['to', 'phone', 'email', 'address', 'recipient', 'recipientId']);
const TOKENS: ReadonlySet<string> = new Set(['pushToken', 'token', 'lineUserId']);
/** Ours, and never an address: IDs, cursors that have to come back as they are, and counts as JSON text. */
const OURS: ReadonlySet<string> = new Set([
  ...['id', 'invocationId', 'nextCursor', 'links', 'requestId'],
  ...['costs', 'latency', 'otherCounts'],
]);
/** Some providers write the number into the ID that they give a message. */
const MESSAGE_IDS: ReadonlySet<string> = new Set(['providerMessageId', 'messageId']);

const DATE = /^\d{4}-\d{2}-\d{2}(T|$)/;
/** As long as addresses can be (RFC 5321, 4.5.3.1): without a bound a text without any takes the square of its length. */
const EMAIL = /[^\s@<>"'(),;:]{1,64}@[^\s@<>"'(),;:]{1,190}\.[^\s@<>"'(),;:.]{1,63}/g;
const PHONE = /\+\d(?:[\s().-]?\d){5,14}|(?<![\w.+-])\d{9,15}(?![\w-])/g;

/** `+39•••••••567`, `a•••@example.com`; of a token nothing. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at > 0) return `${address.slice(0, 1)}${HIDDEN}${address.slice(at)}`;
  return /^\+?[\d\s().-]{6,}$/.test(address) ? maskPhone(address) : HIDDEN;
}

function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  const plus = phone.trimStart().startsWith('+') ? '+' : '';
  return `${plus}${digits.slice(0, 2)}${'•'.repeat(Math.max(digits.length - 5, 3))}${digits.slice(-3)}`;
}

/** A text with whatever in it looks like an e-mail address or a phone number masked. */
export function maskText(text: string): string {
  const without = text.includes('@') ? text.replace(EMAIL, maskAddress) : text;
  return without.replace(PHONE, maskPhone);
}

/** The same value without an address: for those who may see runs, and not whom they were for. */
export function masked(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return maskField(field, value);
  if (value === null || typeof value !== 'object' || OURS.has(field)) return value;
  // A provider's own body is of any form.
  if (field === 'raw') return null;
  if (Array.isArray(value)) return value.map((item) => masked(item, field));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, name)]));
}

function maskField(field: string, value: string): string {
  if (OURS.has(field)) return value;
  if (field === 'raw' || TOKENS.has(field)) return HIDDEN;
  // A question about a span of time has a “to” as well.
  if (ADDRESSES.has(field) && !DATE.test(value)) return value === '' ? value : maskAddress(value);
  if (MESSAGE_IDS.has(field)) return `${HIDDEN}${value.slice(-LAST_SHOWN)}`;
  // The body of a callback is JSON in a string.
  if (field === 'body') return maskJson(value);
  return maskText(value);
}

function maskJson(text: string): string {
  try {
    return JSON.stringify(masked(JSON.parse(text)));
  } catch {
    return maskText(text);
  }
}

/** The rows of a file or a stream, one by one. */
export async function* maskedPages<T extends object>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T[]> {
  for await (const rows of pages) yield rows.map((row) => masked(row) as T);
}

/** Texts and definitions that somebody wrote for everybody: a number in them is no recipient's. */
const WRITTEN: ReadonlySet<string> = new Set(['flows', 'templates', 'prices']);

/** Whether an answer of the route to one who may not see addresses may hold any; a stream's rows are masked where they are made. */
export function mayHoldAddresses({ access, tag }: Pick<Route, 'access' | 'tag'>): boolean {
  return typeof access === 'object' && allows('analyst', access) && !WRITTEN.has(tag);
}

export function maskedResponse(response: ApiResponse): ApiResponse {
  const { body } = response;
  if (body === undefined || typeof body !== 'object' || Buffer.isBuffer(body)) return response;
  // A problem says what is wrong in our own words, with what was sent at most.
  return response.status >= 400 ? response : { ...response, body: masked(body) as object };
}
