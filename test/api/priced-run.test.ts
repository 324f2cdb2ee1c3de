import { composeProjector } from '../../cli/house/projection';
import type { OpenAccount, SendAnswer, SendRequest } from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { onlyAccount } from '../../providers/registry';
import { HOUSE_SECRET } from '../support/house';
import { type ApiUnderTest, expectProblem, must, pointers, startApi } from './api-under-test';

/** A gateway that takes everything and does not say what it costs. */
const sent: SendRequest[] = [];
const gateway: OpenAccount = onlyAccount({
  facts: PROVIDER_CATALOG.http,
  async send(request): Promise<SendAnswer> {
    sent.push(request);
    return { outcome: 'accepted', providerMessageId: `m-${request.invocationId}-${request.step}`, costMicros: null };
  },
});

const IT = '+39 335 123-4567';
const DE = '+4915112345678';
const FLOW = {
  workflowId: 'wf_priced',
  name: 'SMS, then WhatsApp, then mail',
  purpose: 'otp',
  variables: { type: 'object', properties: { code: { type: 'string', maxLength: 8 } } },
  budget: { maxCostMicros: 150_000, currency: 'EUR', onExceeded: 'skip_step' },
  steps: [
    { name: 'sms', channel: 'sms', provider: 'http', template: 'tpl_sms', timeoutSeconds: 60 },
    { name: 'whatsapp', channel: 'whatsapp', provider: 'http', template: 'tpl_whatsapp', timeoutSeconds: 60 },
    { name: 'email', channel: 'email', provider: 'http', template: 'tpl_email', timeoutSeconds: 60 },
  ],
};
const PRICES = [
  'provider,account,channel,country,currency,costMicros',
  'http,,sms,*,EUR,20000',
  'http,pac_http,sms,IT,EUR,80000',
  'http,,whatsapp,IT,EUR,80000',
  'http,,whatsapp,*,EUR,30000',
  'http,,email,*,EUR,400',
  'http,,email,IT,EUR,999999',
  'http,,sms,DE,USD,999999',
].join('\n');

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  const { providers } = api.house.api;
  const find = providers.find.bind(providers);
  // The same registry serves the API and the sends.
  providers.find = (route) => (route.provider === 'http' ? gateway : find(route));
  for (const { channel, template: id } of FLOW.steps) {
    const content = { text: 'Code {{code}}', ...(channel === 'email' && { subject: 'Code' }) };
    await must(api.call('POST', '/v1/templates', { body: { id, name: id, channel, content } }), 201);
  }
  await must(api.call('POST', '/v1/flows', { body: FLOW }), 201);
  await must(api.call('POST', '/v1/flows/wf_priced/publish', { body: {} }), 200);
  const variables = { type: 'object', properties: { code: { type: 'string', maxLength: 100 } } };
  const long = { ...FLOW, workflowId: 'wf_long', name: 'long', variables, steps: FLOW.steps.slice(0, 1) };
  await must(api.call('POST', '/v1/flows', { body: long }), 201);
  await must(api.call('POST', '/v1/flows/wf_long/publish', { body: {} }), 200);
});
afterAll(() => api.close());
beforeEach(async () => {
  sent.length = 0;
  await putPrices(PRICES);
});

const putPrices = (body: string) =>
  must(api.call('PUT', '/v1/prices', { body, headers: { 'content-type': 'text/csv' } }), 200);
const invoke = (recipient: object, key: string = api.keys.live, headers = {}) =>
  api.call('POST', '/v1/workflows/wf_priced/invocations', {
    body: { recipient: { email: 'ann@example.com', ...recipient }, variables: { code: '1' } },
    headers,
    key,
  });
const read = async (id: string) => (await api.call('GET', `/v1/invocations/${id}`)).body;
const receipt = (invocationId: string, step: string, status: string, more = {}) =>
  must(api.call('POST', '/v1/receipts', { body: { invocationId, step, status, ...more }, key: api.keys.gateway }), 202);

/** The run once that step has been sent, or has come to its end. */
async function once(id: string, step: string, status: string) {
  for (let n = 0; n < 200; n++) {
    const run = await read(id);
    const attempt = run.attempts.find((one: { step: string }) => one.step === step);
    if (attempt?.status === status) return run;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`“${step}” never was ${status}: ${JSON.stringify(await read(id))}`);
}

