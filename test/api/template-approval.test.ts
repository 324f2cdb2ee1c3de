import { startTemplateSync, type TemplateSyncDeps } from '../../api/template-sync';
import { type Approval, type OpenAccount, type ProviderAdapter, ProviderRefused } from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { Template } from '../../schemas/template';
import type { Channel, Provider } from '../../schemas/vocabulary';
import { until } from '../support/until';
import { type ApiUnderTest, expectProblem, must, OTP, pointers, startApi } from './api-under-test';

/** An account whose provider approves; what it says is set by the test, by the template's ID. */
interface Approver {
  account: OpenAccount;
  says: Map<string, Approval | Error | null>;
  asked: string[];
}

function approver(provider: Provider, channels: Channel[]): Approver {
  const says: Approver['says'] = new Map();
  const asked: string[] = [];
  const answer = async (verb: string, { id }: Template) => {
    asked.push(`${verb} ${id}`);
    const said = says.get(id) ?? null;
    if (said instanceof Error) throw said;
    return said;
  };
  const submitted: Approval = { status: 'submitted', reason: null, providerTemplateId: 'p-1' };
  const adapter = {
    facts: PROVIDER_CATALOG[provider],
    approvals: {
      channels,
      submit: async (template: Template) => (await answer('submit', template)) ?? submitted,
      fetch: (template: Template) => answer('fetch', template),
    },
  } as unknown as ProviderAdapter;
  return { account: { id: `pac_${provider}`, provider, isDefault: true, adapter, perSecond: null }, says, asked };
}

const meta = approver('whatsapp-cloud', ['whatsapp']);
const twilio = approver('twilio', ['whatsapp', 'rcs']);
const solapi = approver('solapi', []);
let real: OpenAccount[] = [];
let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi((deps) => {
    const { providers } = deps;
    return { ...deps, providers: { ...providers, all: () => [...providers.all(), ...real] } };
  });
});
afterAll(() => api.close());
beforeEach(() => {
  real = [meta.account, twilio.account];
  for (const { says, asked } of [meta, twilio]) {
    says.clear();
    asked.length = 0;
  }
});

const WHATSAPP = { name: 'One', channel: 'whatsapp', content: { text: 'Code {{code}}' } };
const make = async (body: object = WHATSAPP): Promise<Template> =>
  (await must(api.call('POST', '/v1/templates', { body }), 201)).body;
const show = async (id: string): Promise<Template> => (await must(api.call('GET', `/v1/templates/${id}`), 200)).body;
const approved = (more: Partial<Approval> = {}): Approval => {
  return { status: 'approved', reason: null, providerTemplateId: null, ...more };
};

describe('where there are accounts besides the sandbox', () => {
  it('what none of them carries is approved at once: nobody is there who could refuse it', async () => {
    real = [solapi.account];
    expect((await make({ name: 'One', channel: 'rcs', content: { text: 'x' } })).status).toBe('approved');
  });

  it('what a provider has to approve begins as a draft, and the rest is approved', async () => {
    real = [meta.account, twilio.account, solapi.account];
    const kakao = { pfId: 'p', templateId: 't' };
    for (const [channel, content, status] of [
      ['whatsapp', { text: 'x' }, 'draft'],
      ['rcs', { text: 'x' }, 'draft'],
      ['messenger', { kakao }, 'draft'],
      ['messenger', { text: 'x' }, 'approved'],
      ['sms', { text: 'x' }, 'approved'],
      ['lms', { text: 'x' }, 'approved'],
      ['xms', { text: 'x' }, 'approved'],
      ['email', { subject: 'x', text: 'x' }, 'approved'],
      ['push', { text: 'x' }, 'approved'],
      ['inapp', { text: 'x' }, 'approved'],
      ['webhook', { text: 'x' }, 'approved'],
    ] as const) {
      expect([channel, (await make({ name: 'One', channel, content })).status]).toEqual([channel, status]);
    }
  });

  it('an approved one that is written anew is a draft again, and one that says the same stays approved', async () => {
    const { id } = await make();
    await must(api.call('POST', `/v1/templates/${id}/status`, { body: { status: 'approved', reason: 'seen' } }), 200);
    const renamed = await api.call('PUT', `/v1/templates/${id}`, { body: { ...WHATSAPP, name: 'Two' } });
    expect(renamed.body).toMatchObject({ name: 'Two', status: 'approved', statusReason: 'seen' });
    const other = { ...WHATSAPP, content: { text: 'Your code {{code}}' } };
    expect((await api.call('PUT', `/v1/templates/${id}`, { body: other })).body.status).toBe('draft');
    expect((await show(id)).statusReason ?? null).toBeNull();
  });
});

