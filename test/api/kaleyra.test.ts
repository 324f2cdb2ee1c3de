import { type ApiUnderTest, expectProblem, must, pointers, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

const PATH = '/v1/HXIN123/workflow/v1/instances/wf_otp/invoke';
const send = (body: unknown) => api.call('POST', PATH, { body, key: null, headers: { 'api-key': api.keys.test } });
const SEND = { recipient: '+393351234567', templateParams: { code: '1' } };

describe('Kaleyra’s invoke request', () => {
  it('starts an invocation, once for a request ID', async () => {
    const body = { requestId: 'r1', input: { send1: SEND, send2: { recipient: '393351234567' } } };
    const answer = await send(body);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ workflowInvocationId: expect.stringMatching(/^inv_/), requestId: 'r1' });
    expect((await send(body)).body).toEqual(answer.body);
    const id = answer.body.workflowInvocationId;
    await must(api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=5' } }), 200);
    const sent = await api.call('GET', `/v1/sandbox/messages?invocationId=${id}`);
    expect(sent.body.items).toEqual([expect.objectContaining({ step: 'whatsapp', content: { text: 'Code 1' } })]);
  });

  it.each([
    ['a step that is not there', { send1: SEND, send3: SEND }, '/input/send3'],
    ['two people', { send1: SEND, send2: { recipient: '+393350000000' } }, '/input/send2/recipient'],
    [
      'two values of one parameter',
      { send1: SEND, send2: { ...SEND, templateParams: { code: '2' } } },
      '/input/send2/templateParams/code',
    ],
    ['another word than sendN', { first: SEND }, '/input/first'],
  ])('with %s is 422', async (_name, input, pointer) => {
    const answer = await send({ input });
    expectProblem(answer, 422);
    expect(pointers(answer)).toContain(pointer);
  });
});
