import type { ServerResponse } from 'node:http';
import type { ApiResponse } from './route';

const JSON_TYPE = 'application/json; charset=utf-8';
const STALLED_MS = 120_000;

/** Writes an answer, whole or piece by piece. Resolves once nothing more will be written. */
export async function respond(
  res: ServerResponse,
  response: ApiResponse,
  requestId: string,
  stalledMs = STALLED_MS,
): Promise<void> {
  if (res.destroyed || res.headersSent) return;
  if (response.stream) {
    writeStreamHead(res, response, requestId);
    return writeStream(res, response.stream, stalledMs);
  }
  const { body } = response;
  const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const headers: Record<string, string | number> = {
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  if (bytes !== undefined) {
    headers['content-type'] = JSON_TYPE;
    headers['content-length'] = Buffer.byteLength(bytes);
  } else if (response.status !== 204) headers['content-length'] = 0;
  res.writeHead(response.status, response.headers ? { ...headers, ...response.headers } : headers);
  res.end(bytes);
}

function writeStreamHead(res: ServerResponse, response: ApiResponse, requestId: string): void {
  res.writeHead(response.status, {
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...response.headers,
  });
}

async function writeStream(
  res: ServerResponse,
  stream: AsyncIterable<string | Uint8Array>,
  stalledMs: number,
): Promise<void> {
  if (res.req.method === 'HEAD') {
    res.end();
    return;
  }
  res.flushHeaders();
  for await (const piece of stream) {
    if (res.destroyed) return;
    // A slow reader holds up its own stream and nobody's memory.
    if (!res.write(piece)) await takenOrGone(res, stalledMs);
    if (res.destroyed) return;
  }
  res.end();
}

function takenOrGone(res: ServerResponse, stalledMs: number): Promise<void> {
  return new Promise((resolve) => {
    // Its `close` has been then.
    if (res.destroyed) return resolve();
    // Both are taken off again: a long stream waits thousands of times.
    const done = () => {
      res.setTimeout(0);
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.on('drain', done);
    res.on('close', done);
    // One that takes nothing for so long is let go; each time that it takes something begins anew.
    res.setTimeout(stalledMs);
  });
}
