import type { Provider } from '../../schemas/vocabulary';
import { type FakeKind, fakeKind } from '../support/fake-kind';
import { type ApiUnderTest, expectProblem, must, pointers, startApi } from './api-under-test';

const PATH = '/v1/provider-accounts';
const SECRETS = ['first-credential-77', 'second-credential-88', 'environment-credential-99', 'bad'] as const;
const [FIRST, SECOND, ENVIRONMENT] = SECRETS;

let api: ApiUnderTest;
let twilio: FakeKind;
let http: FakeKind;
let push: FakeKind;
/** Whatever was answered or logged: no credential may be in it. */
const seen: string[] = [];

beforeAll(async () => {
  twilio = fakeKind('twilio', { signs: true });
  http = fakeKind('http');
  push = fakeKind('fcm', { receives: false, variable: 'FAKE_TOKEN' });
  const options = {
    kinds: [twilio, http, push],
    env: { FAKE_TOKEN: ENVIRONMENT },
    logged: (message: string, fields: object) => {
      const texts = Object.values(fields).map((value) =>
        value instanceof Error ? value.stack : JSON.stringify(value),
      );
      seen.push(message, ...texts.map(String));
    },
  };
  api = await startApi((deps) => deps, options);
});
afterAll(async () => {
  await api.close();
  for (const secret of SECRETS.slice(0, 3)) expect(seen.filter((text) => text.includes(secret))).toEqual([]);
});

async function call(method: string, path = '', body?: unknown) {
  const answer = await api.call(method, PATH + path, { body });
  seen.push(answer.text, JSON.stringify([...answer.headers]));
  return answer;
}
const body = (provider: Provider, change: object = {}) => {
  return { name: 'Main', provider, settings: { sender: 'main' }, credentials: { token: FIRST }, ...change };
};
const made = async (provider: Provider, change: object = {}) =>
  (await must(call('POST', '', body(provider, change)), 201)).body;
async function removeAll() {
  for (const { id, source } of (await call('GET')).body.items) if (source === 'api') await call('DELETE', `/${id}`);
}
afterEach(async () => {
  for (const id of ['wf_needs', 'wf_names']) await api.call('POST', `/v1/flows/${id}/unpublish`, { body: {} });
  await removeAll();
});

describe('an account', () => {
  it('is made, read, listed and deleted, and shows of its credentials only that they are set', async () => {
    const answer = await must(call('POST', '', body('twilio', { isDefault: true, perSecond: 50 })), 201);
    const { id } = answer.body;
    expect(answer.headers.get('location')).toBe(`${PATH}/${id}`);
    expect(answer.body).toEqual({
      ...{ id: expect.stringMatching(/^pac_/), name: 'Main', provider: 'twilio', isDefault: true, enabled: true },
      ...{ perSecond: 50, settings: { sender: 'main' }, credentials: { token: 'set' }, source: 'api' },
      webhookUrl: 'http://127.0.0.1:1/v1/receipts/twilio',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await call('GET', `/${id}`)).body).toEqual(answer.body);
    expect((await call('GET')).body.items[0]).toEqual(answer.body);
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expectProblem(await call('GET', `/${id}`), 404);
    expectProblem(await call('DELETE', `/${id}`), 404);
    expectProblem(await call('PUT', `/${id}`, body('twilio')), 404);
    expectProblem(await call('POST', `/${id}/test`), 404);
  });

  it('can be used at once, and no more once it is deleted', async () => {
    const find = () => api.house.api.providers.find({ provider: 'twilio', account: null })?.id ?? null;
    const { id } = await made('twilio');
    expect(find()).toBe(id);
    await call('DELETE', `/${id}`);
    expect(find()).toBeNull();
  });

  it('may have an ID of one’s own, but none that another has or that Onward gives itself', async () => {
    await made('twilio', { id: 'pac_eu' });
    expectProblem(await call('POST', '', body('twilio', { id: 'pac_eu' })), 409);
    for (const id of ['pac_env_twilio', 'pac_sandbox', 'pac_inapp']) {
      const answer = await call('POST', '', body('twilio', { id }));
      expectProblem(answer, 422);
      expect(pointers(answer)).toEqual(['/id']);
    }
  });

  it('marked as the default takes the mark from the other', async () => {
    const first = await made('twilio', { isDefault: true });
    const second = await made('twilio', { isDefault: true });
    expect((await call('GET', `/${first.id}`)).body.isDefault).toBe(false);
    expect((await call('GET', `/${second.id}`)).body.isDefault).toBe(true);
  });

  it.each<[string, object, string[]]>([
    ['a setting that is missing', { settings: {} }, ['/settings/sender']],
    ['a setting that does not exist', { settings: { sender: 'a', other: 1 } }, ['/settings/other']],
    ['what the schema cannot tell', { settings: { sender: 'nobody' } }, ['/settings/sender']],
    ['a credential that is missing', { credentials: {} }, ['/credentials/token']],
    ['credentials left out', { credentials: undefined }, ['/credentials/token']],
    ['a credential of a wrong form', { credentials: { token: 'bad' } }, ['/credentials/token']],
    ['a credential as it is shown', { credentials: { token: FIRST, word: 'set' } }, ['/credentials/word']],
    ['a provider that nobody knows', { provider: 'pigeon' }, ['/provider']],
  ])('with %s is 422', async (_name, change, where) => {
    const answer = await call('POST', '', body('twilio', change));
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(where);
    expect(answer.text).not.toContain('“bad”');
  });

  it.each(['sandbox', 'inapp'] as const)('of %s there is none to make', async (provider) => {
    const answer = await call('POST', '', body(provider));
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/provider']);
    expect(answer.body.hint).toContain('twilio, http, fcm');
  });

  it('is told where its provider has to call: the secret path where it does not sign, nowhere where it does not call', async () => {
    const { id, webhookUrl } = await made('http');
    expect(webhookUrl).toMatch(/^http:\/\/127\.0\.0\.1:1\/v1\/receipts\/http\/[\w-]{22}$/);
    expect((await call('GET', `/${id}`)).body.webhookUrl).toBe(webhookUrl);
    expect((await made('fcm')).webhookUrl).toBeNull();
  });

  it('that cannot be opened is shown all the same', async () => {
    const { id, webhookUrl } = await made('twilio', { settings: { sender: 'broken' } });
    expect(webhookUrl).toBeNull();
    expect((await call('POST', `/${id}/test`)).body).toMatchObject({ ok: false, code: 'not_opened' });
    expect(api.house.faults.join()).toContain(id);
  });
});

