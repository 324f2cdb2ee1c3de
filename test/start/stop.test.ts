import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ended, getJson, invoke, invokeHeaders } from '../support/load';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const dataFolder = temporaryFolder();
const start = serverProcesses();
const env = { ONWARD_SEND_TIMEOUT_SECONDS: '30' };

/** As most clients do, it keeps its connections. */
const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());

const body = (sandbox: Record<string, string>) =>
  JSON.stringify({ recipient: { phone: '+393351234567' }, variables: { code: '493021' }, sandbox });

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Record<string, unknown>;
}

/** One POST, whose body goes out when `sendBody` resolves; null where the connection was refused. */
function post(
  server: ServerProcess,
  headers: Record<string, string>,
  text: string,
  sendBody: Promise<unknown> = Promise.resolve(),
): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const url = `${server.url}/v1/workflows/wf_otp/invocations`;
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(answer) }),
      );
    });
    sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? resolve(null) : reject(error)));
    sent.flushHeaders();
    void sendBody.then(() => sent.end(text));
  });
}

/** The ID of the one run that is under way, once the list shows it. */
async function onlyRunning(server: ServerProcess): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const { items } = await getJson<{ items: { id: string }[] }>(server, '/v1/invocations?mode=test&status=running');
    if (items[0]) return items[0].id;
    await pause(20);
  }
  throw new Error('the list shows no run under way');
}

/** The whole stream; rejects where it does not end as it should. */
async function followed(server: ServerProcess, id: string): Promise<string> {
  const headers = { 'api-key': server.ownerKey };
  return (await fetch(`${server.url}/v1/invocations/${id}/stream`, { headers })).text();
}

test('SIGTERM: whoever waits is answered, the send in hand is finished, nobody is dropped half-way', async () => {
  const server = await (await start({ dataFolder, env })).ready();
  const headers = (key: string) => invokeHeaders(server, key);
  const slow = body({ whatsapp: 'accept@2s, delivered@1s' });
  const waiting = post(server, { ...headers('slow'), prefer: 'wait=60' }, slow);
  const id = await onlyRunning(server);
  const streaming = followed(server, id);
  const stopping = pause(400);
  const halfSent = post(server, headers('half-sent'), body({}), stopping);
  await pause(200);

  const began = performance.now();
  server.signal('SIGTERM');
  await pause(100);
  expect(await post(server, headers('new'), body({}))).toBeNull();
  expect(await halfSent).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { status: 503, detail: expect.stringContaining('stopping') },
  });

  const answer = await waiting;
  expect(answer).toMatchObject({ status: 202, body: { id, status: 'running' } });
  expect(await streaming).toContain('event: AttemptAccepted');
  expect(await server.ended).toBe(0);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(server.stderr()).toBe('');

  const again = await (await start({ dataFolder, env })).ready();
  const view = await ended(again, id);
  expect(view).toMatchObject({ status: 'succeeded', attempts: [{ status: 'delivered', uncertain: false }] });
  expect(await again.stop()).toBe(0);
});

test('SIGTERM with a send that hangs: the process leaves within 10 s with status 0, and the send is not repeated', async () => {
  const server = await (await start({ dataFolder, env })).ready();
  const hanging = { key: 'hang', body: body({ whatsapp: 'hang, delivered@1s' }), id: null };
  const id = await invoke(server, 'wf_otp', hanging);
  await pause(100);
  const began = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(server.stderr()).toBe('');

  const again = await (await start({ dataFolder, env })).ready();
  const view = await ended(again, id ?? '');
  expect(view).toMatchObject({
    status: 'succeeded',
    attempts: [{ step: 'whatsapp', status: 'delivered', uncertain: true }],
  });
  const sent = await getJson<{ items: unknown[] }>(again, `/v1/sandbox/messages?invocationId=${id}`);
  expect(sent.items).toHaveLength(1);
  expect(await again.stop()).toBe(0);
});