describe('submit', () => {
  it('asks the provider and keeps what it says', async () => {
    const { id } = await make();
    const answer = await must(api.call('POST', `/v1/templates/${id}/submit`), 200);
    expect(answer.body).toMatchObject({ id, status: 'submitted', statusReason: null, providerTemplateId: 'p-1' });
    expect(await show(id)).toEqual(answer.body);
    expect([meta.asked, twilio.asked]).toEqual([[`submit ${id}`], []]);
  });

  it('goes to the provider whose own template it is, or to the one that is named', async () => {
    const own = await make({ ...WHATSAPP, content: { twilio: { contentSid: `HX${'0'.repeat(32)}` } } });
    await must(api.call('POST', `/v1/templates/${own.id}/submit`), 200);
    const plain = await make();
    await must(api.call('POST', `/v1/templates/${plain.id}/submit`, { body: { provider: 'twilio:pac_twilio' } }), 200);
    expect(twilio.asked).toEqual([`submit ${own.id}`, `submit ${plain.id}`]);
    expect(meta.asked).toEqual([]);
  });

  it('is 409 where nobody approves', async () => {
    const sms = await make({ name: 'One', channel: 'sms', content: { text: 'x' } });
    expectProblem(await api.call('POST', `/v1/templates/${sms.id}/submit`), 409);
    const { id } = await make();
    expectProblem(await api.call('POST', `/v1/templates/${id}/submit`, { body: { provider: 'line' } }), 409);
    real = [];
    expectProblem(await api.call('POST', `/v1/templates/${id}/submit`), 409);
    expectProblem(await api.call('POST', '/v1/templates/tpl_none/submit'), 404);
  });

  it('is 422 with the provider’s words where it refuses, 502 where it does not answer, and changes nothing', async () => {
    const { id } = await make();
    meta.says.set(id, new ProviderRefused('a name may have lower case only', '100'));
    const refused = await api.call('POST', `/v1/templates/${id}/submit`);
    expectProblem(refused, 422);
    expect(refused.body.detail).toContain('a name may have lower case only');
    meta.says.set(id, new ProviderRefused('x'.repeat(100_000), '100'));
    expect((await api.call('POST', `/v1/templates/${id}/submit`)).text.length).toBeLessThan(2_000);
    meta.says.set(id, new Error('secret in a stack'));
    const away = await api.call('POST', `/v1/templates/${id}/submit`);
    expectProblem(away, 502);
    expect(away.text).not.toContain('secret');
    expect((await show(id)).status).toBe('draft');
  });
});

it('of a provider’s words so many are kept as anybody reads', async () => {
  const { id } = await make();
  meta.says.set(id, { status: 'rejected', reason: 'x'.repeat(100_000), providerTemplateId: 'p-1' });
  await must(api.call('POST', `/v1/templates/${id}/submit`), 200);
  expect((await show(id)).statusReason).toBe('x'.repeat(500));
  meta.says.set(id, { status: 'paused', reason: 'y'.repeat(100_000), providerTemplateId: 'p-1' });
  await must(api.call('POST', '/v1/templates/sync'), 200);
  expect((await show(id)).statusReason).toBe('y'.repeat(500));
});

describe('a status by hand', () => {
  it('is kept with its reason', async () => {
    const { id } = await make();
    const body = { status: 'approved', reason: 'Ann has seen it' };
    await must(api.call('POST', `/v1/templates/${id}/status`, { body }), 200);
    expect(await show(id)).toMatchObject({ status: 'approved', statusReason: 'Ann has seen it' });
  });

  it('needs a reason, a status that there is, and a key that may edit flows', async () => {
    const { id } = await make();
    const path = `/v1/templates/${id}/status`;
    for (const reason of [undefined, '', '  ']) {
      const answer = await api.call('POST', path, { body: { status: 'approved', reason } });
      expectProblem(answer, 422);
      expect(pointers(answer)).toEqual(['/reason']);
    }
    expectProblem(await api.call('POST', path, { body: { status: 'fine', reason: 'x' } }), 422);
    const body = { status: 'approved', reason: 'x' };
    expectProblem(await api.call('POST', path, { body, key: api.keys.live }), 403);
    expectProblem(await api.call('POST', '/v1/templates/tpl_none/status', { body }), 404);
    expect((await show(id)).status).toBe('draft');
  });
});

