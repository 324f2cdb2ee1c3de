import { type ClientRequest, type Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CallbackProfile, DeliveryAttempt } from '../store/contract';
import { AddressRefused, type GuardedAgents } from './guarded-agents';
import { retryAfterMs } from './schedule';
import { signatureHeaders } from './sign';
import type { Timers } from './timers';

const LIMITS = {
  /** For everything: name, connection, request, answer. */
  wholeMs: 15_000,
  headerBytes: 16_384,
  /** Kept of the answer's body, for whoever looks for what went wrong. */
  keptBytes: 1_024,
  /** Read of it at most, so that the connection can be used again. */
  readBytes: 65_536,
} as const;
export const ATTEMPT_MS_MAX = LIMITS.wholeMs;

/** What came of one POST. */
export interface Posted extends Omit<DeliveryAttempt, 'number'> {
  /** How long the endpoint asks to be left alone; null where it does not. */
  retryAfterMs: number | null;
}

/** @param traceparent where the attempt belongs in a trace; null or left out: nobody records it */
export type Post = (
  profile: CallbackProfile,
  delivery: { id: string; body: string },
  traceparent?: string | null,
) => Promise<Posted>;

export interface PostDeps {
  agents: GuardedAgents;
  timers: Timers;
  userAgent: string;
}

/** Never rejects: whatever an endpoint does is what came of it. */
export function createPost(deps: PostDeps): Post {
  return async (profile, delivery, traceparent = null) => {
    const at = deps.timers.now();
    const answer = await answerTo(deps, profile, { ...delivery, traceparent }, at);
    const { responseCode, error, response } = answer;
    const durationMs = Math.max(0, deps.timers.now() - at);
    return { at, durationMs, responseCode, error, response, retryAfterMs: answer.retryAfterMs };
  };
}

interface Traced {
  id: string;
  body: string;
  traceparent: string | null;
}

type Answered = Pick<Posted, 'responseCode' | 'error' | 'response' | 'retryAfterMs'>;

function unanswered(error: string): Answered {
  return { responseCode: null, error, response: '', retryAfterMs: null };
}

async function answerTo(deps: PostDeps, profile: CallbackProfile, delivery: Traced, at: number): Promise<Answered> {
  if (!URL.canParse(profile.url)) return unanswered('the URL cannot be read');
  const url = new URL(profile.url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return unanswered('the URL is neither https nor http');
  const refusal = deps.agents.refusalOfAddress(url.hostname);
  if (refusal) return unanswered(refusal.message);
  const call = { deps, url, headers: headersOf(deps, profile, delivery, at), body: delivery.body, at };
  const { kept, fresh } = deps.agents.of(url.protocol);
  const first = await exchange(call, kept);
  if (first !== 'stale') return first;
  // The endpoint closed a connection that was kept open in the moment in which we wrote on it: that says nothing of it.
  const second = await exchange(call, fresh);
  return second === 'stale' ? unanswered('no answer (ECONNRESET)') : second;
}

/** What is ours in a request, whatever a profile says. */
const OURS =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-.*|webhook-.*)$/i;

function headersOf(
  { userAgent }: PostDeps,
  { headers, auth, secrets }: CallbackProfile,
  delivery: Traced,
  at: number,
): Record<string, string> {
  const given = Object.entries(headers)
    .filter(([name]) => !OURS.test(name))
    .map(([name, value]) => [name.toLowerCase(), value]);
  const written: Record<string, string> = { 'user-agent': userAgent, ...Object.fromEntries(given) };
  if (auth?.type === 'bearer') written.authorization = `Bearer ${auth.token}`;
  if (auth?.type === 'basic') {
    written.authorization = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  }
  return {
    ...written,
    ...(delivery.traceparent !== null && { traceparent: delivery.traceparent }),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(delivery.body)),
    ...signatureHeaders(secrets, delivery, at),
  };
}

interface Call {
  deps: PostDeps;
  url: URL;
  headers: Record<string, string>;
  body: string;
  at: number;
}

