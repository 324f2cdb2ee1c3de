import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, problemComplaint } from './complaint';
import type { Terminal } from './terminal';

const DEFAULT_URL = 'http://127.0.0.1:8080';
const KEY_VARIABLES = ['ONWARD_KEY', 'ONWARD_OWNER_KEY', 'ONWARD_TEST_KEY'];
const KEY_FILES = ['owner.key', 'test.key'];

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface ServerSentEvent {
  /** `message` where the server gave it no name. */
  event: string;
  data: string;
}

/** The HTTP API, for the verbs. Every method throws a Complaint for an answer that is not 2xx. */
export interface Client {
  get<T>(path: string): Promise<T>;
  send<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  /** Null for 404. */
  find<T>(path: string): Promise<Answer<T> | null>;
  /** Each server-sent event, until the server ends the stream. */
  follow(path: string): AsyncGenerator<ServerSentEvent>;
  /** The body as it comes, however large. Throws a Complaint also where it breaks off. */
  download(path: string): AsyncGenerator<Uint8Array>;
}

/** The server of ONWARD_URL, with the first key that is found: environment first, then the data folder's files. */
export function httpClient(env: Terminal['env']): Client {
  const base = (env.ONWARD_URL || DEFAULT_URL).replace(/\/+$/, '');
  const key = findKey(env);
  const call = (method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) =>
    request(`${base}/v1${path}`, { ...init, method }, key);
  return {
    get: async <T>(path: string) => (await parsed<T>(await call('GET', path))).body,
    find: async <T>(path: string) => {
      const response = await call('GET', path);
      if (response.status !== 404) return parsed<T>(response);
      await response.body?.cancel();
      return null;
    },
    send: async <T>(method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
      parsed<T>(
        await call(method, path, {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        }),
      ),
    follow: async function* (path) {
      const response = await call('GET', path, { headers: { accept: 'text/event-stream' } });
      if (!response.ok) await parsed(response);
      yield* serverSentEvents(response);
    },
    download: async function* (path) {
      const response = await call('GET', path);
      if (!response.ok) await parsed(response);
      yield* unbroken(response);
    },
  };
}

function findKey(env: Terminal['env']): string {
  const fromEnvironment = KEY_VARIABLES.map((name) => env[name]).find(Boolean);
  if (fromEnvironment) return fromEnvironment;
  const folder = env.ONWARD_DATA || './data';
  for (const file of KEY_FILES) {
    try {
      return readFileSync(join(folder, file), 'utf8').trim();
    } catch {
      // The next one; that there is none at all is said below.
    }
  }
  throw new Complaint(`No key: set ONWARD_KEY, or ONWARD_DATA to the folder that holds ${KEY_FILES.join(' or ')}.`);
}

async function request(url: string, init: RequestInit, key: string): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${key}`);
  try {
    return await fetch(url, { ...init, headers });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Complaint(`No answer from ${new URL(url).origin}: ${cause}.`, 1, [
      'Is it running (onward start)? ONWARD_URL names where.',
    ]);
  }
}

async function parsed<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  const body = parseJson(text);
  if (!response.ok) throw problemComplaint(isRecord(body) ? body : {}, response.status);
  if (text !== '' && body === undefined) throw new Complaint(`${response.url} did not answer with JSON.`);
  // The server is ours: its answers are held to the schemas by its own tests.
  return { status: response.status, headers: response.headers, body: body as T };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null;
}

async function* unbroken({ body }: Response): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: Error) => {
        throw new Complaint('The answer broke off before its end.', 1, [
          `${cause.cause instanceof Error ? cause.cause.message : cause.message}. Try again; the server’s log says more.`,
        ]);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html: blocks of lines, a blank line between them. */
async function* serverSentEvents(response: Response): AsyncGenerator<ServerSentEvent> {
  if (!response.body) return;
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = fieldOf(block, 'data');
      if (data !== '') yield { event: fieldOf(block, 'event') || 'message', data };
    }
  }
}

function fieldOf(block: string, field: string): string {
  const lines = block.split(/\r?\n/).filter((line) => line.startsWith(`${field}:`));
  return lines.map((line) => line.slice(field.length + 1).trimStart()).join('\n');
}
