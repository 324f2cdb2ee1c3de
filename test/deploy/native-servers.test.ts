import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { parse } from 'yaml';
import { installedTemporalCli } from '../../temporal/dev-server-cli';
import { describeWithTemporalProcess } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';
import { ROOT, readCompose } from './compose-file';

const TEMPORAL = join(ROOT, 'deploy', 'temporal');
const folder = temporaryFolder();

/** As the file has them: a list of values by constraint, of which we have one without any. */
function dynamicConfig(): Record<string, string> {
  const settings: Record<string, { value: unknown }[]> = parse(
    readFileSync(join(TEMPORAL, 'dynamic-config.yaml'), 'utf8'),
  );
  return Object.fromEntries(Object.entries(settings).map(([name, [only]]) => [name, String(only?.value)]));
}

test('the dev server that everything is tested on has the settings of the server in the compose file', () => {
  const source = readFileSync(join(ROOT, 'temporal', 'dev-server.ts'), 'utf8');
  const given = [...source.matchAll(/'--dynamic-config-value', '([\w.]+)=(\w+)'/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  expect(given.length).toBeGreaterThan(0);
  expect(Object.fromEntries(given)).toEqual(dynamicConfig());
});

describeWithTemporalProcess('a server with the settings of the compose file', (start) => {
  let client: Client;
  let address: string;
  beforeAll(async () => {
    ({ address } = await start());
    client = new Client({ connection: await Connection.connect({ address }) });
  }, 45_000);
  afterAll(() => client.connection.close());

  type Rank = { priorityKey: number; fairnessKey?: string };

  async function enqueue(taskQueue: string, name: string, count: number, priority: Rank): Promise<void> {
    const ids = Array.from({ length: count }, (_, at) => `${name}-${at}`);
    await Promise.all(
      ids.map((workflowId) => client.workflow.start('nobody', { taskQueue, workflowId, args: [], priority })),
    );
  }

  /** How many of the first tasks of the queue belong to workflows of that name. */
  async function amongFirst(taskQueue: string, tasks: number, name: string): Promise<number> {
    let found = 0;
    for (let taken = 0; taken < tasks; taken++) {
      const task = await client.withDeadline(Date.now() + 5_000, () =>
        client.workflowService.pollWorkflowTaskQueue({
          namespace: 'default',
          taskQueue: { name: taskQueue },
          identity: 'test',
        }),
      );
      if (task.workflowExecution?.workflowId?.startsWith(`${name}-`)) found += 1;
    }
    return found;
  }

  // A queue has four partitions, each in order by itself: hence counts, and not one order for all. In order of arrival
  // both would be 0.
  test('passes a backlog by with what is urgent', async () => {
    await enqueue('by-priority', 'marketing', 40, { priorityKey: 5 });
    await enqueue('by-priority', 'otp', 20, { priorityKey: 1 });
    expect(await amongFirst('by-priority', 20, 'otp')).toBeGreaterThan(6);
  });

  test('lets no flow starve another of the same priority', async () => {
    await enqueue('by-fairness', 'crowd', 80, { priorityKey: 3, fairnessKey: 'crowd' });
    await enqueue('by-fairness', 'few', 20, { priorityKey: 3, fairnessKey: 'few' });
    expect(await amongFirst('by-fairness', 50, 'few')).toBeGreaterThan(5);
  });

  test('is given the namespace with its retention by the script, which may run again', async () => {
    const cli = installedTemporalCli() ?? '';
    symlinkSync(cli, join(folder, 'temporal'));
    const compose = readCompose({ ONWARD_SECRET: 'x'.repeat(32) });
    const own = compose.services['temporal-namespace']?.environment ?? {};
    const env = {
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      TEMPORAL_RETENTION: String(own.TEMPORAL_RETENTION),
      TEMPORAL_NAMESPACE: 'onward-compose',
      TEMPORAL_ADDRESS: address,
    };
    const run = () => promisify(execFile)('/bin/sh', [join(TEMPORAL, 'create-namespace.sh')], { env });
    await run();
    const { config } = await client.workflowService.describeNamespace({ namespace: 'onward-compose' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(72 * 3600);
    expect((await run()).stdout).toBe('create-namespace: onward-compose is there\n');
  });
});
