import { type ApiUnderTest, expectProblem, must, OTP, pointers, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

const TEMPLATE = { name: 'Reminder', channel: 'sms', content: { text: 'Tomorrow at {{time}}' } };

describe('a template', () => {
  it('is approved when made: the sandbox is the only account', async () => {
    for (const channel of ['sms', 'whatsapp', 'rcs']) {
      const { status, body } = await api.call('POST', '/v1/templates', { body: { ...TEMPLATE, channel } });
      expect([status, body.status]).toEqual([201, 'approved']);
      expect(body).toMatchObject({ id: expect.stringMatching(/^tpl_/), name: 'Reminder', channel });
      expect((await api.call('GET', `/v1/templates/${body.id}`)).body).toEqual(body);
    }
  });

  it('is replaced whole and keeps its ID', async () => {
    const { id } = (await must(api.call('POST', '/v1/templates', { body: TEMPLATE }), 201)).body;
    const locales = { it: { text: 'Domani alle {{time}}' } };
    const replaced = await api.call('PUT', `/v1/templates/${id}`, { body: { ...TEMPLATE, id, locales } });
    expect(replaced.body).toMatchObject({ id, locales });
    expectProblem(await api.call('PUT', `/v1/templates/${id}`, { body: { ...TEMPLATE, id: 'tpl_x' } }), 422);
    expectProblem(await api.call('PUT', '/v1/templates/tpl_none', { body: TEMPLATE }), 404);
    expectProblem(await api.call('POST', '/v1/templates', { body: { ...TEMPLATE, id } }), 409);
  });

  it('needs a text in every language', async () => {
    const answer = await api.call('POST', '/v1/templates', {
      body: { ...TEMPLATE, locales: { it: { subject: 'Ciao' } } },
    });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/locales/it/text']);
  });

  it('cannot be deleted while a published flow uses it', async () => {
    expectProblem(await api.call('DELETE', '/v1/templates/tpl_otp_sms'), 409);
    const { id } = (await must(api.call('POST', '/v1/templates', { body: TEMPLATE }), 201)).body;
    expect((await api.call('DELETE', `/v1/templates/${id}`)).status).toBe(204);
    expectProblem(await api.call('DELETE', `/v1/templates/${id}`), 404);
  });

  it('can be deleted once no published flow uses it any more', async () => {
    const { id } = (
      await must(api.call('POST', '/v1/templates', { body: { ...TEMPLATE, content: { text: 'Hello' } } }), 201)
    ).body;
    const step = { ...OTP.steps[1], template: id };
    const flow = { name: 'Once', purpose: 'alert', workflowId: 'wf_once', steps: [step] };
    await must(api.call('POST', '/v1/flows', { body: flow }), 201);
    await must(api.call('POST', '/v1/flows/wf_once/publish', { body: {} }), 200);
    expectProblem(await api.call('DELETE', `/v1/templates/${id}`), 409);
    await must(api.call('POST', '/v1/flows/wf_once/unpublish'), 200);
    expect((await api.call('DELETE', `/v1/templates/${id}`)).status).toBe(204);
  });
});
