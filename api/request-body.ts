import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { forbiddenKeys, isTooDeep, MAX_JSON_DEPTH } from '../schemas/forbidden-keys';
import { invalid, problem } from './problem';
import type { ApiResponse } from './route';

export const BODY_LIMIT_BYTES = 262_144;
/** What is read and thrown away of a body that is too large, so that its sender lives to hear of it. */
const DISCARD_LIMIT_BYTES = 32 * 1024 * 1024;

const EMPTY = Buffer.alloc(0);

/** The whole body, or null when it is larger than `limit`. Rejects when the client goes before its end. */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (size > DISCARD_LIMIT_BYTES) {
        req.pause();
        resolve(null);
      } else chunks.length = 0;
    });
    req.on('end', () => {
      if (size > limit) resolve(null);
      else resolve(chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks));
    });
    req.on('error', reject);
    // An error made on every request would cost more than the rest of this function.
    req.on('close', () => {
      if (!req.complete) reject(new ClientGone());
    });
  });
}

/** The client hung up; nobody is left to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client closed the connection before the end of its request');
    this.name = 'ClientGone';
  }
}

export type Parsed = { ok: true; value: unknown } | { ok: false; response: ApiResponse };

/**
 * JSON text to a value: 400 for what is no JSON, 422 for what nests too deep or holds a prototype key. `allow` leaves
 * the keys to a caller who judges the parts of the value one by one.
 */
export function parseJson(text: string, { forbidden = 'refuse' }: { forbidden?: 'refuse' | 'allow' } = {}): Parsed {
  if (isTooDeep(text)) {
    return refused(problem(422, `The JSON nests deeper than ${MAX_JSON_DEPTH} levels.`, { hint: 'Send it flatter.' }));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // V8's own words quote the text, which may hold an address.
    return refused(malformed('The body is not well-formed JSON.'));
  }
  const found = forbidden === 'allow' ? [] : forbiddenKeys(text, value);
  return found.length > 0 ? refused(invalid(found)) : { ok: true, value };
}

/** The text of a body, or the 400. */
export function bodyText(body: Buffer): { ok: true; text: string } | { ok: false; response: ApiResponse } {
  if (!isUtf8(body)) return { ok: false, response: malformed('The body is not UTF-8.') };
  return { ok: true, text: body.toString('utf8') };
}

function malformed(detail: string): ApiResponse {
  return problem(400, detail, { hint: 'Send one JSON value, encoded as UTF-8.' });
}

function refused(response: ApiResponse): Parsed {
  return { ok: false, response };
}

export function tooLarge(limit: number): ApiResponse {
  return problem(413, `The body is larger than ${limit} bytes.`, {
    hint: 'Send less at once; invocations in bulk go to /v1/workflows/{workflowId}/invocations/batch.',
    headers: { connection: 'close' },
  });
}

/** The media type without its parameters, in lower case; empty where there is none. */
export function mediaType(header: string | undefined): string {
  if (header === undefined) return '';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

export function isJson(type: string): boolean {
  return type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));
}
