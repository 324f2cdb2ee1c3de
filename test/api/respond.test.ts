import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { respond } from '../../api/respond';
import { until } from '../support/until';

let server: Server;
let response: ServerResponse | null = null;
let ended = false;
let pieces = 0;

async function* endless(): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      pieces += 1;
      yield Buffer.alloc(65_536);
    }
  } finally {
    ended = true;
  }
}

async function begin(stalledMs: number): Promise<IncomingMessage> {
  ended = false;
  pieces = 0;
  server = createServer((_request, res) => {
    response = res;
    void respond(res, { status: 200, stream: endless() }, 'req_1', stalledMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const request = get({ port: (server.address() as AddressInfo).port });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.on('error', () => {});
  return answer;
}
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a reader that takes nothing is let go, and the stream is told to end', async () => {
  await begin(100);
  await until(() => ended, 'the end of the stream');
  expect(response?.destroyed).toBe(true);
});

test('a stream that has waited for its reader many times has left no listener behind', async () => {
  const answer = await begin(60_000);
  answer.resume();
  await until(() => pieces > 2_000, 'many pieces');
  answer.pause();
  expect(response?.listenerCount('close')).toBeLessThan(5);
  expect(response?.listenerCount('drain')).toBeLessThan(5);
  answer.destroy();
  await until(() => ended, 'the end of the stream');
});
