import { join } from 'node:path';
import type { Callback, InvocationCallback } from '../../schemas/callback';
import type { WireEvent } from '../../schemas/event';
import {
  type CallbackReceiver,
  openCallbackReceiver,
  type Received,
  status,
  verified,
} from '../stand-ins/callback-receiver';
import { newProfile } from '../support/callback-profile';
import { reopenCallbackStore } from '../support/callback-store';
import { ended, getJson, publishFlow } from '../support/load';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const root = temporaryFolder();
const SECRET = 'a-secret-of-the-tests-of-callbacks';
const start = serverProcesses();
const env = { ONWARD_SECRET: SECRET, ONWARD_CALLBACK_ALLOW: '127.0.0.0/8' };

let receiver: CallbackReceiver;
// Servers of their own, started and killed.
jest.setTimeout(120_000);

beforeAll(async () => {
  receiver = await openCallbackReceiver();
});
afterAll(() => receiver.close());

/** What each endpoint's callbacks are signed with, by its path. */
const secrets = new Map<string, string>();

async function post<T>(server: ServerProcess, path: string, body: object): Promise<T> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'api-key': server.ownerKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function makeProfile(server: ServerProcess, id: string, path: string, over: object = {}): Promise<void> {
  const body = { id, name: id, url: receiver.url + path, ...over };
  const { secret } = await post<{ secret: string }>(server, '/v1/callback-profiles', body);
  secrets.set(path, secret);
}

const flow = (name: string, callbackProfile: string) => ({
  name,
  purpose: 'otp',
  variables: { type: 'object', properties: { code: { type: 'string' } } },
  callbackProfile,
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_otp_wa', timeoutSeconds: 1 },
    { name: 'sms', channel: 'sms', template: 'tpl_otp_sms', timeoutSeconds: 60 },
  ],
});

async function run(server: ServerProcess, workflowId: string, sandbox: object, key = server.testKey): Promise<string> {
  const response = await fetch(`${server.url}/v1/workflows/${workflowId}/invocations`, {
    method: 'POST',
    headers: { 'api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({
      recipient: { phone: '+393351234567' },
      variables: { code: '493021' },
      externalId: 'order-77',
      metadata: { cart: '9' },
      sandbox,
    }),
  });
  if (response.status !== 202) throw new Error(await response.text());
  return ((await response.json()) as { id: string }).id;
}

const TOLD: Partial<Record<WireEvent['type'], string>> = {
  InvocationStarted: 'invocation.started',
  LadderAdvanced: 'step.advanced',
  AttemptAccepted: 'attempt.updated',
  AttemptRejected: 'attempt.updated',
  ReceiptRecorded: 'attempt.updated',
  LateReceiptRecorded: 'attempt.updated',
  StepTimedOut: 'attempt.updated',
  InvocationSucceeded: 'invocation.succeeded',
};

/** What the run's own history says that there is to tell. */
async function owed(server: ServerProcess, id: string): Promise<string[]> {
  const { items } = await getJson<{ items: WireEvent[] }>(server, `/v1/invocations/${id}/events`);
  return items.flatMap(({ seq, type }) => (TOLD[type] ? [`${seq} ${TOLD[type]}`] : []));
}

/** Of one run, as they came; a callback that came again is there once. */
function told(path: string, id: string): string[] {
  const seen = new Map<string, Received>();
  for (const one of receiver.received.filter((received) => received.path === path)) {
    const webhookId = String(one.headers['webhook-id']);
    const before = seen.get(webhookId);
    if (before) expect(one.body).toBe(before.body);
    else seen.set(webhookId, one);
  }
  return [...seen.values()].flatMap((one) => {
    const { type, data } = verified(one, secrets.get(path) ?? '') as Callback & { data: InvocationCallback };
    return data.invocationId === id ? [`${data.seq} ${type}`] : [];
  });
}

