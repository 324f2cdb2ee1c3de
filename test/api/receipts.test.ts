import { LogUnavailable } from '../../log/contract';
import type { OpenAccount } from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { fixedRegistry, onlyAccount } from '../../providers/registry';
import { createReferences } from '../../receipts/reference';
import { HOUSE_SECRET } from '../support/house';
import {
  type ApiUnderTest,
  expectProblem,
  INVOKE,
  must,
  PERSON,
  pointers,
  publishOtp,
  startApi,
} from './api-under-test';

/** A provider whose webhook carries its secret and one receipt. */
const postman = (provider: 'http' | 'sendgrid', redelivers: boolean): OpenAccount =>
  onlyAccount({
    facts: { ...PROVIDER_CATALOG[provider], redelivers },
    send: () => Promise.reject(new Error('it only brings receipts')),
    verify: ({ headers, url }) =>
      headers['x-secret'] === 'sesame' && /^http:\/\/127\.0\.0\.1:1\/v1\/receipts\/(http|sendgrid)\?ref=/.test(url)
        ? 'genuine'
        : 'forged',
    normalise: ({ body, query }) => [{ ...JSON.parse(body.toString()), ref: query.get('ref') ?? '' }],
  });

let api: ApiUnderTest;
let logAway = false;
const spooled: string[] = [];
beforeAll(async () => {
  api = await startApi((deps) => {
    return {
      ...deps,
      providers: fixedRegistry([...deps.providers.all(), postman('http', false), postman('sendgrid', true)]),
      intake: {
        async accept(receipts, orElse) {
          if (!logAway) return deps.intake.accept(receipts);
          if (orElse !== 'spool') throw new LogUnavailable('the disk is full');
          spooled.push(...receipts.map(({ status }) => status));
        },
      },
    };
  });
  await publishOtp(api);
});
afterAll(() => api.close());

const silent = async () =>
  (
    await must(
      api.call('POST', INVOKE, { body: { ...PERSON, sandbox: { whatsapp: 'silent' } }, key: api.keys.test }),
      202,
    )
  ).body.id;
