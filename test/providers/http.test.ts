import { readFileSync } from 'node:fs';
import type { ProviderAdapter, ProviderWorld, SendRequest, WebhookRequest } from '../../providers/contract';
import { http } from '../../providers/http/http';
import { escapeFor } from '../../providers/http/template';
import { accountWriteSchema } from '../../schemas/provider-account';
import { receiptSchema } from '../../schemas/receipt';
import { validator } from '../../schemas/validate';
import { gatewaySettings, openHttpGateway, signedBy } from '../stand-ins/http-gateway';
import { type StandInAnswer, type StandInRequest, serve } from '../stand-ins/stand-in';
import { describeAdapter } from './adapter-suite';

describeAdapter('http, a gateway with JSON, signed receipts, lookup and recall', {
  kind: http,
  open: openHttpGateway,
  refusals: [
    ['E_NUMBER', 'invalid_address'],
    ['E_OPTOUT', 'opted_out'],
    ['E_TEXT', 'content_rejected'],
  ],
  receipts: [
    { status: 'sent' },
    { status: 'delivered' },
    { status: 'undelivered', code: 'E_ABSENT', reason: 'unreachable' },
    { status: 'undelivered', code: 'E_NEW', reason: 'unknown' },
    { status: 'expired', reason: 'expired' },
  ],
  lookups: [{ status: 'delivered' }, { status: 'undelivered', code: 'E_ABSENT', reason: 'unreachable' }],
  signs: true,
});

const judge = validator<unknown>(http.settings, 'the settings of http');
const judgeAccount = validator<unknown>(accountWriteSchema, 'an account');
const judgeReceipt = validator<unknown>(receiptSchema, 'a receipt');

/** A server that keeps what it was asked, and answers what it is told to. */
interface Listener {
  url: string;
  heard: StandInRequest[];
  answers: StandInAnswer[];
  close(): Promise<void>;
}
let listener: Listener;
beforeAll(async () => {
  const heard: StandInRequest[] = [];
  const answers: StandInAnswer[] = [];
  const server = await serve(async (request) => {
    heard.push(request);
    return answers.shift() ?? { status: 200, body: { id: 'm-1' } };
  });
  listener = { ...server, heard, answers };
});
beforeEach(() => {
  listener.heard.length = 0;
  unknown.length = 0;
});
afterAll(() => listener.close());

const unknown: string[] = [];
let now = Date.parse('2026-11-21T10:00:00.000Z');
const world: ProviderWorld = {
  callbackUrl: (ref) => `https://onward.test/v1/receipts/http?ref=${ref}`,
  secretUrl: (ref) => `https://onward.test/v1/receipts/http/token${ref ? `?ref=${ref}` : ''}`,
  receive: async () => {},
  unknownCode: (code) => unknown.push(code),
  onFault: () => {},
  clock: () => now,
};

function opened(settings: Record<string, unknown>, credentials: Record<string, string> = {}): ProviderAdapter {
  expect(judge(settings)).toMatchObject({ ok: true });
  expect(http.judge?.(settings)).toEqual([]);
  return http.open({ id: 'pac_gw', settings, credentials }, world);
}

function requestOf(more: Partial<SendRequest> = {}): SendRequest {
  return {
    ref: 'r.1.sig',
    invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH',
    step: 'first',
    attempt: 1,
    mode: 'live',
    purpose: 'otp',
    channel: 'sms',
    address: '+393351234567',
    recipient: { phone: '+393351234567', locale: 'it' },
    template: 'tpl_otp',
    content: { text: 'Your code is 493021.' },
    validitySeconds: 60,
    script: null,
    signal: new AbortController().signal,
    ...more,
  };
}

/** What the gateway heard of one send. */
async function heardOf(settings: Record<string, unknown>, request = requestOf(), credentials = {}) {
  const answer = await opened(settings, credentials).send(request);
  return { answer, heard: listener.heard.at(-1) as StandInRequest };
}

function webhookOf(body: string, more: Partial<WebhookRequest> = {}): WebhookRequest {
  const url = more.url ?? 'https://onward.test/v1/receipts/http?ref=r.1.sig';
  return {
    method: 'POST',
    url,
    query: new URL(url).searchParams,
    headers: {},
    body: Buffer.from(body),
    ...more,
  };
}

