import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Canned {
  status?: number;
  headers?: Record<string, string>;
  /** Text as it is; anything else as JSON. */
  body?: unknown;
}
export interface Seen {
  method: string;
  path: string;
  headers: Record<string, unknown>;
  body: unknown;
}

/** A real HTTP server on this machine that gives set answers, by `METHOD /path`, and keeps what it was asked. */
export class CannedServer {
  readonly seen: Seen[] = [];
  private readonly server: Server;

  constructor(answers: Record<string, Canned>) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { method = '', url: path = '', headers } = request;
        this.seen.push({ method, path, headers, body: text === '' ? undefined : JSON.parse(text) });
        const { status = 200, headers: more = {}, body } = answers[`${method} ${path}`] ?? { status: 404, body: {} };
        response.writeHead(status, { 'content-type': 'application/json', ...more });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
  }

  /** Resolves with its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
