import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeTemplate } from '../api/judge-template';
import { type Client, httpClient } from '../cli/client';
import { approvedTemplates } from '../cli/flow-file';
import { lint } from '../core/lint';
import { type Example, loadExamples } from '../examples/load';
import { PROVIDER_CATALOG } from '../providers/facts';
import { flowCreateSchema } from '../schemas/flow';
import { type InvocationView, type Invoke, invokeSchema } from '../schemas/invocation';
import { templateWriteSchema } from '../schemas/template';
import { validator } from '../schemas/validate';
import { type Instance, startInstance } from './support/instance';

const examples = loadExamples();
const named: [string, Example][] = examples.map((example) => [example.flow.workflowId, example]);

test('the four examples are there, under the names that others rely on', () => {
  expect(named.map(([workflowId]) => workflowId)).toEqual(['wf_alert', 'wf_appointment', 'wf_marketing', 'wf_otp']);
});

describe.each(named)('%s', (_, { flow, templates, invocation }) => {
  test('meets the schemas', () => {
    expect(validator(flowCreateSchema, 'flow')(flow)).toMatchObject({ ok: true });
    expect(validator(invokeSchema, 'invocation')(invocation)).toMatchObject({ ok: true });
    for (const template of templates) {
      expect(validator(templateWriteSchema, 'template')(template)).toMatchObject({ ok: true });
      expect(judgeTemplate(template)).toEqual([]);
    }
  });

  test('lints without an error', () => {
    const { workflowId: __, ...definition } = flow;
    const findings = lint(definition, { catalog: PROVIDER_CATALOG, templates: approvedTemplates(templates) });
    expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('on a first start, every example can be invoked with the test key', () => {
  let server: Instance;
  let client: Client;
  beforeAll(async () => {
    server = await startInstance();
    client = httpClient({ ONWARD_URL: server.url, ONWARD_KEY: server.testKey });
  }, 40_000);
  afterAll(() => server?.stop());

  async function run(workflowId: string, body: Invoke): Promise<InvocationView> {
    const path = `/workflows/${workflowId}/invocations`;
    const { body: accepted } = await client.send<{ id: string }>('POST', path, body);
    const waited = await fetch(`${server.url}/v1/invocations/${accepted.id}`, {
      headers: { authorization: `Bearer ${server.testKey}`, prefer: 'wait=10' },
    });
    return (await waited.json()) as InvocationView;
  }

  /** Where it is noon now, so that no quiet hours hold anything back. Etc/GMT-3 is three hours east. */
  function noonZone(): string {
    const east = 12 - new Date().getUTCHours();
    return east === 0 ? 'Etc/GMT' : `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
  }

  test.each(named)('%s reaches the person by its first step', async (workflowId, { flow, invocation }) => {
    const recipient = { ...invocation.recipient, timezone: noonZone() };
    const view = await run(workflowId, { ...invocation, recipient });
    expect(view).toMatchObject({ status: 'succeeded', mode: 'test', reachedStep: flow.steps[0]?.name });
  });

  test('wf_otp takes the first paste of the README and falls back to the SMS', async () => {
    const paste = { recipient: { phone: '+393351234567' }, variables: { code: '493021' } };
    const view = await run('wf_otp', { ...paste, sandbox: { whatsapp: 'undelivered:unreachable@50ms' } });
    expect(view).toMatchObject({ status: 'succeeded', reachedStep: 'sms', reachedChannel: 'sms' });
    expect(view.attempts.map(({ step, status }) => [step, status])).toEqual([
      ['whatsapp', 'undelivered'],
      ['sms', 'delivered'],
    ]);
  });

  test('wf_alert sends SMS and e-mail side by side once the push has failed', async () => {
    const { invocation } = examples.find(({ folder }) => folder === 'alert') as Example;
    const view = await run('wf_alert', { ...invocation, sandbox: { push: 'reject:unregistered', email: 'silent' } });
    expect(view).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
    expect(view.attempts.map(({ step }) => step).sort()).toEqual(['email', 'push', 'sms']);
  });

  test('wf_marketing is held back in the quiet hours of the recipient', async () => {
    const { invocation } = examples.find(({ folder }) => folder === 'marketing') as Example;
    const midnight = new Date().getUTCHours();
    const timezone = midnight === 0 ? 'Etc/GMT' : midnight <= 12 ? `Etc/GMT+${midnight}` : `Etc/GMT-${24 - midnight}`;
    const path = '/workflows/wf_marketing/invocations';
    const body = { ...invocation, recipient: { ...invocation.recipient, timezone } };
    const { id } = (await client.send<{ id: string }>('POST', path, body)).body;
    const view = await client.get<InvocationView>(`/invocations/${id}`);
    const { items } = await client.get<{ items: { type: string; reason?: string }[] }>(`/invocations/${id}/events`);
    expect(view.status).toBe('running');
    expect(items).toContainEqual(expect.objectContaining({ type: 'StepDeferred', reason: 'quiet_hours' }));
    expect(items.map(({ type }) => type)).not.toContain('AttemptRequested');
  });
});

test('the first paste of the README is the one that is tested', () => {
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
  expect(readme).toContain('{"recipient":{"phone":"+393351234567"},"variables":{"code":"493021"}}');
});
