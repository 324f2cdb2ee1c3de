import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccountOptions } from '../../providers/contract';
import type { Provider, ReceiptStatus } from '../../schemas/vocabulary';

/** A message as the stand-in took it to be carried. */
export interface Carried {
  to: string;
  /** What the person reads, where the provider is given a text and not the name of a template. */
  text: string | null;
  /** The attempt reference, wherever the provider was given it. */
  ref: string | null;
  providerMessageId: string;
  /** The body of the request as it came, parsed. */
  raw: unknown;
}

/**
 * How the next send is met. `busy`: 429 with `Retry-After: 1`; `broken`: 500 after the message was taken; `away`: 503;
 * `hangs`: the message is taken and never answered; `refuses`: one of the provider's own codes, in its documented form.
 */
export type Mood = 'well' | 'busy' | 'broken' | 'away' | 'hangs' | { refuses: string };

/** What a receipt is to say, in our words; the stand-in says it in the provider's. */
export interface Told {
  status: ReceiptStatus;
  /** The provider's own code, for a failure. */
  code?: string;
}

/** A webhook call as the provider makes it, signed where it signs. */
export interface Webhook {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** A provider on this machine: its documented interface, its authentication, its required fields, its receipts. */
export interface StandIn {
  provider: Provider;
  /** What makes an account of Onward speak to it. */
  account: Pick<AccountOptions, 'settings' | 'credentials'>;
  /** What it took, in order; what it refused is not there. */
  carried: readonly Carried[];
  /** Requests that were not as the documentation has them: wrong credentials, a missing field. Each a sentence. */
  complaints: readonly string[];
  /** How the next sends are met, one each; `well` after them. */
  meets(...moods: Mood[]): void;
  /** Called, and waited for, between taking a message and answering. */
  beforeAnswer: ((message: Carried) => Promise<void>) | null;
  /** What it will say of a message when it is asked. */
  knows(message: Carried, told: Told): void;
  /** Its receipt, signed; undefined where it has none. */
  webhook?(message: Carried, told: Told): Webhook;
  /** Where it was configured to call, for a provider that is not told with each message. */
  webhookUrl: string;
  close(): Promise<void>;
}

/** Makes the call for real. @returns the status it was answered */
export async function deliver({ method, url, headers, body }: Webhook): Promise<number> {
  const response = await fetch(url, { method, headers, body: method === 'GET' ? undefined : new Uint8Array(body) });
  await response.arrayBuffer();
  return response.status;
}

export interface StandInRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export interface StandInAnswer {
  status: number;
  headers?: Record<string, string>;
  /** Text as it is; anything else as JSON. */
  body?: unknown;
}

/** A real HTTP server for one; a `null` answer keeps the connection open and says nothing. */
export async function serve(
  handle: (request: StandInRequest) => Promise<StandInAnswer | null>,
): Promise<{ url: string; server: Server; close(): Promise<void> }> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in');
    const { method = 'GET', headers } = request;
    const body = Buffer.concat(chunks);
    const given = await handle({ method, path: pathname, query: searchParams, headers, body });
    if (given === null) return;
    const text = typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? null);
    response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
    response.end(given.status === 204 ? undefined : text);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      response.writeHead(599, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });
  // Node would close an idle connection after 5 s, in the very moment in which a busy machine sends on it.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The moods of the next sends, in order. */
export class Moods {
  private readonly next: Mood[] = [];

  set(moods: readonly Mood[]): void {
    this.next.push(...moods);
  }

  take(): Mood {
    return this.next.shift() ?? 'well';
  }
}