test('a run’s callbacks come in order, each once and signed, in test mode and live, and a late delivery is told', async () => {
  const dataFolder = join(root, 'one');
  const server = await (await start({ dataFolder, env })).ready();
  await makeProfile(server, 'cbp_all', '/all');
  await makeProfile(server, 'cbp_kaleyra', '/kaleyra', { format: 'kaleyra' });
  const all = await publishFlow(server, flow('All', 'cbp_all'));
  const kaleyra = await publishFlow(server, flow('Kaleyra', 'cbp_kaleyra'));
  const falls = { whatsapp: 'reject:unreachable', sms: 'delivered@20ms' };

  for (const key of [server.testKey, server.ownerKey]) {
    const id = await run(server, all, falls, key);
    await ended(server, id);
    const expected = await owed(server, id);
    await until(() => told('/all', id).length >= expected.length, 'all callbacks of the run');
    expect(told('/all', id)).toEqual(expected);
    expect(expected[0]).toBe('1 invocation.started');
    expect(expected[expected.length - 1]).toMatch(/invocation.succeeded$/);
  }
  const modes = receiver.received.map(({ body }) => (JSON.parse(body).data as InvocationCallback).mode);
  expect(new Set(modes)).toEqual(new Set(['test', 'live']));

  const before = secrets.get('/all') ?? '';
  const { secret: next } = await post<{ secret: string }>(server, '/v1/callback-profiles/cbp_all/rotate-secret', {});
  const late = await run(server, all, { whatsapp: 'delivered@1500ms', sms: 'delivered@20ms' });
  await until(() => told('/all', late).some((one) => one.endsWith('invocation.late_delivered')), 'the late delivery');
  const news = receiver.received
    .map(({ body }) => JSON.parse(body) as Callback)
    .find(({ type }) => type === 'invocation.late_delivered');
  const newest = receiver.received.find(({ body }) => body.includes(late)) as Received;
  for (const secret of [before, next]) expect(verified(newest, secret)).toBeTruthy();
  expect(news?.data).toMatchObject({ invocationId: late, status: 'succeeded', step: 'whatsapp', duplicate: true });

  const compatible = await run(server, kaleyra, falls);
  await until(() => receiver.received.some(({ path }) => path === '/kaleyra'), 'the body of Kaleyra’s format');
  expect(receiver.received.filter(({ path }) => path === '/kaleyra').map(({ body }) => JSON.parse(body))).toMatchObject(
    [
      {
        workflowInvocationId: compatible,
        executionStatus: 'COMPLETED',
        result: {
          channel1: { to: '393351234567', channel: 'whatsapp', statusCode: 'REJECTED', timeout: 'PT1S' },
          channel2: { channel: 'sms', statusCode: 'DELIVERED', timeout: 'PT60S' },
        },
      },
    ],
  );

  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const { length } = receiver.received;
  expect(metrics).toContain(`onward_callbacks_total{outcome="delivered"} ${length}`);
  expect(metrics).toContain(`onward_callback_duration_seconds_count ${length}`);
  expect(metrics).toContain('onward_callbacks_pending 0');
  expect(metrics).toContain('onward_callback_profiles_disabled 0');
  expect(metrics.match(/# TYPE onward_callbacks_total/g)).toHaveLength(1);
  expect(await server.stop()).toBe(0);
  expect(server.stderr()).toBe('');
});

test('a SIGKILL loses no callback and tells nothing else, and an open run waits for no endpoint', async () => {
  const dataFolder = join(root, 'killed');
  const first = await (await start({ dataFolder, env })).ready();
  await makeProfile(first, 'cbp_main', '/killed');
  const workflowId = await publishFlow(first, flow('Killed', 'cbp_main'));
  receiver.always('/killed', status(503));
  const script = { whatsapp: 'reject:unreachable', sms: 'delivered@20ms' };
  const ids = await Promise.all(Array.from({ length: 20 }, () => run(first, workflowId, script)));
  // Their endpoint fails, and they end all the same.
  await Promise.all(ids.map((id) => ended(first, id)));
  const metrics = async () => (await fetch(`${first.url}/metrics`)).text();
  await until(async () => (await metrics()).includes('onward_callbacks_total{outcome="retried"} 20'), 'the attempts');
  await first.kill();

  receiver.always('/killed', 'well');
  const second = await (await start({ dataFolder, env })).ready();
  const expected = await Promise.all(ids.map((id) => owed(second, id)));
  await until(() => ids.every((id, n) => told('/killed', id).length >= (expected[n]?.length ?? 0)), 'all callbacks');
  expect(ids.map((id) => told('/killed', id))).toEqual(expected);
  expect(await second.stop()).toBe(0);
}, 180_000);

test('what makes the callbacks may be a process of its own, and two of them are refused on one folder', async () => {
  const dataFolder = join(root, 'roles');
  const role = (name: string) => start({ dataFolder, env, args: ['--role', name] });
  const api = await (await role('api')).ready();
  const own = await role('callbacks');
  await until(() => own.stdout().includes('callbacks started'), 'it to stand');
  const second = await role('callbacks');
  expect(await second.ended).toBe(1);
  expect(second.stderr()).toMatch(/^onward: ONWARD_DATA is .*which another process that makes callbacks is using/);
  await makeProfile(api, 'cbp_main', '/roles');
  const workflowId = await publishFlow(api, flow('Roles', 'cbp_main'));
  const id = await run(api, workflowId, { whatsapp: 'delivered@20ms' });
  await ended(api, id);
  const expected = await owed(api, id);
  await until(() => told('/roles', id).length >= expected.length, 'all callbacks of the run');
  const [, metricsUrl = ''] = /metrics on (\S+)/.exec(own.stdout()) ?? [];
  const metrics = await (await fetch(metricsUrl)).text();
  expect(metrics).toContain(`onward_callbacks_total{outcome="delivered"} ${expected.length}`);
  expect(await Promise.all([api.stop(), own.stop()])).toEqual([0, 0]);
  expect(own.stderr()).toBe('');
});

test('ranges that are none end the start with a sentence that names the variable', async () => {
  const wrong = { ...env, ONWARD_CALLBACK_ALLOW: '10.0.0.0/8, localhost' };
  const server = await start({ dataFolder: join(root, 'wrong'), env: wrong });
  expect(await server.ended).toBe(1);
  expect(server.stderr()).toBe(
    'onward: ONWARD_CALLBACK_ALLOW has “localhost”. Set it to ranges that callbacks may go to, such as 10.1.0.0/16,fd00::/8.\n',
  );
});

test('without the variable nothing on this machine is called, and the run is none the worse', async () => {
  const dataFolder = join(root, 'guarded');
  const server = await (await start({ dataFolder, env: { ONWARD_SECRET: SECRET } })).ready();
  // Made past the API, which would refuse it: a name may lead inside later.
  const files = reopenCallbackStore(dataFolder, SECRET);
  await files.store.callbackProfiles.create(newProfile(`${receiver.url}/guarded`), Date.now());
  await files.close();
  const workflowId = await publishFlow(server, flow('Guarded', 'cbp_main'));
  const id = await run(server, workflowId, { whatsapp: 'delivered@20ms' });
  expect(await ended(server, id)).toMatchObject({ status: 'succeeded' });
  const metrics = async () => (await fetch(`${server.url}/metrics`)).text();
  await until(async () => (await metrics()).includes('onward_callbacks_total{outcome="retried"} 1'), 'the attempt');
  expect(receiver.received.filter(({ path }) => path === '/guarded')).toEqual([]);
  expect(await server.stop()).toBe(0);
});
