import { setTimeout as pause } from 'node:timers/promises';
import { hashKey } from '../../api/auth';
import { maskAddress, masked, maskSearch, maskText } from '../../api/masked';
import { composeProjector } from '../../cli/house/projection';
import { HOUSE_SECRET } from '../support/house';
import { type ApiUnderTest, INVOKE, must, publishOtp, startApi } from './api-under-test';

describe('an address', () => {
  it.each([
    ['+393351234567', '+39•••••••567'],
    ['+39 335 123-4567', '+39•••••••567'],
    ['393351234567', '39•••••••567'],
    ['ann@example.com', 'a•••@example.com'],
    ['fcm-token-of-a-phone', '•••'],
  ])('%s is shown as %s', (address, shown) => {
    expect(maskAddress(address)).toBe(shown);
  });

  it('is found within a text, and what is none is left', () => {
    expect(maskText('Call +39 335 1234567 or ann@example.com.')).toBe('Call +39•••••••567 or a•••@example.com.');
    const plain = 'order-77 of 2026-11-21T10:00:00.000Z, inv_01KAV5Q1Y6V4J9GQ3R3V7T2M9X: code 493021';
    expect(maskText(plain)).toBe(plain);
  });
});

test('the steps that are advised to change places are no addresses, though they stand under “to”', () => {
  const advised = { suggestions: [{ step: 'sms', from: ['whatsapp', 'sms'], to: ['sms', 'whatsapp'] }] };
  expect(masked(advised)).toEqual(advised);
});

describe('what a customer named', () => {
  it('is masked whatever its name is, and so is the name', () => {
    const metadata = { id: EMAIL, requestId: PHONE, body: PHONE.slice(1), links: PHONE, [PHONE]: 'x' };
    expect(JSON.stringify(masked({ metadata }))).not.toMatch(ADDRESS);
    expect(JSON.stringify(masked({ metadata: JSON.stringify(metadata) }))).not.toMatch(ADDRESS);
    expect(masked({ id: 'inv_1', metadata: { id: 'order-77' } })).toEqual({
      id: 'inv_1',
      metadata: { id: 'order-77' },
    });
  });

  it('is found in the query of a page too', () => {
    const search = `?recipient=${encodeURIComponent(PHONE)}&externalId=${encodeURIComponent(EMAIL)}&flow=wf_otp`;
    expect(decodeURIComponent(maskSearch(search))).toBe(
      '?recipient=+39•••••••567&externalId=a•••@example.com&flow=wf_otp',
    );
    expect(maskSearch('?flow=wf_otp&late=true')).toBe('?flow=wf_otp&late=true');
  });
});

describe('masking a long text', () => {
  it.each(['a'.repeat(400_000), `a@${'b'.repeat(400_000)}`, '.'.repeat(400_000), '@.'.repeat(200_000)])(
    'takes a time that grows with it, and not with its square',
    (text) => {
      const began = performance.now();
      maskText(text);
      expect(performance.now() - began).toBeLessThan(2000);
    },
  );

  it('finds every address in it', () => {
    const text = `<a href="mailto:ann@example.com">x@ann@example.com</a>, ann@example.com@y; (ann@example.com). a@b @c.d`;
    expect(maskText(text)).not.toContain('ann@');
    expect(maskText(text)).toContain('(a•••@example.com). a@b @c.d');
  });
});

const ANALYST = 'live_analyst-of-the-tests';
const PHONE = '+393351234567';
const EMAIL = 'ann@example.com';
/** However it is written. */
const ADDRESS = /335.?123.?4567|ann@example/;

let api: ApiUnderTest;
let id: string;
let routes: string[];
let profileId: string;
let deliveryId: string;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
  await api.house.api.store.keys.create(
    { id: 'key_analyst', name: 'analyst', role: 'analyst', mode: 'live', hint: 'ests', createdAt: 1 },
    hashKey(ANALYST),
  );
  id = await run();
  profileId = (
    await must(api.call('POST', '/v1/callback-profiles', { body: { name: 'p', url: 'https://shop.example' } }), 201)
  ).body.id;
  deliveryId = 'cbd_of_the_test';
  const body = JSON.stringify({
    data: { metadata: { mail: EMAIL }, externalId: PHONE },
    result: { channel1: { to: PHONE } },
  });
  await api.house.api.store.deliveries.add([
    {
      ...{ id: deliveryId, profileId, invocationId: id, seq: 1, type: 'invocation.succeeded', mode: 'test' },
      createdAt: 1,
      body,
      held: true,
    },
  ]);
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  while (await projector.step());
  await projector.close();
  const document = (await api.call('GET', '/openapi.json', { key: null })).body as {
    paths: Record<string, Record<string, { security?: [] }>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, { get }]) => (get && !get.security ? [path] : []));
});
afterAll(() => api.close());

