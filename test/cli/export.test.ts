import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { written } from '../../cli/terminal';
import { runVerb } from '../support/run-verb';

const PIECES = [Buffer.from('{"id":"inv_1"}\n'), Buffer.from([0x50, 0x41, 0x52, 0x31, 0, 255])];

let folder: string;
let server: Server | null = null;
let asked: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onward-export-'));
  asked = [];
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = null;
});

async function serve(answer: RequestListener): Promise<Record<string, string>> {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { ONWARD_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ONWARD_KEY: 'live_k' };
}

const whole: RequestListener = (_request, response) => {
  for (const piece of PIECES) response.write(piece);
  response.end();
};
const broken: RequestListener = (_request, response) => {
  response.write(PIECES[0], () => response.destroy());
};

test('an export goes to standard output byte by byte as it came', async () => {
  const env = await serve(whole);
  const ran = await runVerb(['export', 'attempts', '--format', 'parquet', '--flow', 'wf_otp'], env);
  expect(ran).toEqual({ status: 0, out: '', err: '', bytes: Buffer.concat(PIECES) });
  expect(asked).toEqual(['GET /v1/exports/attempts?format=parquet&flow=wf_otp Bearer live_k']);
});

test('every filter is handed on', async () => {
  const env = await serve(whole);
  const filters = ['--version', '2', '--status', 'failed', '--from', '2026-11-01T00:00:00+01:00', '--mode', 'test'];
  await runVerb(['export', 'events', ...filters, '--to', '2026-12-01T00:00:00Z'], env);
  expect(Object.fromEntries(new URL(`http://x${asked[0]?.split(' ')[1]}`).searchParams)).toEqual({
    format: 'ndjson',
    version: '2',
    status: 'failed',
    from: '2026-11-01T00:00:00+01:00',
    to: '2026-12-01T00:00:00Z',
    mode: 'test',
  });
});

test('an export to a file is there once it is whole, in the place of an older one', async () => {
  const env = await serve(whole);
  const out = join(folder, 'attempts.parquet');
  writeFileSync(out, 'of yesterday');
  const ran = await runVerb(['export', 'attempts', '--format', 'parquet', '--out', out], env);
  expect(ran).toEqual({ status: 0, out: '', err: `${out}: 21 bytes.` });
  expect(readFileSync(out)).toEqual(Buffer.concat(PIECES));
  expect(readdirSync(folder)).toEqual(['attempts.parquet']);
});

test('one that breaks off leaves no file, and an older one as it was', async () => {
  const env = await serve(broken);
  const out = join(folder, 'attempts.csv');
  expect(await runVerb(['export', 'attempts', '--out', out], env)).toMatchObject({
    status: 1,
    err: expect.stringContaining('broke off before its end'),
  });
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(out, 'of yesterday');
  await runVerb(['export', 'attempts', '--out', out], env);
  expect(readFileSync(out, 'utf8')).toBe('of yesterday');
  expect(readdirSync(folder)).toEqual(['attempts.csv']);
});

test('what the server refuses is told as it says it, and leaves no file', async () => {
  const env = await serve((_request, response) => {
    response.writeHead(422, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ status: 422, detail: 'There is no such flow.', hint: 'Mend the query.' }));
  });
  const ran = await runVerb(['export', 'attempts', '--flow', 'wf_x', '--out', join(folder, 'a.csv')], env);
  expect(ran).toMatchObject({ status: 1, err: 'There is no such flow.\nMend the query.' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that cannot be written is told before anything is asked for', async () => {
  const env = await serve(whole);
  const ran = await runVerb(['export', 'attempts', '--out', join(folder, 'none', 'a.csv')], env);
  expect(ran).toMatchObject({ status: 1, err: expect.stringContaining('cannot be written') });
  expect(asked).toEqual([]);
});

test('a reader of standard output that has gone is no fault, and anything else is one', async () => {
  const failing = (code: string) => {
    const stream = new PassThrough();
    stream._write = (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code }));
    return written(stream, Buffer.from('x'));
  };
  expect(await failing('EPIPE')).toBe(false);
  await expect(failing('EIO')).rejects.toThrow('EIO');
});
