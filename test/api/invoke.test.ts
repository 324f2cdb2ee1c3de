import {
  type ApiUnderTest,
  expectProblem,
  INVOKE,
  must,
  OTP,
  PERSON,
  pointers,
  publishOtp,
  startApi,
} from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

const invoke = (body: unknown, headers: Record<string, string> = {}, key: string = api.keys.test) =>
  api.call('POST', INVOKE, { body, headers, key });

describe('an invocation', () => {
  it('is accepted with where to find it and what it may cost at worst', async () => {
    const answer = await invoke({ ...PERSON, externalId: 'order-77', metadata: { cart: '9' } });
    expect(answer.status).toBe(202);
    const { id } = answer.body;
    expect(id).toMatch(/^inv_[0-9A-Z]{26}$/);
    expect(answer.headers.get('location')).toBe(`/v1/invocations/${id}`);
    expect(answer.body).toEqual({
      id,
      workflowId: 'wf_otp',
      flowVersion: 1,
      status: 'running',
      externalId: 'order-77',
      worstCase: { costMicros: 71_000, currency: 'EUR', seconds: 121 },
      links: {
        self: `/v1/invocations/${id}`,
        events: `/v1/invocations/${id}/events`,
        stream: `/v1/invocations/${id}/stream`,
      },
    });
  });

  it('can be read the moment it was accepted', async () => {
    const { body } = await invoke(PERSON);
    const read = await api.call('GET', `/v1/invocations/${body.id}`, { key: api.keys.test });
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({ id: body.id, mode: 'test', workflowId: 'wf_otp', externalId: null });
  });

  it('is waited for with Prefer: wait, and answered as it ended', async () => {
    const answer = await invoke(
      { ...PERSON, sandbox: { whatsapp: 'reject:unreachable', sms: 'delivered@20ms' } },
      { prefer: 'wait=5' },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('preference-applied')).toBe('wait=5');
    expect(answer.body).toMatchObject({ status: 'succeeded', reachedStep: 'sms', reachedChannel: 'sms' });
    expect(answer.body.attempts.map(({ step, status }: Record<string, string>) => [step, status])).toEqual([
      ['whatsapp', 'rejected'],
      ['sms', 'delivered'],
    ]);
  });

  it('is answered as accepted when the wait is over first', async () => {
    const answer = await invoke({ ...PERSON, sandbox: { whatsapp: 'delivered@900ms' } }, { prefer: 'wait=0' });
    expect(answer.status).toBe(202);
    const later = await api.call('GET', `/v1/invocations/${answer.body.id}`, {
      key: api.keys.test,
      headers: { prefer: 'wait=10' },
    });
    expect(later.body.status).toBe('succeeded');
  });

  it('shows in the sandbox what was sent, once', async () => {
    const { body } = await invoke(PERSON, { prefer: 'wait=5' });
    const sent = await api.call('GET', `/v1/sandbox/messages?invocationId=${body.id}`, { key: api.keys.test });
    expect(sent.body.items).toEqual([
      expect.objectContaining({ step: 'whatsapp', attempt: 1, to: '+393351234567', content: { text: 'Code 493021' } }),
    ]);
  });
});

describe('an Idempotency-Key', () => {
  it('replays the answer to the byte for the same body, and starts nothing', async () => {
    const first = await invoke(PERSON, { 'idempotency-key': 'k-1' });
    const second = await invoke(PERSON, { 'idempotency-key': 'k-1' });
    expect(first.headers.get('idempotency-replay')).toBeNull();
    expect([second.status, second.text]).toEqual([202, first.text]);
    expect(second.headers.get('idempotency-replay')).toBe('true');
  });

  it('is refused with another body', async () => {
    await invoke(PERSON, { 'idempotency-key': 'k-2' });
    expectProblem(await invoke({ ...PERSON, externalId: 'x' }, { 'idempotency-key': 'k-2' }), 422);
  });

  it('lets one of many at once begin, and none of the others begin another', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => invoke(PERSON, { 'idempotency-key': 'k-3' })));
    const ids = new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    for (const answer of answers) expect([202, 409]).toContain(answer.status);
  });

  it('of another key is another key', async () => {
    const first = await invoke(PERSON, { 'idempotency-key': 'k-4' });
    const second = await invoke(PERSON, { 'idempotency-key': 'k-4' }, api.keys.otherTest);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('can be used again after a request that was refused', async () => {
    expectProblem(await invoke({ ...PERSON, variables: {} }, { 'idempotency-key': 'k-5' }), 422);
    expect((await invoke(PERSON, { 'idempotency-key': 'k-5' })).status).toBe(202);
  });

  it('of more than 255 characters is refused', async () => {
    expectProblem(await invoke(PERSON, { 'idempotency-key': 'k'.repeat(256) }), 400);
  });
});

