import { allows } from './access';
import type { ApiResponse, Route } from './route';

const HIDDEN = '•••';
const LAST_SHOWN = 4;

/** Fields that hold an address, whatever it looks like. */
const ADDRESSES: ReadonlySet<string> = new Set(['to', 'phone', 'email', 'address', 'recipient', 'recipientId']);
const TOKENS: ReadonlySet<string> = new Set(['pushToken', 'token', 'lineUserId']);
/**
 * Ours, and never an address: IDs, cursors that have to come back as they are, counts as JSON text, and what is advised,
 * whose `to` is a list of steps.
 */
const OURS: ReadonlySet<string> = new Set([
  ...['id', 'invocationId', 'nextCursor', 'links', 'requestId'],
  ...['costs', 'latency', 'otherCounts', 'suggestions'],
]);
/** What customers put in: there any name may hold an address, and a name may be one. */
const GIVEN: ReadonlySet<string> = new Set(['metadata', 'variables']);
/** Some providers write the number into the ID that they give a message. */
const MESSAGE_IDS: ReadonlySet<string> = new Set(['providerMessageId', 'messageId']);

const DATE = /^\d{4}-\d{2}-\d{2}(T|$)/;
/** Each sign is looked at once: a pattern of a whole e-mail address takes a time that grows with the square of the text. */
const WORD = /[^\s<>"'(),;:]+/g;
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
  const words = text.includes('@') ? text.replace(WORD, maskWord) : text;
  return words.replace(PHONE, maskPhone);
}

function maskWord(word: string): string {
  if (!word.includes('@')) return word;
  let end = word.length;
  while (end > 0 && '.@'.includes(word.charAt(end - 1))) end--;
  const address = word.slice(0, end);
  const parts = address.split('@');
  const found = parts.some((domain, at) => at > 0 && parts[at - 1] !== '' && domain.indexOf('.') > 0);
  return found ? maskAddress(address) + word.slice(end) : word;
}

/** The query of a URL, with its values masked as fields of those names. */
export function maskSearch(search: string): string {
  const query = new URLSearchParams(search);
  const kept = new URLSearchParams();
  for (const [name, value] of query) kept.append(name, maskField(name, value, true));
  return query.toString() === kept.toString() ? search : `?${kept}`;
}

/** The same value without an address: for those who may see runs, and not whom they were for. */
export function masked(value: unknown, field = '', given = GIVEN.has(field)): unknown {
  if (typeof value === 'string') return maskField(field, value, given);
  if (value === null || typeof value !== 'object' || (OURS.has(field) && !given)) return value;
  // A provider's own body is of any form.
  if (field === 'raw') return null;
  if (Array.isArray(value)) return value.map((item) => masked(item, field, given));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      given ? maskText(name) : name,
      masked(item, name, given || GIVEN.has(name)),
    ]),
  );
}

function maskField(field: string, value: string, given = false): string {
  if (OURS.has(field) && !given) return value;
  if (field === 'raw' || TOKENS.has(field)) return HIDDEN;
  // A question about a span of time has a “to” as well.
  if (ADDRESSES.has(field) && !DATE.test(value)) return value === '' ? value : maskAddress(value);
  if (MESSAGE_IDS.has(field)) return `${HIDDEN}${value.slice(-LAST_SHOWN)}`;
  // The body of a callback is JSON in a string, and so is the metadata in a row of an export.
  if (field === 'body' || field === 'metadata') return maskJson(field, value);
  return maskText(value);
}

function maskJson(field: string, text: string): string {
  // Else it is a text: read as JSON, a phone number would be a number.
  if (!text.startsWith('{')) return maskText(text);
  try {
    return JSON.stringify(masked(JSON.parse(text), field));
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