describe('sync', () => {
  const submitted = async () => {
    const { id } = await make();
    await must(api.call('POST', `/v1/templates/${id}/submit`), 200);
    return id;
  };

  it('keeps what the provider says by now, and does not ask about drafts', async () => {
    const [good, bad, draft] = [await submitted(), await submitted(), (await make()).id];
    meta.says.set(good, approved());
    meta.says.set(bad, approved({ status: 'rejected', reason: 'INVALID_FORMAT' }));
    const { body } = await must(api.call('POST', '/v1/templates/sync'), 200);
    expect(body.changed).toBe(2);
    expect(await show(good)).toMatchObject({ status: 'approved', providerTemplateId: 'p-1' });
    expect(await show(bad)).toMatchObject({ status: 'rejected', statusReason: 'INVALID_FORMAT' });
    expect(meta.asked).not.toContain(`fetch ${draft}`);
    meta.says.set(good, approved({ status: 'paused', reason: 'quality' }));
    await must(api.call('POST', '/v1/templates/sync'), 200);
    expect(await show(good)).toMatchObject({ status: 'paused', statusReason: 'quality' });
  });

  it('goes on where one cannot be asked, and asks the next account where the first does not know it', async () => {
    const [broken, elsewhere] = [await submitted(), await submitted()];
    meta.says.set(broken, new Error('away'));
    twilio.says.set(elsewhere, approved());
    const { body } = await must(api.call('POST', '/v1/templates/sync'), 200);
    expect(body.failed).toBe(1);
    expect((await show(broken)).status).toBe('submitted');
    expect((await show(elsewhere)).status).toBe('approved');
  });

  it('leaves what was set by hand alone, until it is submitted again', async () => {
    const id = await submitted();
    meta.says.set(id, approved());
    const setTo = (status: string) =>
      must(api.call('POST', `/v1/templates/${id}/status`, { body: { status, reason: 'a wrong price in it' } }), 200);
    await setTo('paused');
    await must(api.call('POST', '/v1/templates/sync'), 200);
    expect(await show(id)).toMatchObject({ status: 'paused', statusReason: 'a wrong price in it', statusByHand: true });
    await setTo('submitted');
    await must(api.call('POST', '/v1/templates/sync'), 200);
    expect(await show(id)).toMatchObject({ status: 'approved', statusByHand: false });
  });

  it('does not give an old verdict to a content that was written meanwhile', async () => {
    const id = await submitted();
    const { templates } = api.house.store;
    const deps: TemplateSyncDeps = {
      store: { templates },
      providers: { all: () => [lateApprover(id)] },
      logger: api.house.api.logger,
      now: Date.now,
    };
    const lateApprover = (late: string): OpenAccount => {
      const { account } = approver('whatsapp-cloud', ['whatsapp']);
      const fetch = async (template: Template) => {
        if (template.id !== late) return null;
        await templates.replace(late, { ...template, content: { text: 'other' } }, 'draft', Date.now() + 1000);
        return approved();
      };
      return {
        ...account,
        adapter: { ...account.adapter, approvals: { ...meta.account.adapter.approvals, fetch } },
      } as OpenAccount;
    };
    const { stop } = startTemplateSync({ ...deps, onFault: () => {} }, 5);
    await until(async () => (await show(id)).content.text === 'other', 'the late verdict');
    stop();
    expect((await show(id)).status).toBe('draft');
  });

  it('is done by itself, again and again, until it is stopped', async () => {
    const id = await submitted();
    meta.says.set(id, approved());
    const { store, logger } = api.house.api;
    const faults: string[] = [];
    const deps = { store, providers: { all: () => real }, logger, now: Date.now };
    const { stop } = startTemplateSync({ ...deps, onFault: (message) => faults.push(message) }, 5);
    await until(async () => (await show(id)).status === 'approved', 'a first round');
    meta.says.set(id, approved({ status: 'paused' }));
    await until(async () => (await show(id)).status === 'paused', 'a second round');
    stop();
    expect(faults).toEqual([]);
  });
});

describe('what is not approved', () => {
  const flow = (workflowId: string, template: string) => ({
    ...OTP,
    workflowId,
    name: workflowId,
    steps: [
      { name: 'whatsapp', channel: 'whatsapp', template, timeoutSeconds: 60 },
      { name: 'again', channel: 'whatsapp', template, timeoutSeconds: 60 },
    ],
  });

  it('cannot be published', async () => {
    const { id } = await make();
    await must(api.call('POST', '/v1/flows', { body: flow('wf_draft', id) }), 201);
    const answer = await api.call('POST', '/v1/flows/wf_draft/publish');
    expectProblem(answer, 422);
    expect(answer.body.errors[0]).toEqual({
      pointer: '/steps/0/template',
      message: expect.stringContaining('is draft'),
    });
    await must(api.call('POST', `/v1/templates/${id}/status`, { body: { status: 'approved', reason: 'ok' } }), 200);
    await must(api.call('POST', '/v1/flows/wf_draft/publish'), 200);
  });

  it('is not sent any more, though its flow is published: the provider receives nothing', async () => {
    const { id } = await make();
    const set = (status: string) =>
      must(api.call('POST', `/v1/templates/${id}/status`, { body: { status, reason: 'ok' } }), 200);
    await set('approved');
    await must(api.call('POST', '/v1/flows', { body: flow('wf_paused', id) }), 201);
    await must(api.call('POST', '/v1/flows/wf_paused/publish'), 200);
    await set('paused');
    const { body } = await api.call('POST', '/v1/workflows/wf_paused/invocations', {
      body: { recipient: { phone: '+393351234567' }, variables: { code: '1' } },
      headers: { prefer: 'wait=10' },
      key: api.keys.test,
    });
    expect(body.status).toBe('failed');
    expect(body.attempts).toMatchObject([
      { status: 'rejected', reason: 'template_not_approved' },
      { status: 'rejected', reason: 'template_not_approved' },
    ]);
    const path = `/v1/invocations/${body.id}/events`;
    const { items } = (await api.call('GET', path, { key: api.keys.test })).body;
    expect(items).toContainEqual(expect.objectContaining({ type: 'AttemptRejected', code: 'paused' }));
    const sent = await api.call('GET', `/v1/sandbox/messages?invocationId=${body.id}`, { key: api.keys.test });
    expect(sent.body.items).toEqual([]);
  });
});
