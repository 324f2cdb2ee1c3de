import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { InvocationView } from '../../schemas/invocation';
import { readTopic } from '../support/folded';
import { freshName } from '../support/fresh-name';
import { HOUSE_SECRET } from '../support/house';
import { ended, getJson, invoke } from '../support/load';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';
import { describeWithServers } from '../support/with-servers';

const LIMIT_MS = 60_000;
const paste = { recipient: { phone: '+393351234567' }, variables: { code: '493021' } };

/** Each switch stands alone. The two that are not here have tests of their own: all files, and Temporal with files. */
type Combination = [engine: 'embedded' | 'temporal', log: 'sqlite' | 'kafka', store: 'sqlite' | 'mongodb'];
const COMBINATIONS: Combination[] = [
  ['embedded', 'kafka', 'sqlite'],
  ['embedded', 'sqlite', 'mongodb'],
  ['embedded', 'kafka', 'mongodb'],
  ['temporal', 'kafka', 'sqlite'],
  ['temporal', 'sqlite', 'mongodb'],
  ['temporal', 'kafka', 'mongodb'],
];

describeWithServers({ temporal: true, kafka: true, mongo: true }, 'every role in one process', (servers) => {
  const start = serverProcesses();
  const folder = temporaryFolder();
  let runs = 0;

  /** Switches to servers under names of its own; the same for each start of one combination. */
  function environment([engine, log, store]: Combination, name: string): Record<string, string> {
    return {
      ONWARD_SECRET: HOUSE_SECRET,
      ...(engine === 'temporal' && { TEMPORAL_ADDRESS: servers.temporal.address, TEMPORAL_TASK_QUEUE: name }),
      ...(log === 'kafka' && {
        KAFKA_BROKERS: servers.kafka.brokers,
        ONWARD_KAFKA_PREFIX: `${name}.`,
        ONWARD_KAFKA_PARTITIONS: '3',
      }),
      ...(store === 'mongodb' && { MONGODB_URL: servers.mongo.urlOf(name) }),
    };
  }

  async function run(server: ServerProcess, sandbox: Record<string, string>): Promise<string> {
    const body = JSON.stringify({ ...paste, sandbox });
    const id = await invoke(server, 'wf_otp', { key: `run-${++runs}`, body, id: null });
    if (id === null) throw new Error(`the invocation was not accepted: ${server.output()}`);
    return id;
  }

  async function receipt(server: ServerProcess, body: object): Promise<void> {
    const headers = { 'api-key': server.ownerKey, 'content-type': 'application/json' };
    const response = await fetch(`${server.url}/v1/receipts`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.status).toBe(202);
  }

  /** The steps of what the sandbox has received. */
  async function sent(server: ServerProcess, id: string): Promise<string[]> {
    const path = `/v1/sandbox/messages?invocationId=${id}`;
    return (await getJson<{ items: { step: string }[] }>(server, path)).items.map(({ step }) => step);
  }

  async function listed(server: ServerProcess, id: string, holds: (view: InvocationView) => boolean) {
    for (let tries = 0; tries < 200; tries++) {
      const { items } = await getJson<{ items: InvocationView[] }>(server, '/v1/invocations?mode=test&limit=200');
      const found = items.find((item) => item.id === id);
      if (found && holds(found)) return found;
      await pause(50);
    }
    throw new Error(`the list does not come to that: ${server.output()}`);
  }

  test.each(COMBINATIONS)(
    'engine %s, log %s, store %s: falls back, records what comes late, and goes on after a kill',
    async (...combination) => {
      const [engine, log, store] = combination;
      const env = environment(combination, freshName());
      const dataFolder = mkdtempSync(join(folder, 'data-'));
      const first = await (await start({ dataFolder, env })).ready();
      const id = await run(first, { whatsapp: 'undelivered:unreachable@50ms' });
      expect(await ended(first, id)).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
      await receipt(first, { invocationId: id, step: 'whatsapp', provider: 'sandbox', status: 'delivered' });
      const late = await listed(first, id, ({ duplicate }) => duplicate === true);
      expect(late).toMatchObject({ status: 'succeeded', costTwiceMicros: 35_500 });
      expect(first.stdout()).toContain(`(engine: ${engine}, log: ${log}, store: ${store})`);

      const open = await run(first, { whatsapp: 'silent', sms: 'delivered@50ms' });
      while ((await sent(first, open)).length === 0) await pause(20);
      await receipt(first, { invocationId: open, step: 'whatsapp', provider: 'sandbox', status: 'sent' });
      await first.kill();
      const second = await (await start({ dataFolder, env })).ready();
      const failed = { status: 'undelivered', reason: 'unreachable' };
      await receipt(second, { invocationId: open, step: 'whatsapp', provider: 'sandbox', ...failed });
      expect(await ended(second, open)).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
      expect(await sent(second, open)).toEqual(['whatsapp', 'sms']);
      expect(await getJson(second, `/v1/invocations/${id}`)).toEqual(late);
      expect(await second.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'a data folder whose log moves to Kafka brings what the engine had not taken and the events so far',
    async () => {
      const name = freshName();
      const dataFolder = mkdtempSync(join(folder, 'moved-'));
      const files = await (
        await start({ dataFolder, env: environment(['embedded', 'sqlite', 'sqlite'], name) })
      ).ready();
      const id = await run(files, { whatsapp: 'silent', sms: 'delivered@50ms' });
      await files.kill();
      // As if it had been acknowledged a moment before the end.
      const role = await start({
        dataFolder,
        args: ['--role', 'receipts'],
        env: environment(['embedded', 'sqlite', 'sqlite'], name),
      });
      await receipt(await role.ready(), { invocationId: id, step: 'whatsapp', provider: 'sandbox', status: 'failed' });
      expect(await role.stop()).toBe(0);
      const env = environment(['embedded', 'kafka', 'sqlite'], name);
      const moved = await (await start({ dataFolder, env })).ready();
      expect(await ended(moved, id)).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
      const events = await readTopic(servers.kafka.brokers, `${name}.onward.events`);
      expect(events.filter(({ key }) => key === id).length).toBeGreaterThan(1);
      expect(await moved.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'a second embedded engine on the same Kafka is refused in a sentence',
    async () => {
      const env = environment(['embedded', 'kafka', 'sqlite'], freshName());
      const first = await (await start({ dataFolder: mkdtempSync(join(folder, 'one-')), env })).ready();
      const second = await start({ dataFolder: mkdtempSync(join(folder, 'two-')), env });
      expect(await second.ended).toBe(1);
      expect(second.stderr()).toMatch(/^onward: KAFKA_BROKERS has another Onward .*Stop that one, set/m);
      expect(await first.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'a store that was made from topics that are gone is refused in a sentence',
    async () => {
      const name = freshName();
      const env = environment(['temporal', 'kafka', 'mongodb'], name);
      const server = await (await start({ dataFolder: mkdtempSync(join(folder, 'before-')), env })).ready();
      await ended(server, await run(server, {}));
      await listedAtLast(server);
      expect(await server.stop()).toBe(0);
      await deleteTopic(servers.kafka.brokers, `${name}.onward.events`);
      const again = await start({ dataFolder: mkdtempSync(join(folder, 'after-')), env });
      expect(await again.ended).toBe(1);
      expect(again.stderr()).toMatch(/^onward: KAFKA_BROKERS has fewer events than the store at MONGODB_URL/m);
    },
    LIMIT_MS,
  );

  async function listedAtLast(server: ServerProcess): Promise<void> {
    const { items } = await getJson<{ items: InvocationView[] }>(server, '/v1/invocations?mode=test');
    for (const { id } of items) await listed(server, id, ({ status }) => status === 'succeeded');
  }
});

async function deleteTopic(brokers: string, topic: string): Promise<void> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}