describe('a PUT', () => {
  it('replaces an account; without credentials, or with them as they are shown, these stay', async () => {
    const { id } = await made('twilio', { isDefault: true, credentials: { token: FIRST, word: 'hello' } });
    const newest = () => {
      api.house.api.providers.all();
      return twilio.opened.at(-1)?.options;
    };
    const { body: changed } = await call('PUT', `/${id}`, {
      name: 'New',
      provider: 'twilio',
      settings: { sender: 'b' },
    });
    expect(changed).toMatchObject({ name: 'New', isDefault: false, credentials: { token: 'set', word: 'set' } });
    expect(newest()).toEqual({ id, settings: { sender: 'b' }, credentials: { token: FIRST, word: 'hello' } });
    await must(call('PUT', `/${id}`, body('twilio', { credentials: { token: 'set', word: 'new word' } })), 200);
    expect(newest()?.credentials).toEqual({ token: FIRST, word: 'new word' });
    await must(call('PUT', `/${id}`, body('twilio', { credentials: { token: SECOND } })), 200);
    expect(newest()?.credentials).toEqual({ token: SECOND });
  });

  it('keeps no credential that would go to another server', async () => {
    const settings = (apiUrl?: string) => ({ settings: { sender: 'main', ...(apiUrl && { apiUrl }) } });
    const kept = { credentials: { token: 'set', word: 'hello' } };
    const { id } = await made('twilio', settings('https://one.example/v1'));
    const moved = settings('https://two.example/v1');
    const message = 'The account sends to another server now: give the credential again.';
    for (const credentials of [undefined, kept.credentials]) {
      const answer = await call('PUT', `/${id}`, body('twilio', { ...moved, credentials }));
      expectProblem(answer, 422);
      expect(answer.body.errors).toEqual([{ pointer: '/credentials/token', message }]);
    }
    await must(call('PUT', `/${id}`, body('twilio', { ...moved, credentials: { token: SECOND } })), 200);
    // Another path, and the provider's own server.
    await must(call('PUT', `/${id}`, body('twilio', { ...settings('https://two.example/v2'), ...kept })), 200);
    await must(call('PUT', `/${id}`, body('twilio', { ...settings(), ...kept })), 200);
    expect(pointers(await call('PUT', `/${id}`, body('twilio', { ...moved, ...kept })))).toEqual([
      '/credentials/token',
    ]);
  });

  it('keeps ID and provider, and is judged as a POST is', async () => {
    const { id } = await made('twilio');
    expect(pointers(await call('PUT', `/${id}`, body('twilio', { id: 'pac_other' })))).toEqual(['/id']);
    expect(pointers(await call('PUT', `/${id}`, body('http')))).toEqual(['/provider']);
    expect(pointers(await call('PUT', `/${id}`, body('twilio', { settings: {} })))).toEqual(['/settings/sender']);
  });
});

