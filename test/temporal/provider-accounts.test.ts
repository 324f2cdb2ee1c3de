import { type ApiUnderTest, must, startApi } from '../api/api-under-test';
import { openSolapi } from '../stand-ins/solapi';
import { type Carried, deliver } from '../stand-ins/stand-in';
import { openTwilio } from '../stand-ins/twilio';
import { HOUSE_SECRET } from '../support/house';
import { describeWithTemporal } from '../support/temporal-server';
import { until } from '../support/until';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process';

const PUBLIC_URL = 'http://127.0.0.1:1';

describeWithTemporal('provider accounts, where workers send', (server) => {
  let api: ApiUnderTest;
  let worker: WorkerProcess;

  beforeAll(async () => {
    api = await startApi((deps) => deps, { temporalAddress: server.address });
    worker = await startWorkerProcess({
      temporalAddress: server.address,
      dataFolder: api.house.folder,
      env: { ONWARD_SECRET: HOUSE_SECRET, ONWARD_PUBLIC_URL: PUBLIC_URL },
    });
    const template = { id: 'tpl_sms', name: 'code', channel: 'sms', content: { text: 'Your code is {{code}}.' } };
    await must(api.call('POST', '/v1/templates', { body: template }), 201);
  }, 60_000);
  afterAll(async () => {
    await worker?.kill();
    await api?.close();
  });

  /** Made while the worker runs: it has to find them by itself. */
  async function publish(name: string, provider: string | string[]): Promise<string> {
    const step = { name: 'sms', channel: 'sms', provider, template: 'tpl_sms', timeoutSeconds: 2 };
    const variables = { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } };
    const flow = { workflowId: `wf_${name}`, name, purpose: 'otp', variables, steps: [step] };
    await must(api.call('POST', '/v1/flows', { body: flow }), 201);
    await must(api.call('POST', `/v1/flows/wf_${name}/publish`, { body: {} }), 200);
    return flow.workflowId;
  }

  async function addAccount(provider: string, account: object): Promise<string> {
    const body = { name: `${provider} ${Math.random()}`, provider, ...account };
    return (await must(api.call('POST', '/v1/provider-accounts', { body }), 201)).body.id;
  }

  async function invoke(workflowId: string): Promise<string> {
    const body = { recipient: { phone: '+821012345678' }, variables: { code: '493021' } };
    const path = `/v1/workflows/${workflowId}/invocations`;
    return (await must(api.call('POST', path, { body, key: api.keys.live }), 202)).body.id;
  }

  const ended = async (id: string) =>
    (await must(api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=30' } }), 200)).body;

  test('the first provider is away: the second has exactly one message', async () => {
    const [first, second] = [await openTwilio({ webhookUrl: '' }), await openSolapi({ webhookUrl: '' })];
    const [a, b] = [await addAccount('twilio', first.account), await addAccount('solapi', second.account)];
    first.meets('away');
    const { webhookUrl } = (await must(api.call('GET', `/v1/provider-accounts/${b}`), 200)).body;
    second.webhookUrl = webhookUrl ?? second.webhookUrl;
    const id = await invoke(await publish('failover', [`twilio:${a}`, `solapi:${b}`]));
    await until(() => second.carried.length > 0, 'the second has it');
    const webhook = second.webhook?.(second.carried[0] as Carried, { status: 'delivered' });
    if (!webhook) throw new Error('it has webhooks');
    expect(await deliver({ ...webhook, url: webhook.url.replace(PUBLIC_URL, api.url) })).toBeLessThan(300);
    const run = await ended(id);
    expect(run).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
    expect(
      run.attempts.map(({ provider, status }: { provider: string; status: string }) => [provider, status]),
    ).toEqual([
      ['twilio', 'rejected'],
      ['solapi', 'delivered'],
    ]);
    expect([first.carried.length, second.carried.length]).toEqual([0, 1]);
    await Promise.all([first.close(), second.close()]);
  }, 60_000);

  test('a lost receipt is asked for when the step’s time is over', async () => {
    const standIn = await openTwilio({ webhookUrl: '' });
    const account = await addAccount('twilio', standIn.account);
    const id = await invoke(await publish('reconcile', `twilio:${account}`));
    await until(() => standIn.carried.length === 1, 'it has it');
    standIn.knows(standIn.carried[0] as Carried, { status: 'delivered' });
    expect(await ended(id)).toMatchObject({ status: 'succeeded', reachedStep: 'sms', duplicate: false });
    const { items } = (await must(api.call('GET', `/v1/invocations/${id}/events`), 200)).body;
    expect(items.map(({ type }: { type: string }) => type)).toContain('ReconcileRequested');
    expect(standIn.carried).toHaveLength(1);
    await standIn.close();
  }, 60_000);
});
