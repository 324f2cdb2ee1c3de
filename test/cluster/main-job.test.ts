import { setTimeout as pause } from 'node:timers/promises';
import { type Example, loadExamples } from '../../examples/load';
import type { InvocationView } from '../../schemas/invocation';
import { clusterOn } from '../support/cluster';
import { ended, getJson, invoke } from '../support/load';
import { produceFromOutside } from '../support/outside-producer';
import type { ServerProcess } from '../support/server-process';
import { describeWithServers } from '../support/with-servers';

const LIMIT_MS = 90_000;
const examples = loadExamples();
const named: [string, Example][] = examples.map((example) => [example.flow.workflowId, example]);

describeWithServers({ temporal: true, kafka: true, mongo: true }, 'Temporal, Kafka and MongoDB together', (servers) => {
  const cluster = clusterOn(servers);
  let api: ServerProcess;
  let receipts: ServerProcess;
  let projector: ServerProcess;
  let runs = 0;

  /** All at once, on servers that have never heard of them. */
  beforeAll(async () => {
    [api, receipts, projector] = await Promise.all([
      cluster.role('api'),
      cluster.role('receipts'),
      cluster.role('projector'),
      cluster.worker(),
    ]);
  }, LIMIT_MS);

  async function run(workflowId: string, body: object): Promise<string> {
    const id = await invoke(api, workflowId, { key: `run-${++runs}`, body: JSON.stringify(body), id: null });
    if (id === null) throw new Error(`the invocation was not accepted: ${api.output()}`);
    return id;
  }

  /** The run as the projection last saw it, once it `holds`. */
  async function listed(id: string, holds: (view: InvocationView) => boolean): Promise<InvocationView> {
    for (let tries = 0; tries < 200; tries++) {
      const { items } = await getJson<{ items: InvocationView[] }>(api, '/v1/invocations?mode=test&limit=200');
      const found = items.find((item) => item.id === id);
      if (found && holds(found)) return found;
      await pause(50);
    }
    throw new Error(`the list does not come to that: ${projector.output()}`);
  }

  /** Where it is noon now, so that no quiet hours hold anything back. */
  function noonZone(): string {
    const east = 12 - new Date().getUTCHours();
    return east === 0 ? 'Etc/GMT' : `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
  }

  test.each([
    ['api', '(engine: temporal, log: kafka, store: mongodb)'],
    ['receipts', '(engine: temporal, log: kafka, store: mongodb)'],
    ['projector', '(log: kafka, store: mongodb)'],
  ])('%s says what it stands on', async (role, adapters) => {
    const process = { api, receipts, projector }[role];
    // It is ready a moment before it says so.
    for (let tries = 0; tries < 100 && !process?.stdout().includes(adapters); tries++) await pause(50);
    expect(process?.stdout()).toContain(adapters);
  });

  test.each(named)(
    '%s reaches the person by its first step',
    async (workflowId, { flow, invocation }) => {
      const recipient = { ...invocation.recipient, timezone: noonZone() };
      const view = await ended(api, await run(workflowId, { ...invocation, recipient }));
      expect(view).toMatchObject({ status: 'succeeded', mode: 'test', reachedStep: flow.steps[0]?.name });
      const inList = await listed(view.id, ({ status }) => status === 'succeeded');
      expect(inList.attempts).toEqual(view.attempts);
    },
    LIMIT_MS,
  );

  const paste = { recipient: { phone: '+393351234567' }, variables: { code: '493021' } };

  test(
    'a failure falls back, and the sandbox has received one message a step',
    async () => {
      const id = await run('wf_otp', { ...paste, sandbox: { whatsapp: 'undelivered:unreachable@50ms' } });
      const view = await ended(api, id);
      expect(view).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
      const { items } = await getJson<{ items: { step: string }[] }>(api, `/v1/sandbox/messages?invocationId=${id}`);
      expect(items.map(({ step }) => step)).toEqual(['whatsapp', 'sms']);
    },
    LIMIT_MS,
  );

  test(
    'a receipt that comes after the end is recorded as late, and as a duplicate',
    async () => {
      const id = await run('wf_otp', { ...paste, sandbox: { whatsapp: 'undelivered:unreachable@50ms' } });
      await ended(api, id);
      const late = { invocationId: id, step: 'whatsapp', provider: 'sandbox', status: 'delivered' };
      for (let n = 0; n < 2; n++) await post(receipts, '/v1/receipts', late);
      const view = await listed(id, ({ duplicate }) => duplicate === true);
      expect(view).toMatchObject({ status: 'succeeded', duplicate: true, costTwiceMicros: 35_500 });
      const { items } = await getJson<{ items: { type: string }[] }>(api, `/v1/invocations/${id}/events`);
      expect(items.filter(({ type }) => type === 'LateReceiptRecorded')).toHaveLength(1);
    },
    LIMIT_MS,
  );

  test.each([
    ['invocation and step', (id: string) => ({ invocationId: id, step: 0 })],
    ['provider and message ID', (id: string) => ({ providerMessageId: `sbx_${id.slice('inv_'.length)}.0.1` })],
  ])(
    'a receipt that another client writes to the topic, by %s, moves an invocation',
    async (_, named) => {
      const id = await run('wf_otp', { ...paste, sandbox: { whatsapp: 'silent' } });
      const receipt = { provider: 'sandbox', status: 'undelivered', reason: 'unreachable', ...named(id) };
      const topic = `${cluster.prefix}onward.receipts`;
      await produceFromOutside(servers.kafka.brokers, topic, JSON.stringify(receipt), 'a key of its own');
      const view = await ended(api, id);
      expect(view).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
    },
    LIMIT_MS,
  );

  test('what waits is told by topic, partition and role', async () => {
    for (const { url } of [api, receipts, projector]) {
      const text = await (await fetch(`${url}/metrics`)).text();
      for (const role of ['receipts', 'projector']) {
        expect(text).toMatch(
          new RegExp(`onward_log_lag_records\\{topic="[a-z.]+",partition="\\d+",role="${role}"\\} 0`),
        );
      }
      expect(text).toMatch(/^onward_receipts_parked \d+$/m);
    }
  });

  test('no address stands in anything that a process printed', () => {
    const printed = [api, receipts, projector].map((process) => process.output()).join('');
    expect(printed).not.toContain('393351234567');
  });
});

async function post(server: ServerProcess, path: string, body: object): Promise<void> {
  const headers = { 'api-key': server.ownerKey, 'content-type': 'application/json' };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.status !== 202) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}