describe('a live invocation with a price table', () => {
  it('is reckoned, billed and held to its budget by the country of the number', async () => {
    const italian = await must(invoke({ phone: IT }), 202);
    // 80,000 + 80,000 + 400, and never more than the budget.
    expect(italian.body.worstCase.costMicros).toBe(150_000);
    const { id } = italian.body;
    expect((await once(id, 'sms', 'accepted')).costMicros).toBe(80_000);
    await receipt(id, 'sms', 'undelivered');
    // WhatsApp would be the second 80,000: past the budget. The mail is not.
    const run = await once(id, 'email', 'accepted');
    expect(run.costMicros).toBe(80_400);
    expect(run.attempts.map((one: { step: string; status: string; reason: string }) => [one.step, one.status])).toEqual(
      [
        ['sms', 'undelivered'],
        ['whatsapp', 'skipped'],
        ['email', 'accepted'],
      ],
    );
    expect(run.attempts[1].reason).toBe('budget');
    expect(sent.map(({ step, address }) => [step, address])).toEqual([
      ['sms', '+393351234567'],
      ['email', 'ann@example.com'],
    ]);
    expect(run.worstCase.costMicros).toBe(150_000);

    const german = await must(invoke({ phone: DE }), 202);
    // 20,000 + 30,000 + 400: the row in dollars does not count.
    expect(german.body.worstCase.costMicros).toBe(50_400);
    await once(german.body.id, 'sms', 'accepted');
    await receipt(german.body.id, 'sms', 'undelivered');
    expect((await once(german.body.id, 'whatsapp', 'accepted')).costMicros).toBe(50_000);
  });

  it('is reckoned and billed by the parts of its text', async () => {
    // In UCS-2 a part of several has room for 67 characters: “Code ” and 100 of these are two parts.
    const body = { recipient: { phone: DE }, variables: { code: 'й'.repeat(100) } };
    const long = await must(api.call('POST', '/v1/workflows/wf_long/invocations', { body, key: api.keys.live }), 202);
    expect(long.body.worstCase.costMicros).toBe(2 * 20_000);
    expect((await once(long.body.id, 'sms', 'accepted')).costMicros).toBe(2 * 20_000);
    expect(sent.at(-1)?.content.message).toEqual({ as: 'sms', encoding: 'UCS-2', parts: 2 });
  });

  it('pays what the provider bills, where a receipt says', async () => {
    const { id } = (await must(invoke({ phone: DE }), 202)).body;
    await once(id, 'sms', 'accepted');
    expect((await read(id)).costMicros).toBe(20_000);
    await receipt(id, 'sms', 'delivered', { costMicros: 18_750 });
    expect(await once(id, 'sms', 'delivered')).toMatchObject({ status: 'succeeded', costMicros: 18_750 });
  });

  it('is answered the same to the byte when it is asked again, whatever the table has become', async () => {
    const key = { 'idempotency-key': 'again' };
    const first = await must(invoke({ phone: DE }, api.keys.live, key), 202);
    await putPrices(PRICES.replace('EUR,20000', 'EUR,21000'));
    const again = await must(invoke({ phone: DE }, api.keys.live, key), 202);
    expect(again.headers.get('idempotency-replay')).toBe('true');
    expect(again.text).toBe(first.text);
    expect((await read(first.body.id)).worstCase.costMicros).toBe(50_400);
    expect((await must(invoke({ phone: DE }), 202)).body.worstCase.costMicros).toBe(51_400);
  });

  it('is as ever with an empty table, and in test mode always', async () => {
    const test = await must(invoke({ phone: IT }, api.keys.test), 202);
    expect(test.body.worstCase.costMicros).toBe(35_500 + 35_500 + 500);
    await putPrices('provider,account,channel,country,currency,costMicros');
    const live = await must(invoke({ phone: IT }), 202);
    expect(live.body.worstCase.costMicros).toBe(35_500 + 35_500 + 500);
    expect((await once(live.body.id, 'sms', 'accepted')).costMicros).toBe(35_500);
  });

  it('has its flow linted by the prices for all countries', async () => {
    const answer = await must(api.call('POST', '/v1/flows/wf_priced/lint', { body: {} }), 200);
    expect(answer.body.worstCase.costMicros).toBe(50_400);
    await putPrices(PRICES.replaceAll('EUR', 'USD'));
    const { findings } = (await api.call('POST', '/v1/flows/wf_priced/lint', { body: {} })).body;
    expect(findings.filter(({ rule }: { rule: string }) => rule === 'price-currency')).toHaveLength(3);
  });
});

