import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  status: number;
  body: string;
}

interface Waiting {
  resolve(answer: HttpAnswer): void;
  reject(error: Error): void;
}

const NOTHING = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';

/**
 * One kept-open HTTP/1.1 connection, one request at a time. Written by hand as the load generator shares the machine
 * with what it measures: a request costs it about a third of what a general client takes.
 */
export class HttpConnection {
  private readonly socket: Socket;
  private received: Buffer = NOTHING;
  private waiting: Waiting | null = null;
  private gone = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', (error) => this.end(error));
    this.socket.on('close', () => this.end(new Error('the server closed the connection')));
  }

  get usable(): boolean {
    return !this.gone;
  }

  /** @param request head and body as they go over the wire, ASCII only */
  send(request: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const answer = readAnswer(this.received);
    if (!answer) return;
    this.received = NOTHING;
    const { waiting } = this;
    this.waiting = null;
    waiting?.resolve(answer);
  }

  private end(error: Error): void {
    this.gone = true;
    const { waiting } = this;
    this.waiting = null;
    waiting?.reject(error);
  }
}

/** Null while it is not there whole. */
function readAnswer(bytes: Buffer): HttpAnswer | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const start = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) {
    const end = start + Number(length[1]);
    return bytes.length < end ? null : { status, body: bytes.toString('utf8', start, end) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, body: '' };
  return readChunks(bytes, start, status);
}

function readChunks(bytes: Buffer, start: number, status: number): HttpAnswer | null {
  let body = '';
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return null;
    if (size === 0) return { status, body };
    body += bytes.toString('utf8', lineEnd + 2, end);
    at = end + 2;
  }
}