/** `stays`: the answer was read to its end, and the connection is free for another request. */
type Settle = (answered: Answered | 'stale', connection?: 'ends' | 'stays') => void;

/** @returns `stale` where a connection that had been kept open was gone */
function exchange(call: Call, agent: HttpAgent): Promise<Answered | 'stale'> {
  const { deps, url, headers, body, at } = call;
  return new Promise((resolve) => {
    let over = false;
    let request: ClientRequest | null = null;
    const settle: Settle = (answered, connection = 'ends') => {
      if (over) return;
      over = true;
      stopWaiting();
      resolve(answered);
      if (connection === 'ends') request?.destroy();
    };
    const patienceMs = Math.max(0, at + LIMITS.wholeMs - deps.timers.now());
    const answer = new AnswerReader(() => deps.timers.now());
    const stopWaiting = deps.timers.after(patienceMs, () => settle(answer.soFar(TOO_SLOW)));
    try {
      request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent,
        // Those in the URL, if any, are not used: an account stands in the profile's `auth`.
        auth: undefined,
        headers,
        maxHeaderSize: LIMITS.headerBytes,
      });
      listen(request, answer, settle);
      request.end(body);
    } catch (error) {
      settle(unanswered(inWords(error)));
    }
  });
}

function listen(request: ClientRequest, answer: AnswerReader, settle: Settle): void {
  request.on('response', (response) => {
    answer.begin(response);
    response.on('data', (chunk: Buffer) => {
      if (!answer.take(chunk)) settle(answer.soFar(''));
    });
    response.on('end', () => settle(answer.soFar(''), 'stays'));
    for (const end of ['error', 'close']) response.on(end, () => settle(answer.soFar('')));
  });
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    answer.begin(response);
    settle(answer.soFar(''));
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    const stale = request.reusedSocket && !answer.begun && STALE.has(error.code ?? '');
    settle(stale ? 'stale' : answer.soFar(inWords(error)));
  });
  request.on('close', () => settle(answer.soFar('the connection was closed without an answer')));
}

const TOO_SLOW = `no answer within ${LIMITS.wholeMs / 1000} s`;

/** Keeps the beginning of an answer, and bounds the rest. */
class AnswerReader {
  private response: IncomingMessage | null = null;
  private kept = Buffer.alloc(0);
  private read = 0;

  constructor(private readonly now: () => number) {}

  get begun(): boolean {
    return this.response !== null;
  }

  begin(response: IncomingMessage): void {
    this.response = response;
  }

  /** False once it is more than is read of any answer. */
  take(chunk: Buffer): boolean {
    this.read += chunk.length;
    if (this.kept.length < LIMITS.keptBytes) {
      this.kept = Buffer.concat([this.kept, chunk]).subarray(0, LIMITS.keptBytes);
    }
    return this.read <= LIMITS.readBytes;
  }

  /** By the status once there is one: what is cut off the body changes nothing. @param otherwise why there is none */
  soFar(otherwise: string): Answered {
    if (!this.response) return unanswered(otherwise);
    const { statusCode = 0, headers } = this.response;
    return {
      responseCode: statusCode,
      error: failureOf(statusCode),
      // Where the cut goes through a character, that character is left out.
      response: new TextDecoder().decode(this.kept, { stream: true }),
      retryAfterMs: retryAfterMs(headers['retry-after'], this.now()),
    };
  }
}

const STALE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

function failureOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `it answered ${status}: redirects are not followed`;
  return `it answered ${status}`;
}

/** Codes of Node and OpenSSL, or our own sentence: never an address. */
function inWords(error: unknown): string {
  if (error instanceof AddressRefused) return error.message;
  const { code, errors } = error as NodeJS.ErrnoException & Partial<AggregateError>;
  // Node tries the addresses one after the other, and has an error for each.
  const [first] = errors ?? [];
  const named = code ?? (first as NodeJS.ErrnoException | undefined)?.code;
  return named === undefined ? 'the request could not be made' : `no answer (${named})`;
}
