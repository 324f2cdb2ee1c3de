import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationView } from '../../schemas/invocation';
import { prepareHouse } from '../scenarios/run-in-house';
import { openHouse, type TestHouse } from '../support/house';
import { ended, forAll, getJson, invokeHeaders } from '../support/load';
import { publishInHouse, startInHouse, untilEnded } from '../support/run-in-house';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const dataFolder = temporaryFolder();
const start = serverProcesses();
/** Above what the first start writes, and little above it. */
const FILE_LIMIT_KIB = 1_000;
const WF = '/v1/workflows/wf_otp/invocations';

let server: ServerProcess;
const accepted: string[] = [];
let refused: {
  status: number;
  type: string | null;
  retryAfter: string | null;
  body: { status: number; detail: string };
};

async function invokeOnce(n: number) {
  return fetch(server.url + WF, {
    method: 'POST',
    headers: invokeHeaders(server, `full-${n}`),
    body: JSON.stringify({
      recipient: { phone: '+393351234567' },
      variables: { code: '493021' },
      metadata: { filler: 'x'.repeat(500) },
      sandbox: { whatsapp: 'undelivered:unreachable@300ms', sms: 'delivered@20ms' },
    }),
  });
}

/** Invokes until the disk is full. */
beforeAll(async () => {
  server = await (await start({ dataFolder, fileLimitKiB: FILE_LIMIT_KIB })).ready();
  for (let n = 0; n < 500; n++) {
    const response = await invokeOnce(n);
    const body = (await response.json()) as { id: string; status: number; detail: string };
    if (response.status === 202) accepted.push(body.id);
    else {
      const { status, headers } = response;
      refused = { status, type: headers.get('content-type'), retryAfter: headers.get('retry-after'), body };
      return;
    }
  }
});

describe('a server whose disk has filled up', () => {
  test('answers 503 with a time to come again and a problem, and never 202', async () => {
    expect(accepted.length).toBeGreaterThan(10);
    expect(refused).toMatchObject({ status: 503, type: expect.stringContaining('application/problem+json') });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(refused.body).toMatchObject({ status: 503, detail: expect.stringMatching(/engine takes no work.*written/) });
    const statuses = await Promise.all([1001, 1002, 1003].map(async (n) => (await invokeOnce(n)).status));
    expect(statuses).toEqual([503, 503, 503]);
  });

  test('answers 503 for a flow that cannot be kept, and keeps none of it', async () => {
    const name = 'too much for this disk';
    const response = await fetch(`${server.url}/v1/flows`, {
      method: 'POST',
      headers: { 'api-key': server.ownerKey, 'content-type': 'application/json' },
      body: JSON.stringify({
        name,
        purpose: 'otp',
        variables: { type: 'object', description: 'x'.repeat(16_000) },
        steps: [{ name: 'sms', channel: 'sms', template: 'tpl_otp_sms', timeoutSeconds: 1 }],
      }),
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 503, detail: expect.stringContaining('store') });
    const { items } = await getJson<{ items: { name: string }[] }>(server, '/v1/flows');
    expect(items.map((flow) => flow.name)).not.toContain(name);
  });

  test('says so at /readyz, lives on and shows what it has accepted', async () => {
    const response = await fetch(`${server.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/the data folder cannot be written/) });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const first = await getJson<InvocationView>(server, `/v1/invocations/${accepted[0]}`);
    expect(first.id).toBe(accepted[0]);
  });

  test('takes no receipt that it could not keep', async () => {
    const response = await fetch(`${server.url}/v1/receipts`, {
      method: 'POST',
      headers: { 'api-key': server.ownerKey, 'content-type': 'application/json' },
      body: JSON.stringify({
        invocationId: accepted[0],
        step: 'whatsapp',
        status: 'delivered',
        raw: 'x'.repeat(250_000),
      }),
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).not.toBeNull();
  });

  test('leaves at SIGTERM with status 0 and says what was wrong', async () => {
    expect({ status: await server.stop(), complaint: server.stderr().match(/^onward: .*/m) }).toEqual({
      status: 0,
      complaint: null,
    });
    expect(server.stderr()).toMatch(/a group could not be written/);
  });

  test('has lost nothing that it answered with 202 once there is space again, and sends no attempt twice', async () => {
    server = await (await start({ dataFolder })).ready();
    await forAll(accepted, 8, async (id) => {
      const view = await ended(server, id);
      expect(['succeeded', 'failed', 'expired']).toContain(view.status);
      const { items } = await getJson<{ items: { step: string; attempt: number }[] }>(
        server,
        `/v1/sandbox/messages?invocationId=${id}`,
      );
      const names = items.map(({ step, attempt }) => `${step}#${attempt}`);
      expect(new Set(names).size).toBe(names.length);
    });
    expect((await invokeOnce(2000)).status).toBe(202);
    expect(await server.stop()).toBe(0);
  });
});

describe('an engine whose disk has filled up', () => {
  let house: TestHouse;
  beforeAll(async () => {
    house = await openHouse({ sendTimeoutSeconds: 1 });
    await prepareHouse(house);
  });
  afterAll(() => house.remove());

  test('refuses, and goes on by itself once there is space: every run ends, no attempt is sent twice', async () => {
    const { db } = house.group;
    const ladder = await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 1 });
    const scripts = ['undelivered:unreachable@150ms', 'delivered@200ms', 'silent', 'accept@200ms, failed@10ms'];
    const run = (n: number) =>
      startInHouse(house, ladder, { sandbox: { whatsapp: scripts[n % scripts.length] ?? '', sms: 'delivered@50ms' } });
    const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => run(n)));

    await pause(50);
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    db.pragma(`max_page_count = ${pages}`);
    const filling = Array.from({ length: 200 }, () => startInHouse(house, ladder, { filler: 'x'.repeat(4000) }));
    const outcomes = await Promise.allSettled(filling);
    expect(outcomes.map(({ status }) => status)).toContain('rejected');
    expect(house.engine.unavailable()).toBe('the data folder cannot be written');
    await pause(800);

    db.pragma('max_page_count = 1000000');
    for (let tries = 0; tries < 60 && house.engine.unavailable() !== null; tries++) await pause(50);
    expect(house.engine.unavailable()).toBeNull();
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') ids.push(outcome.value);
    for (const id of ids) {
      const { status } = await untilEnded(house, id);
      expect(status).toBe('succeeded');
      const sent = (await house.api.sandbox.messages(id)).map(({ step, attempt }) => `${step}#${attempt}`);
      expect(new Set(sent).size).toBe(sent.length);
      const seqs = (await house.engine.history(id, 0)).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, n) => n + 1));
    }
    expect(house.embedded?.openRuns).toBe(0);
  });
});
