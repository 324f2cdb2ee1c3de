import type { SandboxMessage } from '../../providers/contract';
import { type ApiUnderTest, expectProblem, must, pointers, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const ITALY = '+393351234567';
const KOREA = '+821012345678';
const XMS = {
  name: 'Code',
  channel: 'xms',
  content: { text: 'Code {{code}}' },
  locales: { it: { text: 'Codice {{code}}, {{name}}' } },
};

describe('a preview', () => {
  let id: string;
  beforeAll(async () => {
    id = (await must(api.call('POST', '/v1/templates', { body: XMS }), 201)).body.id;
  });
  const preview = async (body: object) =>
    (await must(api.call('POST', `/v1/templates/${id}/preview`, { body }), 200)).body;

  it('shows the content, its language, its form, its cost and what is missing', async () => {
    const recipient = { phone: ITALY, locale: 'it-IT' };
    expect(await preview({ variables: { code: 'à1' }, recipient })).toEqual({
      content: { text: 'Codice à1, ' },
      locale: 'it',
      message: { as: 'sms', encoding: 'GSM-7', parts: 1, characters: 11, bytes: 10 },
      refused: null,
      costMicros: 35_500,
      currency: 'EUR',
      missing: ['name'],
    });
  });

  it('goes by the country of the number, and each part costs', async () => {
    const variables = { code: '가'.repeat(80) };
    const inKorea = await preview({ variables, recipient: { phone: KOREA } });
    expect(inKorea).toMatchObject({ message: { as: 'lms', encoding: 'EUC-KR', parts: 1 }, costMicros: 35_500 });
    const elsewhere = await preview({ variables, recipient: { phone: ITALY }, provider: 'twilio' });
    expect(elsewhere).toMatchObject({ message: { as: 'sms', encoding: 'UCS-2', parts: 2 }, costMicros: 71_000 });
  });

  it('says what a send would be refused for, which costs nothing', async () => {
    const recipient = { phone: KOREA };
    const long = await preview({ variables: { code: 'x'.repeat(2000) }, recipient });
    expect(long).toMatchObject({ message: null, refused: 'too_long', costMicros: 0 });
    expect(await preview({ variables: { code: '😀' }, recipient })).toMatchObject({ refused: 'not_encodable' });
  });

  it('is refused where the variables make too much of it', async () => {
    const content = { text: `${'{{#a}}'.repeat(12)}x${'{{/a}}'.repeat(12)}` };
    const body = { channel: 'sms', content, variables: { a: Array(50).fill(1) } };
    const answer = await api.call('POST', '/v1/templates/preview', { body });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/variables']);
  });

  it('can be had without a body, and of a template that there is', async () => {
    const { status, body } = await api.call('POST', `/v1/templates/${id}/preview`);
    expect([status, body.missing, body.locale]).toEqual([200, ['code'], null]);
    expectProblem(await api.call('POST', '/v1/templates/tpl_none/preview', { body: {} }), 404);
  });

  it('of a content that is not stored yet is the same, and is judged as a template is', async () => {
    const { name: _, ...content } = XMS;
    const asked = { variables: { code: '1' }, locale: 'it', recipient: { phone: ITALY } };
    const unsaved = await must(api.call('POST', '/v1/templates/preview', { body: { ...content, ...asked } }), 200);
    expect(unsaved.body).toEqual(await preview(asked));
    const broken = { channel: 'email', content: { subject: '{{', html: '<p>' } };
    const answer = await api.call('POST', '/v1/templates/preview', { body: broken });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/content/subject']);
  });

  it('of another channel has no form, and escapes in HTML', async () => {
    const body = {
      channel: 'email',
      content: { subject: '{{n}}', html: '<p>{{n}}</p>{{#list}}{{item}}{{/list}}' },
      variables: { n: '<&>', list: [{ item: 1 }, { item: 2 }] },
    };
    const answer = await must(api.call('POST', '/v1/templates/preview', { body }), 200);
    expect(answer.body).toMatchObject({
      content: { subject: '<&>', html: '<p>&lt;&amp;&gt;</p>12' },
      message: null,
      costMicros: 500,
      missing: [],
    });
  });
});

describe('what is sent of an xms template', () => {
  beforeAll(async () => {
    await must(api.call('POST', '/v1/templates', { body: { ...XMS, id: 'tpl_xms' } }), 201);
    const variables = { type: 'object', required: ['code'], properties: { code: { type: 'string' }, name: {} } };
    const steps = [{ name: 'text', channel: 'xms', template: 'tpl_xms', timeoutSeconds: 60 }];
    const flow = { workflowId: 'wf_xms', name: 'xms', purpose: 'otp', variables, steps };
    await must(api.call('POST', '/v1/flows', { body: flow }), 201);
    await must(api.call('POST', '/v1/flows/wf_xms/publish'), 200);
  });

  async function run(phone: string, code: string, locale?: string) {
    const key = api.keys.test;
    const body = { recipient: { phone, ...(locale && { locale }) }, variables: { code, name: 'Ann' } };
    const path = '/v1/workflows/wf_xms/invocations';
    const run = await must(api.call('POST', path, { body, key, headers: { prefer: 'wait=10' } }), 200);
    const sent = await api.call('GET', `/v1/sandbox/messages?invocationId=${run.body.id}`, { key });
    return { view: run.body, sent: sent.body.items as SandboxMessage[] };
  }

  it.each([
    ['an SMS of two parts to Italy', ITALY, 'x'.repeat(156), { as: 'sms', encoding: 'GSM-7', parts: 2 }],
    ['an SMS to Korea', KOREA, '가', { as: 'sms', encoding: 'EUC-KR', parts: 1 }],
    ['an LMS to Korea', KOREA, '가'.repeat(43), { as: 'lms', encoding: 'EUC-KR', parts: 1 }],
  ])('is %s, once', async (_what, phone, code, message) => {
    const { view, sent } = await run(phone, code);
    expect(view.status).toBe('succeeded');
    expect(sent).toMatchObject([{ to: phone, content: { text: `Code ${code}`, message } }]);
    expect(sent).toHaveLength(1);
  });

  it('is in the language of the recipient, however that is written', async () => {
    for (const locale of ['it', 'IT', 'it_IT', 'it-it']) {
      const { sent } = await run(ITALY, '1', locale);
      expect(sent.map(({ content }) => content.text)).toEqual(['Codice 1, Ann']);
    }
  });

  it.each([
    ['longer than an LMS', KOREA, 'x'.repeat(2000), 'too_long'],
    ['longer than ten SMS', ITALY, 'x'.repeat(1530), 'too_long'],
    ['one that Korea’s carriers cannot write', KOREA, '😀', 'not_encodable'],
  ])(
    'is nothing where it is %s: the step is rejected before the provider is called',
    async (_what, phone, code, why) => {
      const { view, sent } = await run(phone, code);
      expect(view).toMatchObject({ status: 'failed', costMicros: 0 });
      expect(view.attempts).toMatchObject([{ status: 'rejected', reason: 'content_rejected' }]);
      const { items } = (await api.call('GET', `/v1/invocations/${view.id}/events`, { key: api.keys.test })).body;
      expect(items).toContainEqual(expect.objectContaining({ type: 'AttemptRejected', code: why }));
      expect(sent).toEqual([]);
    },
  );

  it('asks of an invocation what lint told of the flow', async () => {
    const { body } = await must(api.call('POST', '/v1/flows/wf_xms/lint'), 200);
    expect(body.variables).toEqual([
      { name: 'code', steps: ['text'], required: true, type: 'string' },
      { name: 'name', steps: ['text'], required: false, type: null },
    ]);
    const path = '/v1/workflows/wf_xms/invocations';
    const answer = await api.call('POST', path, { body: { recipient: { phone: ITALY } }, key: api.keys.test });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/variables/code']);
  });
});