describe('an account of the environment', () => {
  it('is shown after all others, and cannot be written', async () => {
    await made('fcm');
    await made('twilio');
    const { items, nextCursor } = (await call('GET', '?limit=2')).body;
    expect(items.map(({ source }: { source: string }) => source)).toEqual(['api', 'api']);
    const last = (await call('GET', `?limit=2&cursor=${nextCursor}`)).body;
    expect(last.nextCursor).toBeNull();
    expect(last.items).toEqual([
      expect.objectContaining({
        id: 'pac_env_fcm',
        source: 'environment',
        credentials: { token: 'set' },
        isDefault: true,
      }),
    ]);
    expect((await call('GET', '/pac_env_fcm')).body).toEqual(last.items[0]);
    expectProblem(await call('PUT', '/pac_env_fcm', body('fcm')), 409);
    expectProblem(await call('DELETE', '/pac_env_fcm'), 409);
    expect((await call('POST', '/pac_env_fcm/test')).body).toMatchObject({ ok: true });
  });
});

describe('the trial of an account', () => {
  it('says what its provider says', async () => {
    const { id } = await made('twilio', { enabled: false });
    expect((await call('POST', `/${id}/test`)).body).toEqual({ ok: true, detail: 'It is there.' });
    twilio.trial = async () => ({ ok: false, code: '20003', detail: 'The token is refused.' });
    const refused = await call('POST', `/${id}/test`);
    expect([refused.status, refused.body]).toEqual([
      200,
      { ok: false, code: '20003', detail: 'The token is refused.' },
    ]);
  });

  it('tells no secret where the adapter throws one', async () => {
    const { id } = await made('twilio');
    twilio.trial = () => Promise.reject(Object.assign(new Error(`no host ${FIRST}`), { code: 'ENOTFOUND' }));
    expect((await call('POST', `/${id}/test`)).body).toMatchObject({ ok: false, code: 'ENOTFOUND' });
    twilio.trial = () => Promise.reject(new Error(`refused ${FIRST}`));
    expect((await call('POST', `/${id}/test`)).body).toMatchObject({ ok: false, code: 'not_reached' });
  });

  it('ends after ten seconds', async () => {
    const { id } = await made('twilio');
    twilio.trial = () => new Promise(() => {});
    const { setTimeout: real } = globalThis;
    const spy = jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((work: () => void, ms?: number) =>
        real(work, ms === 10_000 ? 10 : ms)) as typeof setTimeout);
    const answer = await call('POST', `/${id}/test`).finally(() => spy.mockRestore());
    expect(answer.body).toMatchObject({ ok: false, code: 'timeout' });
  });
});