const ended = async (id: string) =>
  (await api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=5' } })).body;
const send = (body: unknown, key: string = api.keys.gateway) => api.call('POST', '/v1/receipts', { body, key });

describe('receipts of a gateway', () => {
  it('reach their run by invocation and step', async () => {
    const id = await silent();
    const answer = await send({ invocationId: id, step: 'whatsapp', status: 'delivered' });
    expect([answer.status, answer.body]).toEqual([202, { accepted: 1 }]);
    expect(await ended(id)).toMatchObject({ status: 'succeeded', reachedStep: 'whatsapp' });
  });

  it('from a test key are for tests alone, also of a message that nobody knows yet', async () => {
    const made = await must(
      api.call('POST', '/v1/keys', { body: { name: 'tests', role: 'gateway', mode: 'test' } }),
      201,
    );
    const key: string = made.body.secret;
    const unknown = (provider: string) => ({ provider, providerMessageId: '1000042', status: 'delivered' });
    expectProblem(await send(unknown('http'), key), 403);
    expectProblem(await send([unknown('sandbox'), unknown('twilio')], key), 403);
    expect((await send(unknown('sandbox'), key)).status).toBe(202);
    expect((await send({ invocationId: await silent(), step: 0, status: 'delivered' }, key)).status).toBe(202);
    expect((await send(unknown('http'))).status).toBe(202);
  });

  it('come several at once, and an owner may send them', async () => {
    const [one, two] = [await silent(), await silent()];
    const receipts = [one, two].map((invocationId) => ({ invocationId, step: 0, status: 'delivered' }));
    expect((await send(receipts, api.keys.owner)).body).toEqual({ accepted: 2 });
    expect((await ended(two)).status).toBe('succeeded');
  });

  it('for an invocation that nobody knows are no error to the sender', async () => {
    expect((await send({ invocationId: 'inv_01J00000000000000000000000', step: 'sms', status: 'read' })).status).toBe(
      202,
    );
  });

  it('with a forged reference are 401, and none of them is taken', async () => {
    const id = await silent();
    const answer = await send([
      { invocationId: id, step: 0, status: 'delivered' },
      { ref: 'inv_x.0.1.mac', status: 'read' },
    ]);
    expectProblem(answer, 401);
    expect(pointers(answer)).toEqual(['/1/ref']);
    const { items } = (await api.call('GET', `/v1/invocations/${id}/events`)).body;
    expect(items.some(({ type }: { type: string }) => type === 'ReceiptRecorded')).toBe(false);
  });

  it.each([
    ['no status', { ref: 'x' }, '/status'],
    ['an unknown status', { ref: 'x', status: 'arrived' }, '/status'],
    ['no attempt named', { status: 'delivered' }, ''],
    ['an unknown reason', { ref: 'x', status: 'failed', reason: 'bad luck' }, '/reason'],
    [
      'a bad item of an array',
      [
        { ref: 'x', status: 'read' },
        { ref: 'x', status: 'nope' },
      ],
      '/1/status',
    ],
    ['an empty array', [], ''],
    ['a text', 'delivered', ''],
  ])('%s is 422', async (_name, body, pointer) => {
    const answer = await api.call('POST', '/v1/receipts', { body: JSON.stringify(body), key: api.keys.gateway });
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual([pointer]);
  });

  it('say in one sentence how an attempt is named', async () => {
    const answer = await send({ status: 'delivered' });
    expect(answer.body.errors).toEqual([
      {
        pointer: '',
        message: 'This needs “ref”, or “invocationId” and “step”, or “provider” and “providerMessageId”.',
      },
    ]);
  });

  it('are put off, not lost, while the log is away', async () => {
    logAway = true;
    const answer = await send({ invocationId: await silent(), step: 0, status: 'delivered' });
    logAway = false;
    expectProblem(answer, 503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a provider’s webhook', () => {
  const hook = (path: string, secret: string, body = '{"status":"delivered"}') =>
    fetch(`${api.url}/v1/receipts/${path}`, {
      method: 'POST',
      body,
      headers: { 'x-secret': secret, 'content-type': 'text/odd' },
    });

  it('is taken by its signature alone, which is checked against the public address', async () => {
    const id = await silent();
    const ref = createReferences(HOUSE_SECRET).sign({
      invocationId: id,
      step: 0,
      attempt: 1,
    });
    const taken = await hook(`http?ref=${ref}`, 'sesame');
    expect([taken.status, await taken.json()]).toEqual([202, { accepted: 1 }]);
    expect(await ended(id)).toMatchObject({ status: 'succeeded', reachedStep: 'whatsapp' });
  });

  it('is refused where the signature does not fit, or the reference is not ours', async () => {
    expect((await hook('http?ref=x', 'guess')).status).toBe(401);
    expect((await hook('http?ref=inv_x.0.1.mac', 'sesame')).status).toBe(401);
  });

  it('of an unknown provider is 404', async () => {
    expect((await hook('pigeon?ref=x', 'sesame')).status).toBe(404);
  });

  it('is kept here while the log is away where the provider would not call again, else the provider is told to', async () => {
    const ref = createReferences(HOUSE_SECRET).sign({ invocationId: await silent(), step: 0, attempt: 1 });
    logAway = true;
    const [once, again] = [await hook(`http?ref=${ref}`, 'sesame'), await hook(`sendgrid?ref=${ref}`, 'sesame')];
    logAway = false;
    expect([once.status, again.status]).toEqual([202, 503]);
    expect(spooled).toEqual(['delivered']);
  });

  it('that is no receipt is 400', async () => {
    expect((await hook('http?ref=x', 'sesame', 'not json')).status).toBe(400);
  });
});
