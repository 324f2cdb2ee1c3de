import { judgePattern } from '../../schemas/linear-regexp';
import type { FieldError } from '../../schemas/problem';
import { contentSchema } from '../../schemas/template';
import { markedText } from './request';
import type { HttpSettings, RequestSettings } from './settings';
import { judgeTemplate, OF_A_QUESTION, OF_A_SEND } from './template';

/** RFC 9110, 5.1: a token. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** The connection's own affair (RFC 9110, 7.2 and 8.6). */
const NOT_OURS: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'connection']);

/** What no schema can say of a gateway's description: templates, patterns, and what does not go together. */
export function judgeSettings(settings: HttpSettings): FieldError[] {
  const { send, lookup, recall, test, receipts, validity } = settings;
  const found: FieldError[] = [
    ...judgeRequest('/send', send, OF_A_SEND),
    ...(lookup ? judgeRequest('/lookup/request', lookup.request, OF_A_QUESTION) : []),
    ...(recall ? judgeRequest('/recall/request', recall.request, OF_A_QUESTION) : []),
    ...(test ? judgeRequest('/test/request', test.request, []) : []),
    ...judgePatterns('', settings),
  ];
  if (validity && validity.min > validity.max) {
    found.push({ pointer: '/validity/min', message: 'The shortest validity is longer than the longest.' });
  }
  return receipts ? [...found, ...judgeReceipts(receipts)] : found;
}

function judgeReceipts(receipts: NonNullable<HttpSettings['receipts']>): FieldError[] {
  const { format, signature, list } = receipts;
  const found: FieldError[] = signature && format !== 'query' ? judgeSigned(receipts) : [];
  if (list !== undefined && format !== 'json') {
    found.push({ pointer: '/receipts/list', message: 'Only JSON has lists.' });
  }
  if (signature && format === 'query') {
    const message =
      'What stands in an address is in no body that could be signed. Leave it out, and use {{secretCallbackUrl}}.';
    found.push({ pointer: '/receipts/signature', message });
  }
  if (signature?.signed === 'timestamp.body' && signature.timestampHeader === undefined) {
    const message = 'Say in which header the time stands that is signed with the body.';
    found.push({ pointer: '/receipts/signature/timestampHeader', message });
  }
  return found;
}

/** The body alone is signed; beside it our own reference may stand in the address, which is signed itself. */
function judgeSigned({ status, providerMessageId, code, at, cost }: NonNullable<HttpSettings['receipts']>) {
  const fields = { status, providerMessageId, code, 'at/field': at?.field, 'cost/field': cost?.field };
  return Object.entries(fields).flatMap(([name, field]): FieldError[] => {
    if (!field?.startsWith('query:')) return [];
    const message = 'What stands in the address is not signed: of a signed receipt this is read from the body.';
    return [{ pointer: `/receipts/${name}`, message }];
  });
}

function judgeRequest(pointer: string, request: RequestSettings, allowed: readonly string[]): FieldError[] {
  const found: FieldError[] = [];
  const judge: Judge = (at, template, mark) => {
    const message = mark === '$content' ? judgeContentPlace(template) : judgeTemplate(template, allowed);
    if (message !== null) found.push({ pointer: `${pointer}${at}`, message });
  };
  const wrongUrl = judgeUrl(request.url);
  if (wrongUrl !== null) found.push({ pointer: `${pointer}/url`, message: wrongUrl });
  judge('/url', request.url);
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const at = `/headers/${step(name)}`;
    if (!HEADER_NAME.test(name) || NOT_OURS.has(name.toLowerCase())) {
      found.push({ pointer: pointer + at, message: `A request cannot be given a header “${name}”.` });
    }
    // What was written by hand goes out as it stands.
    if (/[^\x20-\x7e]/.test(value)) {
      found.push({ pointer: pointer + at, message: 'A header holds printable ASCII only.' });
    }
    judge(at, value);
  }
  for (const part of ['username', 'password'] as const) {
    if (request.basicAuth) judge(`/basicAuth/${part}`, request.basicAuth[part]);
  }
  const { body } = request;
  if (body && request.method === 'GET') found.push({ pointer: `${pointer}/body`, message: 'A GET has no body.' });
  if (body && 'text' in body) judge('/body/text', body.text);
  if (body && 'form' in body) eachText('/body/form', body.form, judge);
  if (body && 'json' in body) eachText('/body/json', body.json, judge);
  return found;
}

/** What is wrong with a place in the content, in a sentence. */
function judgeContentPlace(pointer: string): string | null {
  const [, first = ''] = pointer.split('/');
  const parts = Object.keys(contentSchema.properties);
  if (pointer.startsWith('/') && parts.includes(first)) return null;
  return `A place in the content is a JSON pointer that begins with one of: ${parts.map((one) => `/${one}`).join(', ')}.`;
}

/** What is wrong with the fixed part of an address, in a sentence. */
function judgeUrl(url: string): string | null {
  const [, authority] = /^https?:\/\/([^/?#]+)/i.exec(url) ?? [];
  if (authority === undefined) return 'The address begins with https:// or http:// and a host.';
  if (authority.includes('{{')) return 'The host is written out: nothing is filled in before the path.';
  if (authority.includes('@')) return 'Credentials do not stand in the address. Use basicAuth.';
  return URL.canParse(`http://${authority}/`) ? null : 'The address has no host that could be called.';
}

type Judge = (pointer: string, template: string, mark?: string) => void;

function eachText(pointer: string, value: unknown, judge: Judge): void {
  if (typeof value === 'string') judge(pointer, value);
  if (value === null || typeof value !== 'object') return;
  const marked = Array.isArray(value) ? null : markedText(value);
  if (marked) return judge(`${pointer}/${marked.mark}`, marked.text, marked.mark);
  for (const [name, inner] of Object.entries(value)) eachText(`${pointer}/${step(name)}`, inner, judge);
}

/** Every `regex`, wherever it stands. Bodies are not looked into: there it is a name like any other. */
function judgePatterns(pointer: string, value: unknown): FieldError[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === 'body') return [];
    const at = `${pointer}/${step(name)}`;
    if (name !== 'regex' || typeof inner !== 'string') return judgePatterns(at, inner);
    const { problem } = judgePattern(inner);
    return problem === null ? [] : [{ pointer: at, message: problem }];
  });
}

function step(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