describe('what cannot be invoked', () => {
  const bad: [string, unknown, string[]][] = [
    ['no recipient', { variables: { code: '1' } }, ['/recipient']],
    ['an unknown field', { ...PERSON, foo: 1 }, ['/foo']],
    [
      'an unknown field of the recipient',
      { ...PERSON, recipient: { phone: '+393351234567', fax: '1' } },
      ['/recipient/fax'],
    ],
    ['a wrong type', { ...PERSON, variables: 'code' }, ['/variables']],
    ['variables that break the schema', { ...PERSON, variables: { code: 'far too long' } }, ['/variables/code']],
    ['missing variables', { recipient: PERSON.recipient }, ['/variables/code']],
    [
      'an unknown time zone',
      { ...PERSON, recipient: { phone: '+393351234567', timezone: 'Mars/Base' } },
      ['/recipient/timezone'],
    ],
    [
      'a recipient with no address for any step',
      { ...PERSON, recipient: { email: 'ann@example.com' } },
      ['/recipient'],
    ],
    ['a start in 31 days', { ...PERSON, sendAt: new Date(Date.now() + 31 * 86_400_000).toISOString() }, ['/sendAt']],
    ['a start that is no time', { ...PERSON, sendAt: 'tomorrow' }, ['/sendAt']],
    ['a leap second, which no clock here can hold', { ...PERSON, sendAt: '2026-06-30T23:59:60Z' }, ['/sendAt']],
    ['a script for a step that is not there', { ...PERSON, sandbox: { smss: 'silent' } }, ['/sandbox/smss']],
    ['a script that does not parse', { ...PERSON, sandbox: { sms: 'explode@5' } }, ['/sandbox/sms']],
    ['a body that is an array', [PERSON], ['']],
    ['a body that is null', null, ['']],
  ];
  it.each(bad)('%s is 422 and points at it', async (_name, body, expected) => {
    const answer = await invoke(body);
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(expected);
  });

  it('suggests the field that was meant', async () => {
    const answer = await invoke({ ...PERSON, variabels: {} });
    expect(answer.body.errors[0].message).toBe('There is no field “variabels” here; did you mean “variables”?');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('the key %s anywhere in a body is 422', async (key) => {
    const answer = await invoke(
      `{"recipient":{"phone":"+393351234567"},"variables":{"code":"1","x":{"${key}":{"a":1}}}}`,
    );
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual([`/variables/x/${key}`]);
  });

  it('a prototype key that is spelt with escapes is seen too', async () => {
    const answer = await invoke('{"recipient":{"phone":"+393351234567"},"variables":{"\\u005f_proto__":1}}');
    expect(pointers(answer)).toEqual(['/variables/__proto__']);
  });

  it('an unknown workflow is 404', async () => {
    expectProblem(
      await api.call('POST', '/v1/workflows/wf_none/invocations', { body: PERSON, key: api.keys.test }),
      404,
    );
  });

  it('a flow that was never published is 409, and one that was unpublished too, until it is published again', async () => {
    await must(api.call('POST', '/v1/flows', { body: { ...OTP, workflowId: 'wf_draft', name: 'Draft' } }), 201);
    const start = () => api.call('POST', '/v1/workflows/wf_draft/invocations', { body: PERSON, key: api.keys.test });
    expectProblem(await start(), 409);
    await must(api.call('POST', '/v1/flows/wf_draft/publish', { body: {} }), 200);
    expect((await start()).status).toBe(202);
    await must(api.call('POST', '/v1/flows/wf_draft/unpublish'), 200);
    expectProblem(await start(), 409);
    await must(api.call('POST', '/v1/flows/wf_draft/publish', { body: { version: 1 } }), 200);
    expect((await start()).body).toMatchObject({ flowVersion: 2 });
  });

  it('a live key is told when no provider of the flow is set up, and nothing of the sandbox is played for it', async () => {
    expectProblem(await invoke(PERSON, {}, api.keys.live), 422);
    expect(pointers(await invoke({ ...PERSON, sandbox: { sms: 'silent' } }, {}, api.keys.live))).toEqual([
      '/sandbox/sms',
    ]);
  });
});
