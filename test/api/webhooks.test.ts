import { LogUnavailable } from '../../log/contract';
import { createReferences } from '../../receipts/reference';
import { type FakeKind, fakeKind } from '../support/fake-kind';
import { HOUSE_SECRET } from '../support/house';
import { type ApiUnderTest, expectProblem, INVOKE, must, PERSON, publishOtp, startApi } from './api-under-test';

const [TOKEN_EU, TOKEN_US] = ['credential-of-eu', 'credential-of-us'];
const references = createReferences(HOUSE_SECRET);

let api: ApiUnderTest;
let kinds: FakeKind[];
/** By account, the end of its secret path. */
let secretPath: (id: string) => string;
let logAway = false;
/** How often receipts were brought to the log. */
let asked = 0;
/** The receipts that the log was given, and those that were kept beside it. */
const written: string[] = [];
const spooled: string[] = [];

beforeAll(async () => {
  kinds = [
    fakeKind('twilio', { signs: true, redelivers: false }),
    fakeKind('whatsapp-cloud', { signs: true, challenges: true }),
    fakeKind('http'),
    fakeKind('line', { challenges: true }),
    fakeKind('fcm', { receives: false }),
  ];
  api = await startApi(
    (deps) => ({
      ...deps,
      intake: {
        async accept(receipts, orElse) {
          asked += 1;
          if (logAway && orElse !== 'spool') throw new LogUnavailable('the disk is full');
          (logAway ? spooled : written).push(...receipts.map(({ status }) => status));
          return deps.intake.accept(receipts);
        },
      },
    }),
    { kinds },
  );
  secretPath = api.house.api.accounts.secretPath;
  const account = (id: string, provider: string, credentials: object, more: object = {}) =>
    must(
      api.call('POST', '/v1/provider-accounts', {
        body: { id, name: id, provider, settings: { sender: 'main' }, credentials, ...more },
      }),
      201,
    );
  await account('pac_eu', 'twilio', { token: TOKEN_EU });
  await account('pac_us', 'twilio', { token: TOKEN_US }, { enabled: false });
  await account('pac_wa', 'whatsapp-cloud', { token: TOKEN_EU, word: 'open' });
  await account('pac_wa_2', 'whatsapp-cloud', { token: TOKEN_US, word: 'sesame' });
  await account('pac_gw', 'http', { token: TOKEN_EU });
  await account('pac_line', 'line', { token: TOKEN_EU, word: 'open' });
  await account('pac_push', 'fcm', { token: TOKEN_EU });
  await publishOtp(api);
});
afterAll(async () => {
  await api.close();
  expect(api.errors.join()).not.toMatch(/credential-of/);
});
beforeEach(() => {
  written.length = 0;
  spooled.length = 0;
});

const DELIVERED = '{"status":"delivered"}';