describe('a number', () => {
  it('of a landline is not sent an SMS: the provider is not called, and the next step is', async () => {
    const { id } = (await must(invoke({ phone: '+39 02 1234 5678' }), 202)).body;
    const run = await once(id, 'whatsapp', 'accepted');
    expect(run.attempts[0]).toMatchObject({ step: 'sms', status: 'skipped', reason: 'landline', costMicros: 0 });
    expect(sent.map(({ step, address }) => [step, address])).toEqual([['whatsapp', '+390212345678']]);
    const { items } = (await api.call('GET', `/v1/invocations/${id}/events`)).body;
    expect(items).toContainEqual(expect.objectContaining({ type: 'StepSkipped', step: 'sms', reason: 'landline' }));
    expect((await api.call('GET', '/v1/suppressions')).body.items).toEqual([]);
  });

  it('that costs its owner’s callers extra is none to send to', async () => {
    const { id } = (await must(invoke({ phone: '+39 899 123456' }), 202)).body;
    const run = await once(id, 'whatsapp', 'accepted');
    expect(run.attempts[0]).toMatchObject({ step: 'sms', status: 'skipped', reason: 'invalid_address' });
  });

  it.each([
    ['no country', '+999 123 456 789', 'No country has this country code.'],
    ['too short', '+44 7911 12', 'The number is too short for its country.'],
    ['too long', '+393351234567890', 'The number is too long for its country.'],
  ])('with %s is 422 with a live key, on every way in, and taken with a test key', async (_name, phone, sentence) => {
    const single = await invoke({ phone });
    expectProblem(single, 422);
    expect(pointers(single)).toEqual(['/recipient/phone']);
    expect(single.body.detail).toContain(sentence);
    expect(single.body.hint).toContain('country code');
    expect(single.text).not.toContain(phone.replace(/\D/g, ''));
    const body = [{ recipient: { phone }, variables: { code: '1' } }];
    const path = '/v1/workflows/wf_priced/invocations/batch';
    const batch = await must(api.call('POST', path, { body, key: api.keys.live }), 202);
    expect(batch.body).toEqual([expect.objectContaining({ index: 0, status: 422 })]);
    const kaleyra = await api.call('POST', '/v1/sid/workflow/v1/instances/wf_priced/invoke', {
      body: { input: { send1: { recipient: phone, templateParams: { code: '1' } } } },
      key: api.keys.live,
    });
    expectProblem(kaleyra, 422);
    expect(sent).toEqual([]);
    expect((await invoke({ phone }, api.keys.test)).status).toBe(202);
  });

  it.each([
    ['0039 335 1234567'],
    ['335 1234567'],
    ['+39 335 12345x7'],
    ['+39'],
    ['+'],
    [`+39${' '.repeat(60)}3351234567`],
  ])('written as “%s” is 422 at its place, in test mode too', async (phone) => {
    for (const key of [api.keys.live, api.keys.test]) {
      const answer = await invoke({ phone }, key);
      expectProblem(answer, 422);
      expect(pointers(answer)).toEqual(['/recipient/phone']);
    }
  });

  it('is found however it is written, and suppressed however it is written', async () => {
    const { id } = (await must(invoke({ phone: '+44 (0)7700-900123' }), 202)).body;
    await once(id, 'sms', 'accepted');
    const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
    while (await projector.step());
    await projector.close();
    for (const text of ['+447700900123', '+44 (0)7700 900123', '+44.7700.900.123', ' 447700900123']) {
      const found = await api.call('GET', `/v1/invocations?recipient=${encodeURIComponent(text)}`);
      expect(found.body.items.map((item: { id: string }) => item.id)).toEqual([id]);
    }
    await must(api.call('POST', '/v1/suppressions', { body: { address: '+44 (0)7700 900 123', channel: 'sms' } }), 201);
    const stopped = (await must(invoke({ phone: '+44 7700 900123' }), 202)).body;
    expect((await once(stopped.id, 'whatsapp', 'accepted')).attempts[0].reason).toBe('suppressed');
  });

  it('is one person’s in Kaleyra’s steps, however each writes it', async () => {
    const body = {
      input: { send1: { recipient: '39 335 123 4567', templateParams: { code: '1' } }, send2: { recipient: IT } },
    };
    const path = '/v1/sid/workflow/v1/instances/wf_priced/invoke';
    const answer = await must(api.call('POST', path, { body, key: api.keys.live }), 202);
    await once(answer.body.workflowInvocationId, 'sms', 'accepted');
    expect(sent[0]?.address).toBe('+393351234567');
  });
});
