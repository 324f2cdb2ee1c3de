import { diffSchema, lintAnswerSchema } from '../../schemas/flow-requests';
import { validator } from '../../schemas/validate';
import { type ApiUnderTest, expectProblem, must, OTP, pointers, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

let made = 0;
const unique = () => ({ ...OTP, workflowId: `wf_flow_${++made}`, name: `Flow ${made}` });
const create = async (change: object = {}) =>
  (await must(api.call('POST', '/v1/flows', { body: { ...unique(), ...change } }), 201)).body;

describe('a flow', () => {
  it('is made as a draft with both of its IDs and an ETag', async () => {
    const { workflowId, ...definition } = unique();
    const answer = await api.call('POST', '/v1/flows', { body: { workflowId, ...definition } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toMatch(/^"\d+"$/);
    expect(answer.body).toMatchObject({ workflowId, name: definition.name, draft: definition, publishedVersion: null });
    expect(answer.body.id).toMatch(/^flw_/);
    for (const id of [answer.body.id, workflowId]) {
      expect((await api.call('GET', `/v1/flows/${id}`)).body).toEqual(answer.body);
    }
  });

  it('is given a workflow ID where it brings none', async () => {
    const { workflowId: _, ...definition } = unique();
    expect((await api.call('POST', '/v1/flows', { body: definition })).body.workflowId).toMatch(/^wf_/);
  });

  it('has a name and a workflow ID of its own', async () => {
    const first = unique();
    await must(api.call('POST', '/v1/flows', { body: first }), 201);
    expectProblem(await api.call('POST', '/v1/flows', { body: { ...first, workflowId: 'wf_other' } }), 409);
    expectProblem(await api.call('POST', '/v1/flows', { body: { ...first, name: 'Another name' } }), 409);
  });

  it('stands in the list, which is read page by page', async () => {
    const { id } = await create();
    const first = await api.call('GET', '/v1/flows?limit=1');
    expect(first.body.items.map((flow: { id: string }) => flow.id)).toEqual([id]);
    const second = await api.call('GET', `/v1/flows?limit=1&cursor=${encodeURIComponent(first.body.nextCursor)}`);
    expect(second.body.items).toHaveLength(1);
    expect(second.body.items[0].id).not.toBe(id);
  });
});

describe('a definition that cannot be', () => {
  const step = OTP.steps[0];
  const bad: [string, object, string][] = [
    ['a timeout of 0', { steps: [{ ...step, timeoutSeconds: 0 }] }, '/steps/0/timeoutSeconds'],
    ['a timeout of 1e9', { steps: [{ ...step, timeoutSeconds: 1e9 }] }, '/steps/0/timeoutSeconds'],
    ['a timeout that is a text', { steps: [{ ...step, timeoutSeconds: '30' }] }, '/steps/0/timeoutSeconds'],
    ['ten thousand steps', { steps: Array.from({ length: 10_000 }, () => ({ channel: 'sms' })) }, '/steps'],
    ['no steps', { steps: [] }, '/steps'],
    ['an unknown channel', { steps: [{ ...step, channel: 'pigeon' }] }, '/steps/0/channel'],
    ['an unknown field of a step', { steps: [{ ...step, timeout: 3 }] }, '/steps/0/timeout'],
    [
      'five branches',
      { steps: [{ name: 'p', timeoutSeconds: 5, parallel: Array(5).fill([step]) }] },
      '/steps/0/parallel',
    ],
    [
      'variables with a remote $ref',
      { variables: { type: 'object', properties: { a: { $ref: 'https://x.org/s' } } } },
      '/variables/properties/a/$ref',
    ],
    [
      'a pattern that RE2 does not know',
      { variables: { type: 'object', properties: { a: { type: 'string', pattern: '(?=a)' } } } },
      '/variables/properties/a/pattern',
    ],
    [
      'quiet hours on Mars',
      { quietHours: { from: '21:00', to: '08:00', timezone: 'Mars/Base' } },
      '/quietHours/timezone',
    ],
  ];
  it.each(bad)('%s is 422 and points at it', async (_name, change, pointer) => {
    const answer = await api.call('POST', '/v1/flows', { body: { ...unique(), ...change } });
    expectProblem(answer, 422);
    expect(pointers(answer)).toContain(pointer);
    expect(pointers(answer).length).toBeLessThanOrEqual(20);
  });

  it('says what a timeout may be', async () => {
    const answer = await api.call('POST', '/v1/flows', {
      body: { ...unique(), steps: [{ ...step, timeoutSeconds: 0 }] },
    });
    expect(answer.body.errors).toEqual([
      { pointer: '/steps/0/timeoutSeconds', message: '“timeoutSeconds” must be at least 1.' },
    ]);
  });
});

describe('the draft', () => {
  it('is written only over the draft that was read', async () => {
    const flow = await create();
    const path = `/v1/flows/${flow.id}/draft`;
    const body = { ...flow.draft, expiresAfterSeconds: 600 };
    expectProblem(await api.call('PUT', path, { body }), 428);
    const tag = (await api.call('GET', `/v1/flows/${flow.id}`)).headers.get('etag') ?? '';
    const saved = await api.call('PUT', path, { body, headers: { 'if-match': tag } });
    expect([saved.status, saved.body.draft.expiresAfterSeconds]).toEqual([200, 600]);
    expectProblem(await api.call('PUT', path, { body, headers: { 'if-match': tag } }), 412);
    const next = saved.headers.get('etag') ?? '';
    expect((await api.call('PUT', path, { body, headers: { 'if-match': next } })).status).toBe(200);
  });
});

describe('lint', () => {
  it('tells errors, warnings and the worst case', async () => {
    const flow = await create({ steps: [{ ...OTP.steps[0], template: 'tpl_not_there' }] });
    const { body } = await api.call('POST', `/v1/flows/${flow.id}/lint`);
    expect(body.errors).toBeGreaterThan(0);
    expect(body.findings.length).toBe(body.errors + body.warnings);
    expect(body.worstCase).toEqual({ costMicros: 35_500, currency: 'EUR', seconds: 1 });
  });

  it('tells each finding as data too', async () => {
    const flow = await create({ steps: [{ ...OTP.steps[0], template: 'tpl_not_there' }] });
    const { body } = await api.call('POST', `/v1/flows/${flow.id}/lint`);
    expect(validator(lintAnswerSchema, 'findings')(body)).toMatchObject({ ok: true });
    expect(body.findings[0]).toMatchObject({
      rule: 'template-unknown',
      message: 'There is no template “tpl_not_there”.',
      key: 'template-unknown',
      values: { template: 'tpl_not_there' },
    });
  });

  it('errors block publishing, and the answer points at them', async () => {
    const flow = await create({ steps: [{ ...OTP.steps[0], template: 'tpl_not_there' }] });
    const answer = await api.call('POST', `/v1/flows/${flow.id}/publish`, { body: {} });
    expectProblem(answer, 422);
    expect(pointers(answer)).toContain('/steps/0/template');
    expect((await api.call('GET', `/v1/flows/${flow.id}`)).body.publishedVersion).toBeNull();
  });

  it('says so when two steps have one name, whose worst case nobody can reckon', async () => {
    const flow = await create({ steps: [OTP.steps[0], OTP.steps[0]] });
    const { body } = await api.call('POST', `/v1/flows/${flow.id}/lint`, { body: {} });
    expect(body.errors).toBeGreaterThan(0);
    expect(body.worstCase).toBeNull();
  });
});

describe('simulate', () => {
  it('plays the scripts on a virtual clock', async () => {
    const { body, status } = await api.call('POST', '/v1/flows/wf_otp/simulate', {
      body: { sandbox: { whatsapp: 'silent', sms: 'delivered@200ms' }, startAt: '2026-11-21T10:00:00.000Z' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'succeeded',
      reachedStep: 'sms',
      reachedChannel: 'sms',
      costMicros: 71_000,
      durationMs: 1200,
    });
    expect(body.events[0]).toMatchObject({ seq: 1, type: 'InvocationStarted', at: '2026-11-21T10:00:00.000Z' });
    expect(body.events.map(({ type }: { type: string }) => type)).toContain('LadderAdvanced');
  });

  it('skips the steps that the recipient has no address for', async () => {
    const steps = [OTP.steps[0], { ...OTP.steps[1], channel: 'email', name: 'email' }];
    const { body } = await api.call('POST', '/v1/flows/wf_otp/simulate', {
      body: { definition: { ...OTP, workflowId: undefined, steps }, recipient: { email: 'ann@example.com' } },
    });
    expect(body).toMatchObject({ status: 'succeeded', reachedStep: 'email' });
  });

  it('refuses scripts for steps that are not there', async () => {
    const answer = await api.call('POST', '/v1/flows/wf_otp/simulate', { body: { sandbox: { fax: 'silent' } } });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/sandbox/fax']);
  });
});

describe('versions', () => {
  it('are immutable, compared, and brought back as a new one', async () => {
    const flow = await create();
    const publish = (body: object) => api.call('POST', `/v1/flows/${flow.id}/publish`, { body });
    expect((await publish({})).body).toMatchObject({ version: 1, publishedVersion: 1, latestVersion: 1 });
    const changed = { ...flow.draft, expiresAfterSeconds: 300 };
    await must(api.call('PUT', `/v1/flows/${flow.id}/draft`, { body: changed, headers: { 'if-match': '*' } }), 200);
    expect((await publish({})).body).toMatchObject({ version: 2, publishedVersion: 2 });

    const diff = await api.call('GET', `/v1/flows/${flow.id}/diff?from=1&to=2`);
    expect(diff.body).toMatchObject({ from: 1, to: 2, changes: [{ pointer: '/expiresAfterSeconds', kind: 'added' }] });
    expect(validator(diffSchema, 'a difference')(diff.body)).toMatchObject({ ok: true });
    expect(diff.body.changes[0]).toMatchObject({ key: 'field.added', values: { field: ['expiresAfterSeconds'] } });

    expect((await publish({ version: 1 })).body).toMatchObject({ version: 3, publishedVersion: 3 });
    const third = await api.call('GET', `/v1/flows/${flow.id}/versions/3`);
    expect(third.body).toMatchObject({ rollbackOf: 1, definition: flow.draft });
    const { items } = (await api.call('GET', `/v1/flows/${flow.id}/versions`)).body;
    expect(items.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1]);
    expectProblem(await publish({ version: 9 }), 404);
    expectProblem(await api.call('GET', `/v1/flows/${flow.id}/versions/0`), 404);
    expectProblem(await api.call('GET', `/v1/flows/${flow.id}/diff?from=first`), 422);
  });

  it('freezes no draft that was changed after somebody had looked at it', async () => {
    const flow = await create();
    const path = `/v1/flows/${flow.id}`;
    const seen = (await api.call('GET', path)).headers.get('etag') ?? '';
    const changed = { ...flow.draft, expiresAfterSeconds: 601 };
    const saved = await api.call('PUT', `${path}/draft`, { body: changed, headers: { 'if-match': seen } });
    const publish = (tag: string) => api.call('POST', `${path}/publish`, { body: {}, headers: { 'if-match': tag } });
    expectProblem(await publish(seen), 412);
    expect((await api.call('GET', path)).body.publishedVersion).toBeNull();
    expect((await must(publish(saved.headers.get('etag') ?? ''), 200)).body.version).toBe(1);
  });

  it('keep a running invocation on the one that it began with', async () => {
    const flow = await create();
    await must(api.call('POST', `/v1/flows/${flow.id}/publish`, { body: {} }), 200);
    const path = `/v1/workflows/${flow.workflowId}/invocations`;
    const person = {
      recipient: { phone: '+393351234567' },
      variables: { code: '1' },
      sandbox: { whatsapp: 'delivered@400ms' },
    };
    const { id } = (await must(api.call('POST', path, { body: person, key: api.keys.test }), 202)).body;
    await must(api.call('POST', `/v1/flows/${flow.id}/publish`, { body: {} }), 200);
    const ended = await api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=5' } });
    expect(ended.body).toMatchObject({ status: 'succeeded', flowVersion: 1 });
  });
});
