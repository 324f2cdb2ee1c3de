import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationView } from '../../schemas/invocation';
import { ended, getJson, invoke } from '../support/load';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const dataFolder = temporaryFolder();
const start = serverProcesses();
const startRole = (role: string) => start({ dataFolder, args: ['--role', role] });

let api: ServerProcess;
let receipts: ServerProcess;
let projector: ServerProcess;
let runs = 0;

/** On an empty folder, all at once. */
beforeAll(async () => {
  [api, receipts, projector] = await Promise.all([startRole('api'), startRole('receipts'), startRole('projector')]);
  await Promise.all([api.ready(), receipts.ready()]);
});

/** One run whose provider says nothing: only a receipt of ours moves it on. */
async function startRun(): Promise<string> {
  const body = {
    recipient: { phone: '+393351234567' },
    variables: { code: '493021' },
    externalId: `run-${++runs}`,
    sandbox: { whatsapp: 'silent', sms: 'silent' },
  };
  const id = await invoke(api, 'wf_otp', { key: `roles-${runs}`, body: JSON.stringify(body), id: null });
  if (id === null) throw new Error('the invocation was not accepted');
  return id;
}

async function postReceipt(invocationId: string, receipt: object): Promise<number> {
  const response = await fetch(`${receipts.url}/v1/receipts`, {
    method: 'POST',
    headers: { 'api-key': receipts.ownerKey, 'content-type': 'application/json' },
    body: JSON.stringify({ invocationId, provider: 'sandbox', ...receipt }),
  });
  return response.status;
}

async function listed(id: string): Promise<InvocationView | undefined> {
  const { items } = await getJson<{ items: InvocationView[] }>(api, '/v1/invocations?mode=test&limit=200');
  return items.find((item) => item.id === id);
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(25);
  }
  throw new Error('it did not come to that within 5 s');
}

test('a receipt taken by one process moves the run of another on, and the third shows it in the list', async () => {
  const id = await startRun();
  expect(await postReceipt(id, { step: 'whatsapp', status: 'undelivered', reason: 'unreachable' })).toBe(202);
  await until(async () => {
    const { attempts } = await getJson<InvocationView>(api, `/v1/invocations/${id}`);
    return attempts.find(({ step, status }) => step === 'sms' && status === 'accepted');
  });
  expect(await postReceipt(id, { step: 1, status: 'delivered' })).toBe(202);
  expect(await ended(api, id)).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
  const item = await until(async () => {
    const found = await listed(id);
    return found?.status === 'succeeded' ? found : undefined;
  });
  expect(item).toMatchObject({ externalId: `run-${runs}`, reachedStep: 'sms' });
});

test('the process for receipts serves receipts and its health, and nothing else', async () => {
  const paths = ['/v1/flows', '/v1/invocations', '/v1/keys', '/openapi.json', '/docs'];
  const statuses = await Promise.all(
    paths.map(async (path) => (await fetch(receipts.url + path, { headers: { 'api-key': receipts.ownerKey } })).status),
  );
  expect(statuses).toEqual(paths.map(() => 404));
  expect((await fetch(`${receipts.url}/healthz`)).status).toBe(200);
  expect(await invoke(receipts, 'wf_otp', { key: 'no', body: '{}', id: null })).toBeNull();
});

test('a second api and a second projector are refused on the same folder', async () => {
  const [second, third] = await Promise.all([startRole('api'), startRole('projector')]);
  expect(await second.ended).toBe(1);
  expect(second.stderr()).toMatch(/^onward: ONWARD_DATA is .*which another engine is using/);
  expect(await third.ended).toBe(1);
  expect(third.stderr()).toMatch(/^onward: ONWARD_DATA is .*which another projector is using/);
  expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
});

test('receipts are taken while the api is down, and consumed when it comes back', async () => {
  const id = await startRun();
  await pause(50);
  await api.kill();
  expect(await postReceipt(id, { step: 'whatsapp', status: 'delivered' })).toBe(202);
  api = await (await startRole('api')).ready();
  expect(await ended(api, id)).toMatchObject({ status: 'succeeded', reachedStep: 'whatsapp' });
});

test('each leaves at SIGTERM with status 0 and without a complaint', async () => {
  const all = [api, receipts, projector];
  expect(await Promise.all(all.map((server) => server.stop()))).toEqual([0, 0, 0]);
  expect(all.map((server) => server.stderr())).toEqual(['', '', '']);
});