async function hook(path: string, headers: Record<string, string> = {}, body: string | null = DELIVERED) {
  const method = body === null ? 'GET' : 'POST';
  const sent = { 'content-type': 'text/odd', ...headers };
  return api.call(method, `/v1/receipts/${path}`, { headers: sent, key: null, body: body ?? undefined });
}
const refOf = (invocationId: string) => references.sign({ invocationId, step: 0, attempt: 1 });
const silentRun = async (): Promise<string> => {
  const body = { ...PERSON, sandbox: { whatsapp: 'silent' } };
  return (await must(api.call('POST', INVOKE, { body, key: api.keys.test }), 202)).body.id;
};
const ended = async (id: string) =>
  (await api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=5' } })).body;
const refusedSoFar = async (provider: string, why: string) => {
  const line = `onward_webhooks_refused_total{provider="${provider}",why="${why}"} `;
  const found = (await api.call('GET', '/metrics')).text.split('\n').find((text) => text.startsWith(line));
  return Number(found?.slice(line.length) ?? 0);
};

describe('a provider that signs', () => {
  it.each([
    ['the first account’s', TOKEN_EU],
    ['another account’s, though that is switched off by now', TOKEN_US],
  ])('is heard by %s signature', async (_name, token) => {
    const id = await silentRun();
    const answer = await hook(`twilio?ref=${refOf(id)}`, { 'x-signature': token });
    expect([answer.status, answer.body]).toEqual([202, { accepted: 1 }]);
    expect(await ended(id)).toMatchObject({ status: 'succeeded', reachedStep: 'whatsapp' });
  });

  it('may bring many at once', async () => {
    const runs = [await silentRun(), await silentRun()];
    const batch = JSON.stringify(runs.map((id) => ({ ref: refOf(id), status: 'delivered' })));
    expect((await hook('twilio', { 'x-signature': TOKEN_EU }, batch)).body).toEqual({ accepted: 2 });
    for (const id of runs) expect((await ended(id)).status).toBe('succeeded');
  });

  it('loses none of them to one whose reference is another’s', async () => {
    const id = await silentRun();
    const theirs = createReferences('the secret of another Onward on the same account');
    const foreign = theirs.sign({ invocationId: id, step: 0, attempt: 1 });
    const before = await refusedSoFar('twilio', 'forged');
    const batch = JSON.stringify([foreign, refOf(id)].map((ref) => ({ ref, status: 'delivered' })));
    expect((await hook('twilio', { 'x-signature': TOKEN_EU }, batch)).body).toEqual({ accepted: 1 });
    expect((await ended(id)).status).toBe('succeeded');
    expect(await refusedSoFar('twilio', 'forged')).toBe(before + 1);
  });

  it('has thousands of another’s sorted out in one go', async () => {
    const id = await silentRun();
    const theirs = createReferences('the secret of another Onward on the same account');
    const foreign = theirs.sign({ invocationId: id, step: 0, attempt: 1 });
    const before = await refusedSoFar('twilio', 'forged');
    asked = 0;
    const batch = [...Array<string>(3000).fill(foreign), refOf(id)].map((ref) => ({ ref, status: 'delivered' }));
    const answer = await hook('twilio', { 'x-signature': TOKEN_EU }, JSON.stringify(batch));
    expect(answer.body).toEqual({ accepted: 1 });
    expect(asked).toBe(2);
    expect(await refusedSoFar('twilio', 'forged')).toBe(before + 3000);
  });

  it.each<[string, number, Record<string, string>, string]>([
    ['unsigned', 401, {}, 'unsigned'],
    ['forged', 401, { 'x-signature': 'guess' }, 'forged'],
    ['signed by what the adapter stumbles over', 401, { 'x-signature': 'stumble' }, 'forged'],
    ['stale', 403, { 'x-signature': TOKEN_US, 'x-age': 'old' }, 'stale'],
  ])('%s: %i, written nowhere, and counted', async (_name, status, headers, why) => {
    const before = await refusedSoFar('twilio', why);
    expectProblem(await hook(`twilio?ref=${refOf(await silentRun())}`, headers), status);
    expect(written).toEqual([]);
    expect(await refusedSoFar('twilio', why)).toBe(before + 1);
  });

  it('oversized: 413, written nowhere, and counted', async () => {
    const body = JSON.stringify({ status: 'delivered', code: 'x'.repeat(4_200_000) });
    expectProblem(await hook('twilio', { 'x-signature': TOKEN_EU }, body), 413);
    expect(written).toEqual([]);
    expect(await refusedSoFar('twilio', 'oversized')).toBe(1);
  });

  it('genuine and no receipt: 400; with a reference that is not ours: 401', async () => {
    expectProblem(await hook('twilio', { 'x-signature': TOKEN_EU }, 'not json'), 400);
    expect(await refusedSoFar('twilio', 'malformed')).toBe(1);
    expectProblem(await hook('twilio?ref=inv_x.0.1.mac', { 'x-signature': TOKEN_EU }), 401);
  });

  it('with nothing in it is taken', async () => {
    expect((await hook('twilio', { 'x-signature': TOKEN_EU }, '[]')).body).toEqual({ accepted: 0 });
  });

  it('has what it brings kept here while the log is away, where it would not call again', async () => {
    const ref = refOf(await silentRun());
    logAway = true;
    const once = await hook(`twilio?ref=${ref}`, { 'x-signature': TOKEN_EU });
    const again = await hook(`whatsapp-cloud?ref=${ref}`, { 'x-signature': TOKEN_EU });
    logAway = false;
    expect([once.status, again.status]).toEqual([202, 503]);
    expect(spooled).toEqual(['delivered']);
  });

  it('at a secret path of its own is judged by its signature all the same', async () => {
    const path = `twilio/${secretPath('pac_eu')}?ref=${refOf(await silentRun())}`;
    expectProblem(await hook(path), 401);
    expectProblem(await hook(path, { 'x-signature': TOKEN_US }), 401);
    expect((await hook(path, { 'x-signature': TOKEN_EU })).status).toBe(202);
  });
});

describe('a provider that does not sign', () => {
  it('is heard at the secret path of its account', async () => {
    const id = await silentRun();
    const answer = await hook(`http/${secretPath('pac_gw')}?ref=${refOf(id)}`);
    expect([answer.status, answer.body]).toEqual([202, { accepted: 1 }]);
    expect((await ended(id)).status).toBe('succeeded');
  });

  it('may call with GET', async () => {
    const id = await silentRun();
    const answer = await hook(`http/${secretPath('pac_gw')}?ref=${refOf(id)}&status=delivered`, {}, null);
    expect([answer.status, answer.body]).toEqual([202, { accepted: 1 }]);
    expect((await ended(id)).status).toBe('succeeded');
  });

  it('is refused at any other path, and that is counted', async () => {
    const wrong = [secretPath('pac_eu'), secretPath('pac_gw').slice(0, -1), 'x', `${secretPath('pac_gw')}x`];
    for (const token of wrong) expectProblem(await hook(`http/${token}?ref=${refOf(await silentRun())}`), 403);
    expectProblem(await hook(`http/${wrong[0]}?status=delivered`, {}, null), 403);
    expect(written).toEqual([]);
    expect(await refusedSoFar('http', 'wrong_path')).toBe(5);
  });

  it('is refused at the plain path with a hint', async () => {
    const answer = await hook(`http?ref=${refOf(await silentRun())}`);
    expectProblem(answer, 401);
    expect(answer.body.hint).toContain('webhookUrl');
    expect(await refusedSoFar('http', 'unsigned')).toBe(1);
    expect(written).toEqual([]);
  });

  it('is not told apart by the account’s state: one that is switched off still hears', async () => {
    const path = `/v1/provider-accounts/pac_gw`;
    const body = { name: 'gw', provider: 'http', settings: { sender: 'main' }, enabled: false };
    await must(api.call('PUT', path, { body }), 200);
    expect((await hook(`http/${secretPath('pac_gw')}?ref=${refOf(await silentRun())}`)).status).toBe(202);
    await must(api.call('PUT', path, { body: { ...body, enabled: true } }), 200);
  });
});

describe('the question whether the address is ours', () => {
  const ask = (path: string, word: string) =>
    hook(`${path}?hub.mode=subscribe&hub.verify_token=${word}&hub.challenge=1158201444`, {}, null);

  it.each(['open', 'sesame'])('is answered by the account whose word it has', async (word) => {
    const answer = await ask('whatsapp-cloud', word);
    expect([answer.status, answer.text]).toEqual([200, '1158201444']);
    expect(answer.headers.get('content-type')).toContain('text/plain');
  });

  it('with any other word is 403, and counted', async () => {
    const answer = await ask('whatsapp-cloud', 'guess');
    expectProblem(answer, 403);
    expect(answer.text).not.toContain('1158201444');
    expect(await refusedSoFar('whatsapp-cloud', 'challenge')).toBe(1);
  });

  it('at a secret path is that account’s', async () => {
    expect((await ask(`line/${secretPath('pac_line')}`, 'open')).text).toBe('1158201444');
    expectProblem(await ask(`line/${secretPath('pac_line')}`, 'guess'), 403);
  });

  it('is 405 where the provider asks none, and 404 where there is none', async () => {
    expectProblem(await ask('twilio', 'open'), 405);
    expectProblem(await ask('pigeon', 'open'), 404);
    expectProblem(await ask('sendgrid/token', 'open'), 404);
  });
});

it('a provider that brings no receipts, or has no account, is 404', async () => {
  for (const path of ['fcm', `fcm/${secretPath('pac_push')}`, 'sendgrid', 'pigeon', 'pigeon/token']) {
    expectProblem(await hook(path, { 'x-signature': TOKEN_EU }), 404);
  }
});

it('the routes of the house below the same path stay its own', async () => {
  expect((await api.call('GET', '/v1/receipts/parked')).body).toMatchObject({ count: expect.any(Number) });
  expect((await api.call('POST', '/v1/receipts/dead/redrive')).body).toMatchObject({ redriven: 0 });
});