describe('shapes of gateways', () => {
  test('a form, answered with a line of text', async () => {
    listener.answers.push({ status: 200, body: 'OK: 18446744073709551615' });
    const { answer, heard } = await heardOf(
      {
        send: {
          url: `${listener.url}/send`,
          basicAuth: { username: 'ann', password: '{{credentials.password}}' },
          body: { form: { to: '{{address}}', msg: '{{text}}', cb: '{{secretCallbackUrl}}' } },
        },
        answer: { acceptedWhen: { at: { regex: '^(OK|ERR)' }, equals: ['OK'] }, messageId: { regex: '^OK: (\\d+)$' } },
      },
      requestOf({ content: { text: 'a&b=c d+é' } }),
      { password: 'p:ä' },
    );
    expect(answer).toEqual({ outcome: 'accepted', providerMessageId: '18446744073709551615', costMicros: null });
    expect(heard.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(heard.headers.authorization).toBe(`Basic ${Buffer.from('ann:p:ä').toString('base64')}`);
    expect(Object.fromEntries(new URLSearchParams(heard.body.toString()))).toEqual({
      to: '+393351234567',
      msg: 'a&b=c d+é',
      cb: 'https://onward.test/v1/receipts/http/token?ref=r.1.sig',
    });
  });

  test('a GET with everything in the address, and the message ID in a header', async () => {
    listener.answers.push({ status: 204, headers: { 'x-message-id': 'abc' } });
    const { answer, heard } = await heardOf(
      {
        send: {
          method: 'GET',
          url: `${listener.url}/send/{{address}}?text={{text}}&ttl={{validitySeconds}}&key={{credentials.key}}`,
        },
        answer: { messageId: { header: 'X-Message-Id' } },
      },
      requestOf({ content: { text: 'a&ttl=9#x?y/é %41' } }),
      { key: 'k=1&x' },
    );
    expect(answer).toMatchObject({ outcome: 'accepted', providerMessageId: 'abc' });
    expect(heard.path).toBe('/send/%2B393351234567');
    expect([...heard.query]).toEqual([
      ['text', 'a&ttl=9#x?y/é %41'],
      ['ttl', '60'],
      ['key', 'k=1&x'],
    ]);
    expect(heard.body.length).toBe(0);
  });

  test('XML, escaped', async () => {
    listener.answers.push({ status: 200, body: '<r><id>77</id><code>0</code></r>' });
    const { answer, heard } = await heardOf(
      {
        send: {
          url: `${listener.url}/xml`,
          body: { contentType: 'text/xml; charset=utf-8', text: '<sms to="{{address}}">{{text}}</sms>' },
        },
        answer: {
          messageId: { regex: '<id>([^<]+)</id>' },
          code: { regex: '<code>([^<]+)</code>' },
          acceptedWhen: { at: { regex: '<code>([^<]+)</code>' }, equals: [0] },
        },
      },
      requestOf({ content: { text: '</sms><sms to="1">&\u0000\u0008"\'é' } }),
    );
    expect(answer).toMatchObject({ outcome: 'accepted', providerMessageId: '77' });
    expect(heard.body.toString()).toBe(
      '<sms to="+393351234567">&#60;/sms&#62;&#60;sms to=&#34;1&#34;&#62;&#38;&#34;&#39;é</sms>',
    );
  });

  test('JSON keeps its shape: numbers where they are asked for, nothing where there is nothing', async () => {
    const { heard } = await heardOf(
      {
        validity: { min: 120, max: 600 },
        send: {
          method: 'PUT',
          url: `${listener.url}/json`,
          body: {
            json: {
              list: [{ to: '{{address}}' }, { $optional: '{{subject}}' }],
              ttl: { $number: '{{validitySeconds}}' },
              parts: { $number: '{{parts}}' },
              subject: { $optional: '{{subject}}' },
              flags: [1, true, null],
              say: '{{#locale}}{{locale}}{{/locale}}{{^title}}-{{/title}}',
            },
          },
        },
      },
      requestOf({ content: { text: 'x', message: { as: 'sms', encoding: 'GSM-7', parts: 2 } } }),
    );
    expect(heard.method).toBe('PUT');
    expect(JSON.parse(heard.body.toString())).toEqual({
      list: [{ to: '+393351234567' }],
      ttl: 120,
      parts: 2,
      flags: [1, true, null],
      say: 'it-',
    });
  });
});

test('an RCS card goes out whole, with its variables filled in, and is left out where there is none', async () => {
  const send = {
    method: 'POST',
    url: `${listener.url}/rcs`,
    body: { json: { to: '{{address}}', card: { $content: '/rcs/card' }, text: { $optional: '{{text}}' } } },
  };
  const card = {
    title: 'Your "code"',
    description: 'It is 493021.',
    suggestions: [{ type: 'open_url' as const, text: 'Open', value: 'https://example.com' }],
  };
  const withCard = await heardOf({ send }, requestOf({ channel: 'rcs', content: { rcs: { card } } }));
  expect(JSON.parse(withCard.heard.body.toString())).toEqual({ to: '+393351234567', card });
  const without = await heardOf({ send }, requestOf({ channel: 'rcs', content: { text: 'x' } }));
  expect(JSON.parse(without.heard.body.toString())).toEqual({ to: '+393351234567', text: 'x' });
  const wrong = { send: { ...send, body: { json: { card: { $content: '/cards' } } } } };
  expect(http.judge?.(wrong)).toEqual([
    { pointer: '/send/body/json/card/$content', message: expect.stringContaining('/rcs') },
  ]);
});

describe('what a person is sent cannot break out of where it stands', () => {
  const NASTY = [
    '"',
    '\\',
    '"}, "to": "+1',
    '\n',
    '\r\nX-Evil: 1',
    '{{address}}',
    '{{{credentials.key}}}',
    '{{#text}}',
    '&to=1',
    '?a=1#b',
    '</sms>',
    ']]>',
    '<!--',
    '\u2028',
    '\ud800',
    '\u0000',
    '%0d%0a',
    '..',
    '.',
    '/../admin',
    '#{x}',
    "'",
    '\u{1f600}',
  ];

  test.each(NASTY)('JSON: %j', async (text) => {
    const settings = { send: { url: `${listener.url}/j`, body: { json: { text: '{{text}}', to: '{{address}}' } } } };
    const { heard } = await heardOf(settings, requestOf({ content: { text } }), { key: 'k' });
    expect(JSON.parse(heard.body.toString())).toEqual({ text, to: '+393351234567' });
  });

  test.each(NASTY)('JSON written as a text: %j', async (text) => {
    const body = { contentType: 'application/json', text: '{"text":"{{text}}","to":"{{address}}"}' };
    const { heard } = await heardOf({ send: { url: `${listener.url}/j`, body } }, requestOf({ content: { text } }));
    expect(JSON.parse(heard.body.toString())).toEqual({ text, to: '+393351234567' });
  });

  test.each(NASTY)('a form, and one written as a text: %j', async (text) => {
    const wellFormed = Buffer.from(text).toString();
    const form = { form: { text: '{{text}}', to: '{{address}}' } };
    const { heard } = await heardOf(
      { send: { url: `${listener.url}/f`, body: form } },
      requestOf({ content: { text } }),
    );
    const written = { contentType: 'application/x-www-form-urlencoded', text: 'text={{text}}&to={{address}}' };
    await opened({ send: { url: `${listener.url}/f`, body: written } }).send(requestOf({ content: { text } }));
    for (const { body } of [heard, listener.heard[1] as StandInRequest]) {
      expect([...new URLSearchParams(body.toString())]).toEqual([
        ['text', wellFormed],
        ['to', '+393351234567'],
      ]);
    }
  });

  test.each(NASTY)('XML: %j', async (text) => {
    const body = { contentType: 'application/soap+xml', text: '<a t="{{text}}">{{text}}</a>' };
    const { heard } = await heardOf({ send: { url: `${listener.url}/x`, body } }, requestOf({ content: { text } }));
    expect(heard.body.toString()).toMatch(/^<a t="[^<>"]*">[^<>]*<\/a>$/);
  });

  test.each(NASTY)('an address and a header: %j', async (text) => {
    const send = {
      method: 'GET',
      url: `${listener.url}/q/x{{text}}/y?t={{text}}&to=1`,
      headers: { 'X-Text': '{{text}}!' },
    };
    const { heard } = await heardOf({ send }, requestOf({ content: { text } }));
    const wellFormed = Buffer.from(text).toString();
    expect(heard.path).toBe(`/q/x${encodeURIComponent(wellFormed)}/y`);
    expect([...heard.query]).toEqual([
      ['t', wellFormed],
      ['to', '1'],
    ]);
    expect(heard.headers['x-evil']).toBeUndefined();
    expect(heard.headers['x-text']).toBe(
      `${text.replace(/[^\x20-\x7e]+/g, (c) => encodeURIComponent(Buffer.from(c).toString()))}!`,
    );
  });

  test.each(['..', '.', '%2e%2E'])('a value %j leads to no other path: it is not sent', async (address) => {
    const settings = { send: { method: 'GET', url: `${listener.url}/a/{{address}}/send` } };
    const { answer, heard } = await heardOf(settings, requestOf({ address }));
    // Percent-encoded once more, "%2e%2E" is harmless.
    if (address.startsWith('%')) return expect(heard.path).toBe('/a/%252e%252E/send');
    expect(answer).toMatchObject({ outcome: 'rejected', reason: 'invalid_address', code: 'path' });
    expect(listener.heard).toEqual([]);
  });

  test('a credential that the account does not have: surely not sent, and said so', async () => {
    const settings = { send: { url: listener.url, headers: { k: '{{credentials.constructor}}' } } };
    expect((await heardOf(settings)).answer).toMatchObject({ reason: 'auth_failed', code: 'no_credential' });
    expect(listener.heard).toEqual([]);
  });
});

test.each([
  ['application/x-ndjson', '\\"&<'],
  ['application/json-rpc; charset=utf-8', '\\"&<'],
  ['application/vnd.gw+json', '\\"&<'],
  ['application/soap+xml', '&#34;&#38;&#60;'],
  ['text/xml-external-parsed-entity', '&#34;&#38;&#60;'],
  ['application/x-www-form-urlencoded', '%22%26%3C'],
  ['text/plain', '"&<'],
])('a value in a text of %s cannot end what it stands in', (type, written) => {
  expect(escapeFor(type)('"&<')).toBe(written);
});

describe('its answers', () => {
  const settings = () => ({
    send: { url: listener.url },
    answer: { accepted: [200, 201], acceptedWhen: { at: '/ok', equals: [true, 1] }, messageId: '/id', code: '/err' },
    codes: { bad_number: 'invalid_address', slow_down: 'rate_limited' },
    statusCodes: { '404': 'auth_failed', '500': 'provider_unavailable' },
  });
  test.each<[StandInAnswer, object]>([
    [
      { status: 200, body: { ok: true, id: 7 } },
      { outcome: 'accepted', providerMessageId: '7' },
    ],
    [
      { status: 201, body: { ok: 1 } },
      { outcome: 'accepted', providerMessageId: null },
    ],
    [{ status: 200, body: '{"ok":1,"id":12345678901234567890}' }, { providerMessageId: '12345678901234567890' }],
    [
      { status: 200, body: { ok: false, err: 'bad_number' } },
      { outcome: 'rejected', reason: 'invalid_address' },
    ],
    [
      { status: 200, body: { ok: false } },
      { outcome: 'rejected', reason: 'unknown', code: '200' },
    ],
    [{ status: 200, body: '<html>' }, { outcome: 'uncertain' }],
    [
      { status: 202, body: { ok: true } },
      { outcome: 'rejected', reason: 'unknown', code: '202' },
    ],
    [
      { status: 302, headers: { location: '/' }, body: {} },
      { outcome: 'rejected', code: '302' },
    ],
    [
      { status: 400, body: { err: 'new' } },
      { outcome: 'rejected', reason: 'unknown', code: 'new' },
    ],
    [
      { status: 401, body: {} },
      { outcome: 'rejected', reason: 'auth_failed', code: '401' },
    ],
    [
      { status: 402, body: {} },
      { outcome: 'rejected', reason: 'insufficient_funds' },
    ],
    [
      { status: 404, body: {} },
      { outcome: 'rejected', reason: 'auth_failed', code: '404' },
    ],
    [
      { status: 429, headers: { 'retry-after': '3' }, body: { err: 'slow_down' } },
      { outcome: 'rejected', reason: 'rate_limited', code: 'slow_down', retryAfterMs: 3000 },
    ],
    [
      { status: 500, body: {} },
      { outcome: 'rejected', reason: 'provider_unavailable', code: '500' },
    ],
    [{ status: 502, body: {} }, { outcome: 'uncertain' }],
    [
      { status: 502, body: { err: 'bad_number' } },
      { outcome: 'rejected', reason: 'invalid_address' },
    ],
    [
      { status: 503, body: {} },
      { outcome: 'rejected', reason: 'provider_unavailable' },
    ],
  ])('%j', async (given, expected) => {
    listener.answers.push(given);
    expect((await heardOf(settings())).answer).toMatchObject(expected);
    expect(listener.heard.length).toBe(1);
  });

  test.each([
    ['currency', '0.0355', 35_500],
    ['cents', -3.55, 35_500],
    ['micros', 35_500, 35_500],
    ['currency', 'free', null],
  ])('a cost in %s', async (unit, price, costMicros) => {
    listener.answers.push({ status: 200, body: { price } });
    const answer = { cost: { at: '/price', unit } };
    expect((await heardOf({ send: { url: listener.url }, answer })).answer).toMatchObject({ costMicros });
  });
});

describe('its receipts', () => {
  const statuses = { D: 'delivered', F: 'failed', X: { status: 'undelivered', reason: 'unreachable' }, Q: null };
  const adapterFor = (receipts: object, more: object = {}) =>
    opened({ send: { url: listener.url }, receipts: { status: 'st', statuses, ...receipts }, ...more });
  const normalise = (adapter: ProviderAdapter, request: WebhookRequest) => {
    const found = adapter.normalise?.(request) ?? [];
    for (const receipt of found) expect(judgeReceipt(receipt)).toMatchObject({ ok: true });
    return found;
  };

  test('by a GET, everything in the address', () => {
    const adapter = adapterFor({ format: 'query', providerMessageId: 'id', at: { field: 'ts', format: 'unixMs' } });
    const url = 'https://onward.test/v1/receipts/http/token?ref=r.1.sig&id=9&st=D&ts=1795255200123&to=%2B393351234567';
    const [receipt] = normalise(adapter, webhookOf('', { method: 'GET', url }));
    expect(receipt).toMatchObject({ ref: 'r.1.sig', providerMessageId: '9', status: 'delivered', provider: 'http' });
    expect(receipt?.at).toBe(new Date(1_795_255_200_123).toISOString());
    expect(JSON.stringify(receipt)).not.toContain('3351234567');
    expect(adapter.verify).toBeUndefined();
  });

  test('as a form, with names that a pointer has to escape', () => {
    const adapter = adapterFor({ format: 'form', ref: 'a/b~c', code: '/err', codes: { '12': 'landline' } });
    const [receipt] = normalise(adapter, webhookOf('a%2Fb~c=own&st=F&err=12', { url: 'https://onward.test/x' }));
    expect(receipt).toMatchObject({ ref: 'own', status: 'failed', reason: 'landline', code: '12' });
  });

  test('in a list; a status that says nothing makes none, one that nobody knows is counted', () => {
    const adapter = adapterFor({ format: 'json', list: '', status: '/s/0', providerMessageId: '/id' });
    const items = ['D', 'Q', 'X', 'NEW'].map((state, id) => ({ s: [state], id: id + 1 }));
    const found = normalise(adapter, webhookOf(JSON.stringify(items)));
    expect(found.map(({ status, reason, providerMessageId }) => [status, reason, providerMessageId])).toEqual([
      ['delivered', null, '1'],
      ['undelivered', 'unreachable', '3'],
    ]);
    expect(unknown).toEqual(['NEW']);
  });

  test('what is no receipt is refused', () => {
    const adapter = adapterFor({ format: 'json' });
    expect(() => adapter.normalise?.(webhookOf('<'))).toThrow(SyntaxError);
    expect(() => adapter.normalise?.(webhookOf('null'))).toThrow(TypeError);
    expect(() => adapter.normalise?.(webhookOf('{}'))).toThrow(TypeError);
    expect(() => adapter.normalise?.(webhookOf('{"st":"D"}', { url: 'https://onward.test/' }))).toThrow(TypeError);
    expect(() => adapter.normalise?.(webhookOf('{"st":"D"}', { method: 'GET' }))).toThrow(TypeError);
    const list = adapterFor({ format: 'json', list: '' });
    expect(() => list.normalise?.(webhookOf(JSON.stringify(Array(1001).fill({ st: 'D' }))))).toThrow(TypeError);
  });

  test.each([
    ['escaped quotes', '\\"'],
    ['quotes', '"'],
    ['digits', '1'],
  ])('megabytes of %s are read through once, and are no receipt', (_name, piece) => {
    const adapter = adapterFor({ format: 'json' });
    const before = performance.now();
    for (const end of ['', '.']) {
      expect(() => adapter.normalise?.(webhookOf(piece.repeat(1_000_000) + end))).toThrow();
    }
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test('a text of megabytes in a receipt is read, and long numbers keep their digits only where they are whole', () => {
    const adapter = adapterFor({ format: 'json', providerMessageId: '/id' });
    const body = (id: string) => `{"st":"D","text":"${'a\\"'.repeat(1_000_000)}","id":${id}}`;
    const idIn = (id: string) => normalise(adapter, webhookOf(body(id)))[0]?.providerMessageId;
    expect(idIn('-12345678901234567890')).toBe('-12345678901234567890');
    expect(idIn('0.50000000000000000')).toBe('0.5');
    expect(idIn('1e-0000000000000002')).toBe('0.01');
  });

  const variants = (['hmac-sha256', 'hmac-sha1', 'hmac-sha512'] as const).flatMap((algorithm) =>
    (['hex', 'base64'] as const).map((encoding) => [algorithm, encoding] as const),
  );
  test.each(variants)('signed by %s in %s', (algorithm, encoding) => {
    const signature = { header: 'X-Sig', algorithm, encoding, prefix: 'sig=', secret: 'hook' };
    const settings = { send: { url: listener.url }, receipts: { format: 'json', status: 'st', statuses, signature } };
    const adapter = opened(settings, { hook: 's3cret' });
    const body = '{"st":"D"}';
    const right = `sig=${signedBy('s3cret', body, algorithm.slice(5), encoding)}`;
    const verdict = (given: string | undefined, text = body) =>
      adapter.verify?.(webhookOf(text, { headers: { 'x-sig': given } }));
    expect(verdict(right)).toBe('genuine');
    expect(verdict(right, '{"st":"F"}')).toBe('forged');
    expect(verdict(right.slice(4))).toBe('forged');
    expect(verdict(`sig=${signedBy('other', body, algorithm.slice(5), encoding)}`)).toBe('forged');
    expect(verdict(right.slice(0, -6))).toBe('forged');
    expect(verdict('sig=')).toBe('forged');
    expect(verdict(undefined)).toBe('unsigned');
    // The secret was taken away: nothing can be genuine any more.
    expect(opened(settings).verify?.(webhookOf(body, { headers: { 'x-sig': right } }))).toBe('forged');
  });

  test('a rightly signed one that is too old, or from the future, is stale', () => {
    const signature = {
      header: 'x-sig',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signed: 'timestamp.body',
      timestampHeader: 'x-time',
      toleranceSeconds: 60,
      secret: 'hook',
    };
    const settings = { send: { url: listener.url }, receipts: { format: 'json', status: 'st', statuses, signature } };
    const adapter = opened(settings, { hook: 's' });
    const verdict = (time: string | undefined) => {
      const sig = signedBy('s', `${time}.{}`, 'sha256', 'hex');
      return adapter.verify?.(webhookOf('{}', { headers: { 'x-sig': sig, 'x-time': time } }));
    };
    const seconds = now / 1000;
    expect(verdict(String(seconds))).toBe('genuine');
    expect(verdict(String(now - 59_000))).toBe('genuine');
    expect(verdict('2026-11-21T10:00:30Z')).toBe('genuine');
    expect(verdict(String(seconds - 61))).toBe('stale');
    expect(verdict(String(seconds + 61))).toBe('stale');
    expect(verdict('lately')).toBe('stale');
    expect(verdict(undefined)).toBe('unsigned');
    now += 3_600_000;
    expect(verdict(String(seconds))).toBe('stale');
  });
});

describe('asked and taken back', () => {
  test('a recall is confirmed, or refused with the code that it was refused with', async () => {
    const gateway = await openHttpGateway({ webhookUrl: 'https://onward.test/v1/receipts/http' });
    const adapter = http.open({ id: 'pac_gw', ...gateway.account }, world);
    await adapter.send(requestOf());
    await adapter.send(requestOf());
    const [first, second] = gateway.carried;
    if (!first || !second) throw new Error('nothing was carried');
    gateway.knows(second, { status: 'delivered' });
    const handle = { ref: 'r', channel: 'sms' } as const;
    const recall = (providerMessageId: string | null) => adapter.recall?.({ ...handle, providerMessageId });
    expect(await recall(first.providerMessageId)).toEqual({ outcome: 'confirmed' });
    expect(await recall(second.providerMessageId)).toEqual({ outcome: 'refused', code: 'E_TOO_LATE' });
    expect(await recall(null)).toEqual({ outcome: 'refused', code: null });
    expect(await adapter.lookup?.({ ...handle, providerMessageId: null })).toEqual({ known: 'unknown' });
    await gateway.close();
  });

  test('asked by our reference: “no” only where the gateway is said to mean it', async () => {
    const lookup = {
      request: { method: 'GET', url: `${listener.url}/by-ref/{{ref}}` },
      status: '/st',
      statuses: { D: 'delivered', Q: null },
      at: { at: '/at', format: 'rfc3339' },
    };
    const asked = async (answer: StandInAnswer, more = {}) => {
      listener.answers.push(answer);
      const adapter = opened({ send: { url: listener.url }, lookup: { ...lookup, ...more } });
      return adapter.lookup?.({ ref: 'r.1', channel: 'sms', providerMessageId: null });
    };
    expect(await asked({ status: 404, body: {} })).toEqual({ known: 'unknown' });
    expect(await asked({ status: 404, body: {} }, { absent: [404] })).toEqual({ known: 'no' });
    expect(await asked({ status: 500, body: {} }, { absent: [404] })).toEqual({ known: 'unknown' });
    expect(await asked({ status: 200, body: { st: 'Q' } })).toEqual({
      known: 'yes',
      providerMessageId: null,
      costMicros: null,
    });
    expect(await asked({ status: 200, body: { st: 'D', at: '2026-11-21T10:00:00Z' } })).toMatchObject({
      known: 'yes',
      news: { status: 'delivered', at: Date.parse('2026-11-21T10:00:00Z') },
    });
    expect(listener.heard[0]?.path).toBe('/by-ref/r.1');
  });
});

describe('what an account declares', () => {
  test('its facts follow from its settings', () => {
    const base = { send: { url: listener.url } };
    expect(http.factsOf(base)).toMatchObject({ lookup: false, reconcile: false, recall: false, validitySeconds: null });
    expect(http.factsOf(gatewaySettings(listener.url))).toMatchObject({
      provider: 'http',
      receipts: { sms: expect.arrayContaining(['delivered', 'recalled']) },
      lookup: false,
      reconcile: true,
      recall: true,
      redelivers: true,
      validitySeconds: { min: 30, max: 86_400 },
    });
    const lookup = { request: { url: `${listener.url}/{{ref}}` }, status: '/s', statuses: { D: 'delivered' } };
    expect(http.factsOf({ ...base, lookup })).toMatchObject({ lookup: true, reconcile: true });
  });

  const send = { url: 'https://gw.example/send' };
  test.each<[string, object, string]>([
    ['a template that does not parse', { send: { ...send, body: { json: { a: ['{{text'] } } } }, '/send/body/json/a/0'],
    ['a section that is not closed', { send: { ...send, body: { form: { a: '{{#text}}' } } } }, '/send/body/form/a'],
    ['a variable that there is not', { send: { ...send, headers: { a: '{{txet}}' } } }, '/send/headers/a'],
    [
      'one that a question does not have',
      { send, recall: { request: { url: 'https://gw.example/{{text}}' } } },
      '/recall/request/url',
    ],
    [
      'one that is not escaped',
      { send: { ...send, body: { contentType: 'text/xml', text: '{{{text}}}' } } },
      '/send/body/text',
    ],
    ['another template within', { send: { ...send, body: { form: { a: '{{> b}}' } } } }, '/send/body/form/a'],
    ['another scheme', { send: { url: 'file:///etc/passwd' } }, '/send/url'],
    ['a host that is filled in', { send: { url: 'https://{{address}}/' } }, '/send/url'],
    ['a password in the address', { send: { url: 'https://a:b@gw.example/' } }, '/send/url'],
    ['a header that is the connection’s', { send: { ...send, headers: { Host: 'x' } } }, '/send/headers/Host'],
    ['a header with a line break', { send: { ...send, headers: { a: 'x\r\ny: z' } } }, '/send/headers/a'],
    ['a body of a GET', { send: { ...send, method: 'GET', body: { form: { a: 'b' } } } }, '/send/body'],
    ['a pattern of another kind', { send, answer: { messageId: { regex: '(?=a)' } } }, '/answer/messageId/regex'],
    ['a shortest above the longest', { send, validity: { min: 9, max: 1 } }, '/validity/min'],
    [
      'a list in a form',
      { send, receipts: { format: 'form', list: '/a', status: 's', statuses: { D: 'read' } } },
      '/receipts/list',
    ],
  ])('%s is told where it stands', (_, settings, pointer) => {
    expect(judge(settings)).toMatchObject({ ok: true });
    expect(http.judge?.(settings as never)).toEqual([{ pointer, message: expect.stringMatching(/\.$/) }]);
  });

  test.each<[string, object]>([
    ['no send', {}],
    ['a reason that there is not', { send, codes: { a: 'bad luck' } }],
    ['a status that there is not', { send, receipts: { format: 'json', status: 's', statuses: { D: 'arrived' } } }],
    ['a pointer that is none', { send, answer: { messageId: 'id' } }],
    ['a word that nobody knows', { send, reciepts: {} }],
  ])('the schema refuses %s', (_, settings) => {
    expect(judge(settings)).toMatchObject({ ok: false });
  });

  test('with a signature nothing but our own reference is read from the address, which is not signed', () => {
    const signature = { header: 'X', algorithm: 'hmac-sha256', encoding: 'hex', secret: 's' };
    const statuses = { D: 'read' };
    const query = { status: 'query:s', providerMessageId: 'query:id', cost: { field: 'query:c', unit: 'cents' } };
    const judged = (receipts: object) => http.judge?.({ send, receipts: { format: 'json', statuses, ...receipts } });
    expect(judged({ ...query, signature })?.map(({ pointer }) => pointer)).toEqual([
      '/receipts/status',
      '/receipts/providerMessageId',
      '/receipts/cost/field',
    ]);
    expect(judged(query)).toEqual([]);
    expect(judged({ status: 's', ref: 'query:ref', signature })).toEqual([]);
  });

  test('a signature where there is no body, or without its time, is refused', () => {
    const signature = { header: 'a', algorithm: 'hmac-sha1', encoding: 'hex', secret: 's', signed: 'timestamp.body' };
    const receipts = { format: 'query', status: 's', statuses: { D: 'read' }, signature };
    const pointers = http.judge?.({ send, receipts }).map(({ pointer }) => pointer);
    expect(pointers).toEqual(['/receipts/signature', '/receipts/signature/timestampHeader']);
  });

  test('the environment describes one: as JSON, or by a path; what is wrong is said without what stands in it', () => {
    const text = JSON.stringify({ settings: { send }, credentials: { key: 'k' } });
    const from = (HTTP_GATEWAY_CONFIG?: string) => http.fromEnvironment({ HTTP_GATEWAY_CONFIG });
    expect(from()).toBeNull();
    expect(from(text)).toEqual({ settings: { send }, credentials: { key: 'k' } });
    expect(() => from('/no/such/file')).toThrow(/^HTTP_GATEWAY_CONFIG is neither/);
    expect(() => from('{"credentials":{"key":"hidden"')).toThrow(/^HTTP_GATEWAY_CONFIG is no JSON$/);
    expect(() => from('{}')).toThrow('HTTP_GATEWAY_CONFIG has no “settings”');
  });
});

describe('docs/add-a-provider.md', () => {
  const [account, report] = [...readFileSync('docs/add-a-provider.md', 'utf8').matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text = '']) => JSON.parse(text),
  );

  test('its worked account is one that is taken', () => {
    expect(judgeAccount(account)).toMatchObject({ ok: true });
    expect(judge(account.settings)).toMatchObject({ ok: true });
    expect(http.judge?.(account.settings)).toEqual([]);
    expect(validator(http.credentials, 'the credentials of http')(account.credentials)).toMatchObject({ ok: true });
  });

  test('its report becomes the receipt that it says', () => {
    const adapter = http.open({ id: 'pac_acme', ...account }, world);
    expect(adapter.normalise?.(webhookOf(JSON.stringify(report)))).toMatchObject([
      {
        status: 'undelivered',
        reason: 'unreachable',
        code: 'E_ABSENT',
        costMicros: 45_000,
        providerMessageId: 'acme-1',
      },
    ]);
  });
});
