import { type ApiUnderTest, expectProblem, pointers, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const make = (channel: string, content: object, more: object = {}) =>
  api.call('POST', '/v1/templates', { body: { name: 'One', channel, content, ...more } });

const whatsapp = { name: 'otp', language: 'it', components: [{ type: 'body', parameters: [{ text: '{{code}}' }] }] };
const twilio = { contentSid: `HX${'0'.repeat(32)}`, variables: { '1': '{{code}}' } };
const rcs = { card: { title: '{{code}}' } };
const line = { messages: [{ type: 'text', text: '{{code}}' }] };
const kakao = { pfId: 'p', templateId: 't', variables: { '#{code}': '{{code}}' } };
const push = { link: 'https://example.com', data: { a: 'b' } };

describe('a content that its channel can show is taken', () => {
  it.each([
    ['sms', { text: 'x' }],
    ['lms', { text: 'x', subject: 'y' }],
    ['xms', { text: 'x', subject: 'y' }],
    ['whatsapp', { text: 'x' }],
    ['whatsapp', { whatsapp }],
    ['whatsapp', { twilio }],
    ['whatsapp', { text: 'x', whatsapp, twilio }],
    ['rcs', { text: 'x' }],
    ['rcs', { rcs }],
    ['rcs', { twilio, text: 'x' }],
    ['email', { subject: 's', text: 'x' }],
    ['email', { subject: 's', html: '<p>' }],
    ['push', { text: 'x' }],
    ['push', { title: 'x', push }],
    ['messenger', { text: 'x' }],
    ['messenger', { line }],
    ['messenger', { kakao, text: 'x' }],
    ['inapp', { title: 'y', text: 'x' }],
    ['webhook', { subject: 's', kakao, push }],
  ])('%s %j', async (channel, content) => {
    const { status, body } = await make(channel, content);
    expect([status, body.content]).toEqual([201, content]);
  });
});

describe('a content that its channel cannot show is 422 and points at what is missing or too much', () => {
  it.each([
    ['sms', { subject: 's' }, '/content/text', '“text”'],
    ['sms', { text: 'x', html: '<p>' }, '/content/html', 'A content for sms has no “html”'],
    ['sms', { text: 'x', subject: 's' }, '/content/subject', 'A content for sms has no “subject”'],
    ['lms', { subject: 's' }, '/content/text', '“text”'],
    ['email', { text: 'x' }, '/content/subject', '“subject” and “text”, or “subject” and “html”'],
    ['email', { subject: 's' }, '/content/text', '“subject” and “text”, or “subject” and “html”'],
    ['push', { push }, '/content/text', '“text”, or “title”'],
    ['whatsapp', { subject: 's' }, '/content/text', '“text”, or “whatsapp”, or “twilio”'],
    ['whatsapp', { text: 'x', kakao }, '/content/kakao', 'no “kakao”'],
    ['rcs', { title: 'x' }, '/content/text', '“text”, or “rcs”, or “twilio”'],
    ['messenger', { whatsapp }, '/content/text', '“text”, or “line”, or “kakao”'],
    ['inapp', { title: 'x' }, '/content/text', '“text”'],
  ])('%s %j', async (channel, content, pointer, words) => {
    const answer = await make(channel, content);
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual([{ pointer, message: expect.stringContaining(words) }]);
  });
});

describe('braces that do not parse are 422 at once', () => {
  it.each([
    ['sms', { text: 'Code {{code' }, '/content/text'],
    ['sms', { text: '{{> footer}}' }, '/content/text'],
    ['email', { subject: '{{#a}}', html: '<p>' }, '/content/subject'],
    [
      'whatsapp',
      { whatsapp: { ...whatsapp, components: [{ 'a/b': ['x', '{{'] }] } },
      '/content/whatsapp/components/0/a~1b/1',
    ],
    ['messenger', { kakao: { ...kakao, variables: { '#{a}': '{{/a}}' } } }, '/content/kakao/variables/#{a}'],
  ])('%s %j', async (channel, content, pointer) => {
    const answer = await make(channel, content);
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual([pointer]);
  });

  it('in another language too', async () => {
    const answer = await make('sms', { text: 'x' }, { locales: { it: { text: '{{x' } } });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/locales/it/text']);
  });
});

it('JSON of a provider’s own that nests too deep or is too large is 422', async () => {
  const nested = (depth: number): object => (depth === 0 ? { text: 'x' } : { contents: [nested(depth - 1)] });
  expect((await make('messenger', { line: { messages: [nested(13)] } })).status).toBe(201);
  expectProblem(await make('messenger', { line: { messages: [nested(15)] } }), 422);
  expect((await make('messenger', { line: { messages: [{ text: 'x'.repeat(65_000) }] } })).status).toBe(201);
  expectProblem(await make('messenger', { line: { messages: [{ text: 'x'.repeat(65_536) }] } }), 422);
});

it('one language written in two ways is 422', async () => {
  const answer = await make('sms', { text: 'x' }, { locales: { 'it-IT': { text: 'a' }, it_it: { text: 'b' } } });
  expectProblem(answer, 422);
  expect(pointers(answer)).toEqual(['/locales/it_it']);
});

it('PUT judges as POST does', async () => {
  const { id } = (await make('sms', { text: 'x' })).body;
  const body = { name: 'One', channel: 'sms', content: { text: '{{x' } };
  expectProblem(await api.call('PUT', `/v1/templates/${id}`, { body }), 422);
});
