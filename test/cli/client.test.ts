import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannedServer } from '../support/canned-server';
import { runVerb } from '../support/run-verb';

const PROBLEM = {
  type: 'https://example.com/invalid',
  title: 'The body is not valid',
  status: 422,
  detail: 'The variables do not meet the schema of the flow.',
  errors: [
    { pointer: '/variables/code', message: 'is missing' },
    { pointer: '', message: 'is too large' },
  ],
  hint: 'Look at GET /v1/flows/wf_otp.',
};
const INVOKE = 'POST /v1/workflows/wf_otp/invocations';
const invoke = ['invoke', 'wf_otp', '--to', '+393351234567'];

/** The newest one. */
let server: CannedServer;
const servers: CannedServer[] = [];
async function serve(answers: ConstructorParameters<typeof CannedServer>[0]): Promise<string> {
  server = new CannedServer(answers);
  servers.push(server);
  return server.listen();
}
afterEach(async () => {
  for (const one of servers.splice(0)) await one.close();
});

test('a problem is printed with every place and the hint, and nothing else', async () => {
  const url = await serve({ [INVOKE]: { status: 422, body: PROBLEM } });
  const ran = await runVerb(invoke, { ONWARD_URL: url, ONWARD_KEY: 'test_k' });
  expect(ran).toEqual({
    status: 1,
    out: '',
    err: [PROBLEM.detail, '  /variables/code: is missing', '  (body): is too large', PROBLEM.hint].join('\n'),
  });
});

test('an answer that is no problem document is told by its status', async () => {
  const url = await serve({ [INVOKE]: { status: 502, body: '<html>' } });
  const ran = await runVerb(invoke, { ONWARD_URL: url, ONWARD_KEY: 'test_k' });
  expect(ran).toMatchObject({ status: 1, err: 'The server answered 502.' });
});

test('a server that is not there is told by its address, without a stack trace', async () => {
  const url = await serve({});
  await server.close();
  const ran = await runVerb(invoke, { ONWARD_URL: url, ONWARD_KEY: 'test_k' });
  expect(ran.status).toBe(1);
  expect(ran.err).toContain(`No answer from ${url}`);
  expect(ran.err).toContain('onward start');
  expect(ran.err).not.toMatch(/^\s+at /m);
});

test('invoke sends what its options say, with the key and the idempotency key', async () => {
  const url = await serve({ [INVOKE]: { status: 202, body: { id: 'inv_1', status: 'running' } } });
  const args = [
    ...invoke,
    '--variables',
    '{"code":"1"}',
    '--sandbox',
    'whatsapp=silent',
    '--idempotency-key',
    'order-1',
  ];
  const ran = await runVerb(args, { ONWARD_URL: url, ONWARD_KEY: 'test_k' });
  expect(ran).toEqual({ status: 0, out: 'inv_1 running\nonward runs show inv_1', err: '' });
  expect(server.seen[0]).toMatchObject({
    headers: { authorization: 'Bearer test_k', 'idempotency-key': 'order-1' },
    body: { recipient: { phone: '+393351234567' }, variables: { code: '1' }, sandbox: { whatsapp: 'silent' } },
  });
});

describe('the key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onward-cli-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const keyUsed = async (env: Record<string, string>) => {
    const url = await serve({ 'GET /v1/flows?limit=200': { body: { items: [], nextCursor: null } } });
    const ran = await runVerb(['flows', 'list'], { ONWARD_URL: url, ONWARD_DATA: folder, ...env });
    return ran.status === 0 ? server.seen[0]?.headers.authorization : ran.err;
  };

  test('without one anywhere, the verb says where it looked', async () => {
    expect(await keyUsed({})).toMatch(/^No key: set ONWARD_KEY/);
  });

  test('is the test key of the data folder, or the owner key where there is one', async () => {
    writeFileSync(join(folder, 'test.key'), 'test_file\n');
    expect(await keyUsed({})).toBe('Bearer test_file');
    writeFileSync(join(folder, 'owner.key'), 'live_file\n');
    expect(await keyUsed({})).toBe('Bearer live_file');
  });

  test('of the environment goes before the files, ONWARD_KEY first', async () => {
    expect(await keyUsed({ ONWARD_TEST_KEY: 'test_env' })).toBe('Bearer test_env');
    expect(await keyUsed({ ONWARD_TEST_KEY: 'test_env', ONWARD_OWNER_KEY: 'live_env' })).toBe('Bearer live_env');
    expect(await keyUsed({ ONWARD_KEY: 'mine', ONWARD_OWNER_KEY: 'live_env' })).toBe('Bearer mine');
  });
});

test('push writes new templates and the draft under the revision that it read', async () => {
  const flow = { id: 'flw_1', workflowId: 'wf_otp', publishedVersion: 1 };
  const url = await serve({
    'GET /v1/templates/tpl_otp_wa': { body: {} },
    'PUT /v1/templates/tpl_otp_wa': { body: {} },
    'POST /v1/templates': { status: 201, body: {} },
    'GET /v1/flows/wf_otp': { headers: { etag: '"7"' }, body: flow },
    'PUT /v1/flows/wf_otp/draft': { body: flow },
  });
  const ran = await runVerb(['flows', 'push', 'examples/otp/flow.json'], { ONWARD_URL: url, ONWARD_KEY: 'live_k' });
  expect(ran).toMatchObject({ status: 0, err: '' });
  const asked = server.seen.map(({ method, path }) => `${method} ${path}`);
  expect(asked).toContain('PUT /v1/templates/tpl_otp_wa');
  expect(asked).toContain('POST /v1/templates');
  expect(server.seen.at(-1)).toMatchObject({ headers: { 'if-match': '"7"' }, body: { purpose: 'otp' } });
  expect(server.seen.at(-1)?.body).not.toHaveProperty('workflowId');
});

test('tail prints a line for each event, and nothing for what is no event of the run', async () => {
  const event = { seq: 1, type: 'StepTimedOut', at: '2026-11-21T10:00:30.012Z', step: 'sms', because: 'No receipt.' };
  const stream = `: hello\n\nid: 1\nevent: StepTimedOut\ndata: ${JSON.stringify(event)}\n\nevent: end\ndata: {"status":"failed"}\n\n`;
  const url = await serve({
    'GET /v1/invocations/inv_1/stream': { headers: { 'content-type': 'text/event-stream' }, body: stream },
  });
  const ran = await runVerb(['runs', 'tail', 'inv_1'], { ONWARD_URL: url, ONWARD_KEY: 'test_k' });
  expect(ran).toEqual({ status: 0, out: '10:00:30.012  StepTimedOut          sms  No receipt.', err: '' });
});