/** One with the address wherever a customer or a provider may put it; late, so that the ledger has it. */
async function run(): Promise<string> {
  const body = {
    recipient: { phone: PHONE, email: EMAIL },
    variables: { code: '493021' },
    externalId: `of ${EMAIL}`,
    metadata: { phone: PHONE, note: `mail ${EMAIL}` },
    sandbox: { whatsapp: 'delivered@1200ms', sms: 'delivered@20ms' },
  };
  const made = await must(api.call('POST', `${INVOKE}?mode=test`, { body }), 202);
  const receipt = {
    invocationId: made.body.id,
    step: 'sms',
    status: 'read',
    code: `to ${PHONE}`,
    raw: { To: PHONE, whom: EMAIL },
  };
  await must(api.call('POST', '/v1/receipts', { body: receipt }), 202);
  for (let tries = 0; tries < 500; tries++) {
    const { body: story } = await api.call('GET', `/v1/invocations/${made.body.id}/story`);
    if (story.receipts.length === 3) return made.body.id;
    await pause(10);
  }
  throw new Error('the receipts were not taken within 5 s');
}

const DATASETS = ['invocations', 'attempts', 'events', 'rollups'];
const TYPES = ['application/json', 'text/csv', 'application/x-ndjson'];

/** With real IDs in it, and a query where one is needed. */
function urls(): string[] {
  return routes.flatMap((path) => {
    const named = path
      .replace('/v1/callback-profiles/{id}', `/v1/callback-profiles/${profileId}`)
      .replace('{deliveryId}', deliveryId)
      .replace('/v1/flows/{id}', '/v1/flows/wf_otp')
      .replace('/v1/templates/{id}', '/v1/templates/tpl_otp_sms')
      .replace('{n}', '1')
      .replace('{id}', id);
    const query = named.endsWith('/sandbox/messages') ? `invocationId=${id}` : 'mode=test&flow=wf_otp';
    return DATASETS.map((dataset) => named.replace('{dataset}', dataset))
      .filter((url, at, all) => all.indexOf(url) === at)
      .flatMap((url) => [url, `${url}?${query}`, `${url}?mode=test`, `${url}?from=1&to=1`]);
  });
}

describe('an analyst', () => {
  it('is shown no address by any route, in any form', async () => {
    const shown: string[] = [];
    let answered = 0;
    for (const url of urls()) {
      for (const accept of TYPES) {
        const answer = await api.call('GET', url, { key: ANALYST, headers: { accept } });
        if (answer.status < 300) answered++;
        if (ADDRESS.test(answer.text)) shown.push(`${url} as ${accept}: ${answer.text}`);
      }
    }
    expect(shown).toEqual([]);
    expect(answered).toBeGreaterThan(60);
  });

  it('sees in its place what is left of it', async () => {
    const got = async (path: string) => (await must(api.call('GET', path, { key: ANALYST }), 200)).body;
    const view = await got(`/v1/invocations/${id}`);
    expect(view).toMatchObject({ externalId: 'of a•••@example.com', metadata: { phone: '+39•••••••567' } });
    expect(view.attempts[0].providerMessageId).toMatch(/^•••.{4}$/);
    const story = await got(`/v1/invocations/${id}/story`);
    expect(story.receipts.map(({ raw }: { raw: unknown }) => raw)).toEqual([null, null, null]);
    expect(story.invocation.id).toBe(id);
    const [message] = (await got(`/v1/sandbox/messages?invocationId=${id}`)).items;
    expect(message.to).toBe('+39•••••••567');
    const delivery = await got(`/v1/callback-profiles/deliveries/${deliveryId}`);
    expect(JSON.parse(delivery.body)).toMatchObject({ result: { channel1: { to: '+39•••••••567' } } });
  });

  it('is told the same figures as an owner, to the last sign', async () => {
    const figures = ['funnel', 'latency', 'cost', 'failures', 'advice'].map(
      (one) => `/v1/analytics/${one}?mode=test&flow=wf_otp`,
    );
    for (const path of [...figures, '/v1/analytics/funnel?mode=test&by=day&from=2026-11-01&to=2026-11-28']) {
      const [theirs, owners] = await Promise.all([api.call('GET', path, { key: ANALYST }), api.call('GET', path)]);
      expect(theirs).toMatchObject({ status: 200, body: owners.body });
    }
  });

  it('finds a run by an address that it has, to the letter', async () => {
    const found = async (query: string) =>
      (await must(api.call('GET', `/v1/invocations?mode=test&${query}`, { key: ANALYST }), 200)).body.items.length;
    expect(await found(`recipient=${encodeURIComponent(PHONE)}`)).toBe(1);
    expect(await found(`recipient=${encodeURIComponent('+39335123456')}`)).toBe(0);
    expect(await found(`externalId=${encodeURIComponent(`of ${EMAIL}`)}`)).toBe(1);
  });
});

describe('an owner', () => {
  it('sees them', async () => {
    const { text } = await api.call('GET', `/v1/invocations/${id}/story`);
    expect(text).toMatch(ADDRESS);
    expect((await api.call('GET', `/v1/sandbox/messages?invocationId=${id}`)).text).toContain(PHONE);
  });
});