describe('flows and accounts', () => {
  const step = (provider: string | string[]) => ({
    ...{ name: 'sms', channel: 'sms', provider, template: 'tpl_sms', timeoutSeconds: 60 },
  });
  const publish = async (workflowId: string, provider: string | string[]) => {
    const definition = { name: workflowId, purpose: 'otp', steps: [step(provider)] };
    const there = await api.call('GET', `/v1/flows/${workflowId}`);
    if (there.status === 404) await must(api.call('POST', '/v1/flows', { body: { workflowId, ...definition } }), 201);
    else {
      const headers = { 'if-match': there.headers.get('etag') ?? '' };
      await must(api.call('PUT', `/v1/flows/${workflowId}/draft`, { body: definition, headers }), 200);
    }
    return api.call('POST', `/v1/flows/${workflowId}/publish`, { body: {} });
  };
  beforeAll(async () => {
    const template = { id: 'tpl_sms', name: 'SMS', channel: 'sms', content: { text: 'Hello' } };
    await must(api.call('POST', '/v1/templates', { body: template }), 201);
  });

  it('a published flow that names an account keeps it from being deleted', async () => {
    await made('twilio', { id: 'pac_eu' });
    await made('twilio', { id: 'pac_us' });
    await must(publish('wf_needs', 'twilio:pac_eu'), 200);
    const refused = await call('DELETE', '/pac_eu');
    expectProblem(refused, 409);
    expect(refused.body.detail).toContain('wf_needs');
    expect((await call('GET', '/pac_eu/flows')).body).toEqual({ workflowIds: ['wf_needs'] });
    expect((await call('DELETE', '/pac_us')).status).toBe(204);
  });

  it('a published flow that names a provider keeps its last account', async () => {
    await made('twilio', { id: 'pac_eu' });
    await made('twilio', { id: 'pac_us' });
    await must(publish('wf_names', ['sandbox', 'twilio']), 200);
    expect((await call('DELETE', '/pac_us')).status).toBe(204);
    expectProblem(await call('DELETE', '/pac_eu'), 409);
    await api.call('POST', '/v1/flows/wf_names/unpublish', { body: {} });
    expect((await call('DELETE', '/pac_eu')).status).toBe(204);
  });

  it('an account that is not there cannot be published, and a provider without any is a warning', async () => {
    const refused = await publish('wf_needs', 'twilio:pac_gone');
    expectProblem(refused, 422);
    expect(pointers(refused)).toEqual(['/steps/0/provider']);
    const published = await must(publish('wf_names', 'twilio'), 200);
    expect(published.body.findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ rule: 'no-account', level: 'warning' })]),
    );
    await made('twilio', { id: 'pac_gone' });
    await must(publish('wf_needs', 'twilio:pac_gone'), 200);
  });

  it('an account’s own price is what a run is reckoned at', async () => {
    await made('twilio', { id: 'pac_dear', settings: { sender: 'dear' } });
    await must(publish('wf_needs', 'twilio:pac_dear'), 200);
    const { worstCase } = (await api.call('POST', '/v1/flows/wf_needs/lint', { body: {} })).body;
    expect(worstCase.costMicros).toBe(99_000);
  });

  it('a live run is sent by the account, and counted', async () => {
    await made('twilio', { id: 'pac_eu' });
    await must(publish('wf_names', 'twilio'), 200);
    const person = { recipient: { phone: '+393351234567' } };
    const started = await must(
      api.call('POST', '/v1/workflows/wf_names/invocations', { body: person, key: api.keys.live }),
      202,
    );
    const path = `/v1/invocations/${started.body.id}/cancel`;
    await api.call('GET', `/v1/invocations/${started.body.id}`, { headers: { prefer: 'wait=1' } });
    await api.call('POST', path, { body: {} });
    const sent = twilio.opened.find(({ options, sent }) => options.id === 'pac_eu' && sent.length > 0);
    expect(sent?.sent).toEqual([
      expect.objectContaining({
        address: '+393351234567',
        content: { text: 'Hello', message: { as: 'sms', encoding: 'GSM-7', parts: 1 } },
      }),
    ]);
    const ref = sent?.sent[0]?.ref ?? '';
    expect(sent?.world.callbackUrl(ref)).toBe(`http://127.0.0.1:1/v1/receipts/twilio?ref=${ref}`);
    expect(sent?.world.secretUrl(ref)).toMatch(/^http:\/\/127\.0\.0\.1:1\/v1\/receipts\/twilio\/[\w-]{22}\?ref=inv_/);
    const metrics = (await api.call('GET', '/metrics')).text;
    expect(metrics).toContain('onward_provider_answers_total{provider="twilio",outcome="accepted"} 1');
    expect(metrics).toContain('onward_provider_circuit_state{account="pac_eu"} 0');
    seen.push(metrics);
  });
});

it.each([
  ['POST', ''],
  ['GET', ''],
  ['GET', '/pac_env_fcm'],
  ['PUT', '/pac_env_fcm'],
  ['DELETE', '/pac_env_fcm'],
  ['POST', '/pac_env_fcm/test'],
])('%s %s takes an owner’s key', async (method, path) => {
  for (const key of [api.keys.live, api.keys.test, api.keys.gateway]) {
    expectProblem(await api.call(method, PATH + path, { key, body: method === 'GET' ? undefined : body('fcm') }), 403);
  }
  expectProblem(await api.call(method, PATH + path, { key: null }), 401);
});

describe('whoever is about to make or delete an account', () => {
  it('is told what accounts of each provider hold, by the schemas that judge them', async () => {
    const { items } = (await must(api.call('GET', '/v1/provider-kinds'), 200)).body;
    expect(items.map(({ provider }: { provider: string }) => provider)).toEqual(['twilio', 'http', 'fcm']);
    expect(items[0]).toMatchObject({ settings: twilio.settings, credentials: twilio.credentials });
  });

  it('is told of an account that nobody needs, and of one that is not there', async () => {
    const { id } = await made('twilio');
    expect((await must(call('GET', `/${id}/flows`), 200)).body).toEqual({ workflowIds: [] });
    expectProblem(await call('GET', '/pac_nobody/flows'), 404);
  });
});
