import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'libsql';
import { serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';
import { ROOT } from './compose-file';

const dataFolder = temporaryFolder();
const start = serverProcesses();

/** One look, as Docker runs it; its own folder for what it remembers between two looks. */
function look(args: string[], env: Record<string, string> = {}): Promise<{ status: number; says: string }> {
  const options = { env: { PATH: process.env.PATH, TMPDIR: dataFolder, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'deploy', 'health.mjs'), ...args], options, (error, _stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, says: stderr.trim() });
    });
  });
}

const projected = () => look(['projected'], { ONWARD_DATA: dataFolder });

/** As if so many events had been appended and nobody had folded them. */
function append(events: number): void {
  const db = new Database(join(dataFolder, 'onward.db'));
  for (let n = 0; n < events; n++) db.prepare("INSERT INTO events (key, value) VALUES ('inv_x', '{}')").run();
  db.close();
}

function foldOne(): void {
  const db = new Database(join(dataFolder, 'views.db'));
  const sql =
    'INSERT INTO positions (partition, position) VALUES (0, 1) ON CONFLICT DO UPDATE SET position = position + 1';
  db.prepare(sql).run();
  db.close();
}

test('a process that can take work is healthy, one that cannot says why, and so does one that is not there', async () => {
  const server = await (await start({ dataFolder })).ready();
  expect(await look(['ready', `${server.url}/readyz`])).toEqual({ status: 0, says: '' });
  await server.stop();
  const gone = await look(['ready', `${server.url}/readyz`]);
  expect(gone).toEqual({ status: 1, says: expect.stringContaining('/readyz does not answer: connect ECONNREFUSED') });

  const busy = createServer((_request, response) => response.writeHead(503).end('starting')).listen(0, '127.0.0.1');
  const url = await new Promise<string>((resolve) => {
    busy.once('listening', () => resolve(`http://127.0.0.1:${(busy.address() as AddressInfo).port}/readyz`));
  });
  expect(await look(['ready', url])).toEqual({ status: 1, says: `${url} answers 503: starting` });
  busy.close();
});

test('a projector that has folded everything, or gets on with it, is healthy; one that stands still is not', async () => {
  expect(await projected()).toEqual({ status: 0, says: '' });
  append(3);
  // At the same place as at the last look, and something to do.
  expect(await projected()).toEqual({ status: 1, says: expect.stringMatching(/^the projector stands at \d+ of \d+$/) });
  foldOne();
  expect(await projected()).toMatchObject({ status: 0 });
  expect(await projected()).toMatchObject({ status: 1 });
});

test('without its data, or a question that it knows, it is not healthy', async () => {
  expect(await look(['projected'], { ONWARD_DATA: '/nonexistent' })).toMatchObject({ status: 1 });
  expect(await look(['redy'])).toEqual({ status: 1, says: 'there is no question “redy”' });
});
