import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openSideDoor, type SideDoor } from '../../cli/side-door';
import { serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';
import { ROOT } from './compose-file';

const dataFolder = temporaryFolder();
const start = serverProcesses();

/** One look, as Docker runs it. */
function look(...args: string[]): Promise<{ status: number; says: string }> {
  const options = { env: { PATH: process.env.PATH } };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'deploy', 'health.mjs'), ...args], options, (error, _stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, says: stderr.trim() });
    });
  });
}

test('a process that can take work is healthy; one that cannot says why; one that is not there is not', async () => {
  const server = await (await start({ dataFolder })).ready();
  expect(await look(`${server.url}/readyz`)).toEqual({ status: 0, says: '' });
  await server.stop();
  const gone = await look(`${server.url}/readyz`);
  expect(gone).toEqual({ status: 1, says: expect.stringContaining('/readyz does not answer: connect ECONNREFUSED') });

  const busy = createServer((_request, response) => response.writeHead(503).end('starting')).listen(0, '127.0.0.1');
  const url = await new Promise<string>((resolve) => {
    busy.once('listening', () => resolve(`http://127.0.0.1:${(busy.address() as AddressInfo).port}/readyz`));
  });
  expect(await look(url)).toEqual({ status: 1, says: `${url} answers 503: starting` });
  busy.close();
});

test('a projector is asked at its side door: one whose store is away is not healthy, and says so', async () => {
  let trouble: string | null = null;
  const door: SideDoor = await openSideDoor({
    who: 'projector',
    host: '127.0.0.1',
    port: 0,
    ready: () => trouble,
    expose: async () => '',
    logger: { info() {}, warn() {}, error() {} },
  });
  const url = `http://127.0.0.1:${door.port}/readyz`;
  expect(await look(url)).toEqual({ status: 0, says: '' });
  trouble = 'MongoDB does not answer';
  expect(await look(url)).toEqual({
    status: 1,
    says: expect.stringContaining('The projector takes no work: MongoDB does not answer.'),
  });
  await door.shut();
});

test('without a URL it is not healthy, and says what it needs', async () => {
  expect(await look()).toEqual({ status: 1, says: 'say which URL to ask, such as http://127.0.0.1:8080/readyz' });
});
